//! The audit as a file to download, sent while it is read.

use crate::download::{CSV, asked, attachment, caller};
use crate::pieces::{BrokeOff, Piece, Pieces};
use app::ctx::RequestId;
use app::pages::audit::events::Asked;
use app::pages::frame::zone;
use app::parts::moment::Clock;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use engine::ask::audit_export::{self, Export, Format};
use engine::ask::frame;
use engine::{Ctx, Engine};
use http::StatusCode;
use http::request::Parts;
use tokio::sync::mpsc::{Sender, channel};

/// `/audit/export.csv`
pub async fn csv(request: Request) -> Response {
    answer(request, Format::Csv).await
}

/// `/audit/export.ndjson`
pub async fn ndjson(request: Request) -> Response {
    answer(request, Format::Ndjson).await
}

async fn answer(request: Request, format: Format) -> Response {
    let (parts, _) = request.into_parts();
    let Some((engine, ctx)) = caller(&parts) else { return StatusCode::UNAUTHORIZED.into_response() };
    match begin(&engine, &ctx, &parts, format).await {
        Ok((export, day)) => {
            let reference = parts.extensions.get::<RequestId>().map(|id| id.0.to_string());
            download(export, format, &day, reference.unwrap_or_default())
        }
        Err(error) => app::shell::failed(parts, error.into()).await,
    }
}

/// The export, and the day for the name of the file.
async fn begin(
    engine: &Engine,
    ctx: &Ctx,
    parts: &Parts,
    format: Format,
) -> engine::Result<(Export, String)> {
    let (now, name) = frame::clock(engine, ctx).await?;
    let clock = Clock { now, zone: zone(&name) };
    let asked = Asked::of(clock, |name| asked(parts, name));
    let export = audit_export::begin(engine, ctx, &asked.scope(), asked.filter(clock), format).await?;
    Ok((export, now.format("%Y-%m-%d").to_string()))
}

fn download(export: Export, format: Format, day: &str, reference: String) -> Response {
    let (kind, ending) = match format {
        Format::Csv => (CSV, "csv"),
        Format::Ndjson => ("application/x-ndjson", "ndjson"),
    };
    // Two pieces ahead of what the reader has taken: a slow reader holds little.
    let (pieces, body) = channel(2);
    tokio::spawn(send(export, pieces, reference));
    attachment(Body::new(Pieces(body)), kind, &format!("pimento-audit-{day}.{ending}"))
}

/// Reads on until the end, an error, or a reader who went away.
async fn send(mut export: Export, pieces: Sender<Piece>, reference: String) {
    loop {
        let piece = match export.next().await {
            Ok(Some(text)) => Ok(Bytes::from(text)),
            Ok(None) => return,
            Err(cause) => {
                tracing::error!(%reference, %cause, "export broke off");
                Err(BrokeOff)
            }
        };
        let broken = piece.is_err();
        if pieces.send(piece).await.is_err() || broken {
            return;
        }
    }
}
