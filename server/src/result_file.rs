//! What came of assigning many at once, as a file to download.

use axum::extract::{Path, Request};
use axum::response::{IntoResponse, Response};
use domain::ids::RequestKey;
use engine::ask::assign_many;
use engine::{Ctx, Engine};
use http::{HeaderValue, StatusCode, header};
use uuid::Uuid;

/// `/assign/{form}/result.csv`
pub async fn csv(Path(form): Path<Uuid>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let known = (parts.extensions.get::<Engine>().cloned(), parts.extensions.get::<Ctx>().cloned());
    let (Some(engine), Some(ctx)) = known else { return StatusCode::UNAUTHORIZED.into_response() };
    match assign_many::result(&engine, &ctx, RequestKey(form)).await {
        Ok((_, report)) => {
            let mut response = report.csv().into_response();
            let headers = response.headers_mut();
            headers.insert(
                header::CONTENT_TYPE,
                HeaderValue::from_static("text/csv; charset=utf-8; header=present"),
            );
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            let name = "attachment; filename=\"pimento-assigned.csv\"";
            headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static(name));
            response
        }
        Err(error) => app::shell::failed(parts, error.into()).await,
    }
}
