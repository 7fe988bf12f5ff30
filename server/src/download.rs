//! What downloads have in common: who asks, what the address asks for, and a file as an answer.

use axum::body::Body;
use axum::response::Response;
use engine::{Ctx, Engine};
use http::request::Parts;
use http::{HeaderValue, header};

/// Comma-separated values with a line of headings (RFC 4180).
pub const CSV: &str = "text/csv; charset=utf-8; header=present";

/// Whoever asks, if she is signed in.
pub fn caller(parts: &Parts) -> Option<(Engine, Ctx)> {
    Some((parts.extensions.get::<Engine>()?.clone(), parts.extensions.get::<Ctx>()?.clone()))
}

/// The value of this name in the address; empty where there is none.
pub fn asked(parts: &Parts, name: &str) -> String {
    let query = parts.uri.query().unwrap_or_default();
    let found = form_urlencoded::parse(query.as_bytes()).find(|(known, _)| known == name);
    found.map(|(_, value)| value.into_owned()).unwrap_or_default()
}

/// A file that the browser keeps under this name, and nobody on the way keeps at all.
pub fn attachment(body: Body, kind: &'static str, name: &str) -> Response {
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(name) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    response
}
