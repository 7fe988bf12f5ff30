//! The audit as a file to download, sent while it is read.

use crate::download::{CSV, asked, attachment, caller};
use crate::pieces;
use app::ctx::RequestId;
use app::pages::audit::events::Asked;
use app::pages::frame::zone;
use app::parts::moment::Clock;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use engine::ask::audit_export::{self, Export, Format};
use engine::ask::frame;
use engine::{Ctx, Engine};
use http::StatusCode;
use http::request::Parts;

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
    attachment(pieces::body(export, reference), kind, &format!("pimento-audit-{day}.{ending}"))
}
