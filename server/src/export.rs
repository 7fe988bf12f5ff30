//! The audit as a file to download, sent while it is read, as the answer to the form that asked for it.

use crate::download::{CSV, attachment};
use crate::pieces;
use app::ctx::{RequestId, Visit};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use engine::ask::audit_export::{Export, Format};
use std::sync::PoisonError;

/// Sends the export that the form of this request began in place of where it would lead to; any other answer as it is.
pub async fn instead(request: Request, next: Next) -> Response {
    let visit = request.extensions().get::<Visit>().cloned();
    let reference = request.extensions().get::<RequestId>().map(|id| id.0.to_string());
    let response = next.run(request).await;
    let begun = visit
        .and_then(|visit| visit.handed.lock().unwrap_or_else(PoisonError::into_inner).remove::<Export>());
    match begun {
        Some(export) => download(export, reference.unwrap_or_default()),
        None => response,
    }
}

fn download(export: Export, reference: String) -> Response {
    let kind = match export.format() {
        Format::Csv => CSV,
        Format::Ndjson => "application/x-ndjson",
    };
    let name = export.file_name();
    attachment(pieces::body(export, reference), kind, &name)
}
