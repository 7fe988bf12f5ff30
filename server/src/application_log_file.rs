//! The provisioning log of an application as a file to download, sent while it is read.

use crate::download::{CSV, asked, attachment, caller};
use crate::pieces;
use app::ctx::RequestId;
use axum::extract::{Path, Request};
use axum::response::{IntoResponse, Response};
use engine::Error;
use engine::ask::application_log::{Filter, Format, export};
use http::StatusCode;

/// `/admin/applications/{id}/log/export.csv`
pub async fn csv(Path(id): Path<String>, request: Request) -> Response {
    file(id, request, Format::Csv, CSV, "pimento-provisioning.csv").await
}

/// `/admin/applications/{id}/log/export.ndjson`
pub async fn ndjson(Path(id): Path<String>, request: Request) -> Response {
    file(id, request, Format::Ndjson, "application/x-ndjson", "pimento-provisioning.ndjson").await
}

async fn file(
    id: String,
    request: Request,
    format: Format,
    media: &'static str,
    name: &'static str,
) -> Response {
    let (parts, _) = request.into_parts();
    let Some((engine, ctx)) = caller(&parts) else { return StatusCode::UNAUTHORIZED.into_response() };
    let Ok(application) = id.parse() else {
        return app::shell::failed(parts, Error::not_found().into()).await;
    };
    let result = asked(&parts, "result");
    let filter = Filter { application: Some(application), result, ..Filter::default() };
    match export(&engine, &ctx, filter, format).await {
        Ok(export) => {
            let reference = parts.extensions.get::<RequestId>().map(|id| id.0.to_string());
            attachment(pieces::body(export, reference.unwrap_or_default()), media, name)
        }
        Err(error) => app::shell::failed(parts, error.into()).await,
    }
}
