//! A table of a report as a file to download.

use crate::export::{CSV, attachment};
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

/// `/insights/export.csv`, and the same below `/groups/{key}` and `/roles/{role}`.
pub async fn csv(places: RawPathParams, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let known = (parts.extensions.get::<Engine>().cloned(), parts.extensions.get::<Ctx>().cloned());
    let (Some(engine), Some(ctx)) = known else { return StatusCode::UNAUTHORIZED.into_response() };
    let query = parts.uri.query().unwrap_or_default();
    match write(&engine, &ctx, scope(&places), query).await {
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
    query: &str,
) -> engine::Result<(String, String)> {
    let value = |name: &str| {
        let found = form_urlencoded::parse(query.as_bytes()).find(|(known, _)| known == name);
        found.map(|(_, value)| value.into_owned()).unwrap_or_default()
    };
    let scope = scope.ok_or_else(Error::not_found)?;
    let table = Table::parse(&value("table")).ok_or_else(Error::not_found)?;
    let asked = Asked::of(scope, value);
    let (file, now) = csv::csv(engine, ctx, &asked.scope, asked.engine(), table).await?;
    Ok((file, format!("pimento-{}-{}.csv", table.wire(), now.format("%Y-%m-%d"))))
}
