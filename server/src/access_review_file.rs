//! A round of an access review as a file to download.

use crate::download::{CSV, asked, attachment, caller};
use axum::body::Body;
use axum::extract::{Path, Request};
use axum::response::{IntoResponse, Response};
use engine::Error;
use engine::ask::access_review_board::file;
use http::StatusCode;

/// `/groups/{key}/reviews/{number}/export.csv`
pub async fn csv(Path((key, number)): Path<(String, String)>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let Some((engine, ctx)) = caller(&parts) else { return StatusCode::UNAUTHORIZED.into_response() };
    let (Ok(number), Ok(round)) = (number.parse(), asked(&parts, "round").parse()) else {
        return app::shell::failed(parts, Error::not_found().into()).await;
    };
    match file(&engine, &ctx, (&key, number), round).await {
        Ok((file, now)) => {
            let name = format!("pimento-review-{number}-{round}-{}.csv", now.format("%Y-%m-%d"));
            attachment(Body::from(file), CSV, &name)
        }
        Err(error) => app::shell::failed(parts, error.into()).await,
    }
}
