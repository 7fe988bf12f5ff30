//! A table of a report as a file to download.

use crate::download::{CSV, asked, attachment, caller};
use app::pages::insights::asked::Asked;
use axum::body::Body;
use axum::extract::{RawPathParams, Request};
use axum::response::{IntoResponse, Response};
use domain::role::Role;
use engine::ask::insights::Scope;
use engine::ask::insights::csv::{self, Table};
use engine::ask::thing::Place;
use engine::{Ctx, Engine, Error};
use http::StatusCode;
use http::request::Parts;

/// `/insights/export.csv`, and the same below `/groups/{key}` and `/roles/{role}`.
pub async fn csv(places: RawPathParams, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let Some((engine, ctx)) = caller(&parts) else { return StatusCode::UNAUTHORIZED.into_response() };
    match write(&engine, &ctx, scope(&places), &parts).await {
        Ok((file, name)) => attachment(Body::from(file), CSV, &name),
        Err(error) => app::shell::failed(parts, error.into()).await,
    }
}

/// What the address names. `None` is no role of the catalogue.
fn scope(places: &RawPathParams) -> Option<Scope> {
    match places.iter().next() {
        None => Some(Scope::Everything),
        Some(("role", word)) => Role::parse(word).map(|role| Scope::Of(Place::Role(role))),
        Some((_, key)) => Some(Scope::Of(Place::group(key))),
    }
}

/// The file and its name.
async fn write(
    engine: &Engine,
    ctx: &Ctx,
    scope: Option<Scope>,
    parts: &Parts,
) -> engine::Result<(String, String)> {
    let scope = scope.ok_or_else(Error::not_found)?;
    let table = Table::parse(&asked(parts, "table")).ok_or_else(Error::not_found)?;
    let report = Asked::of(scope, |name| asked(parts, name));
    let (file, now) = csv::csv(engine, ctx, &report.scope, report.engine(), table).await?;
    Ok((file, format!("pimento-{}-{}.csv", table.wire(), now.format("%Y-%m-%d"))))
}
