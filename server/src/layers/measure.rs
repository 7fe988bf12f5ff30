//! Counts what is answered, and how long it took: by the address as the router writes it, never by the one that was asked for,
//! which holds names and numbers.

use crate::measure::Meters;
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::Method;
use std::sync::Arc;
use std::time::Instant;

/// What no route answers.
const NOWHERE: &str = "none";

/// Counts one request.
pub async fn count(State(meters): State<Option<Arc<Meters>>>, request: Request, next: Next) -> Response {
    let Some(meters) = meters else { return next.run(request).await };
    let route = route(&request);
    let method = method(request.method());
    let begun = Instant::now();
    let response = next.run(request).await;
    meters.answered(method, route, response.status(), begun.elapsed());
    response
}

/// The folder of built files is one route, which has no pattern.
fn route(request: &Request) -> String {
    match request.extensions().get::<MatchedPath>() {
        Some(matched) => matched.as_str().to_owned(),
        None if request.uri().path().starts_with("/pkg/") => "/pkg".to_owned(),
        None => NOWHERE.to_owned(),
    }
}

/// Others can be made up without end.
fn method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        _ => "other",
    }
}
