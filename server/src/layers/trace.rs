//! Gives every request an id and writes one line about it. Neither queries nor bodies nor headers are written.

use app::ctx::RequestId;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use http::HeaderValue;
use rand::distr::{Distribution, Uniform};
use std::time::Instant;
use tracing::Instrument;

/// Letters and digits that are not mistaken for each other when read out.
const SIGNS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Names the request; outermost, so that everything inside can refer to it.
pub async fn name(mut request: Request, next: Next) -> Response {
    let id = RequestId(fresh().into());
    request.extensions_mut().insert(id.clone());
    let span = tracing::info_span!("request", id = %id.0);
    let (method, path) = (request.method().clone(), told(request.uri().path()).to_owned());
    async move {
        let begun = Instant::now();
        let mut response = next.run(request).await;
        if let Ok(value) = HeaderValue::from_str(&id.0) {
            response.headers_mut().insert("x-request-id", value);
        }
        let (status, us) = (response.status().as_u16(), begun.elapsed().as_micros());
        tracing::info!(%method, path, status, us, "answered");
        response
    }
    .instrument(span)
    .await
}

/// The path without the secret of a one-time link.
fn told(path: &str) -> &str {
    if path.starts_with("/invitation/") { "/invitation/…" } else { path }
}

fn fresh() -> String {
    let Ok(sign) = Uniform::new(0, SIGNS.len()) else { return String::new() };
    let mut rng = rand::rng();
    (0..12).map(|_| char::from(SIGNS[sign.sample(&mut rng)])).collect()
}
