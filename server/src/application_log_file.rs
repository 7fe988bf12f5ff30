//! The provisioning log of an application as a file to download, sent while it is read.

use crate::download::{CSV, asked, attachment, caller};
use crate::pieces::{BrokeOff, Piece, Pieces};
use axum::body::{Body, Bytes};
use axum::extract::{Path, Request};
use axum::response::{IntoResponse, Response};
use engine::Error;
use engine::ask::application_log::{Export, Filter, Format, export};
use http::StatusCode;
use tokio::sync::mpsc::{Sender, channel};

/// `/admin/applications/{id}/log/export.csv`
pub async fn csv(Path(id): Path<String>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let Some((engine, ctx)) = caller(&parts) else { return StatusCode::UNAUTHORIZED.into_response() };
    let Ok(application) = id.parse() else {
        return app::shell::failed(parts, Error::not_found().into()).await;
    };
    let result = asked(&parts, "result");
    let filter = Filter { application: Some(application), result, ..Filter::default() };
    match export(&engine, &ctx, filter, Format::Csv).await {
        Ok(export) => {
            // Two pieces ahead of what the reader has taken: a slow reader holds little.
            let (pieces, body) = channel(2);
            tokio::spawn(send(export, pieces));
            attachment(Body::new(Pieces(body)), CSV, "pimento-provisioning.csv")
        }
        Err(error) => app::shell::failed(parts, error.into()).await,
    }
}

/// Reads on until the end, an error, or a reader who went away.
async fn send(mut export: Export, pieces: Sender<Piece>) {
    loop {
        let piece = match export.next().await {
            Ok(Some(text)) => Ok(Bytes::from(text)),
            Ok(None) => return,
            Err(cause) => {
                tracing::error!(%cause, "export of a provisioning log broke off");
                Err(BrokeOff)
            }
        };
        let broken = piece.is_err();
        if pieces.send(piece).await.is_err() || broken {
            return;
        }
    }
}
