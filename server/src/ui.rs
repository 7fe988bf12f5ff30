//! Server functions called at their own address, by islands or by programs.

use crate::router::forms;
use app::ctx::{self, Visit};
use app::failure::Failure;
use axum::Json;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use domain::refusal::{Code, Refusal};
use http::{HeaderValue, StatusCode, header};
use std::sync::LazyLock;

/// The header that carries the token of the session when a change is asked for outside a form.
pub const TOKEN_HEADER: &str = "x-token";

/// Largest failure that is read back, in bytes.
const FAILURE: usize = 256 * 1024;

/// The server functions that change something: those that forms run.
static CHANGES: LazyLock<Vec<&'static str>> =
    LazyLock::new(|| forms().iter().map(|form| form.endpoint).collect());

/// Runs the server function at this address.
pub async fn call(mut request: Request) -> Response {
    if CHANGES.contains(&request.uri().path()) && !genuine(&request) {
        let refusal =
            Refusal::new(Code::ForgedForm, "The token of the session is missing or old. Nothing was done.");
        return (StatusCode::FORBIDDEN, Json(Failure::refused(refusal))).into_response();
    }
    // For browsers that send a form here, server_fn would write failures into an address. Nobody sends forms here.
    request.headers_mut().insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    let response = leptos_axum::handle_server_fns_with_context(ctx::provide, request).await.into_response();
    if response.status() == StatusCode::INTERNAL_SERVER_ERROR {
        with_status(response).await
    } else {
        response
    }
}

fn genuine(request: &Request) -> bool {
    let sent = request.headers().get(TOKEN_HEADER);
    let visit = request.extensions().get::<Visit>();
    matches!((sent, visit), (Some(sent), Some(visit)) if app::forms::same(sent.as_bytes(), visit.token.as_bytes()))
}

/// server_fn answers every failure with 500; this gives it the status that it means.
async fn with_status(response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    let body = to_bytes(body, FAILURE).await.unwrap_or_default();
    if let Ok(failure) = serde_json::from_slice::<Failure>(&body) {
        parts.status = failure.status();
    }
    Response::from_parts(parts, Body::from(body))
}
