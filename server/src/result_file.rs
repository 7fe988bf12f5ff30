//! What came of assigning many at once, as a file to download.

use crate::download::{CSV, attachment, caller};
use axum::body::Body;
use axum::extract::{Path, Request};
use axum::response::{IntoResponse, Response};
use domain::ids::RequestKey;
use engine::ask::assign_many;
use http::StatusCode;
use uuid::Uuid;

/// `/assign/{form}/result.csv`
pub async fn csv(Path(form): Path<Uuid>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let Some((engine, ctx)) = caller(&parts) else { return StatusCode::UNAUTHORIZED.into_response() };
    match assign_many::result(&engine, &ctx, RequestKey(form)).await {
        Ok((_, report)) => attachment(Body::from(report.csv()), CSV, "pimento-assigned.csv"),
        Err(error) => app::shell::failed(parts, error.into()).await,
    }
}
