//! A readable page for every refusal that is not made by a page itself: panics, time-outs, wrong methods, large bodies.

use app::ctx::RequestId;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use http::{HeaderName, StatusCode, header};
use std::any::Any;
use std::sync::Arc;

/// The style sheet used on these pages, if there is one.
pub type Css = Option<Arc<str>>;

#[derive(Clone, Copy)]
struct Words {
    heading: &'static str,
    text: &'static str,
}

/// A refusal in words; [`explain`] turns it into a page with reference and style.
pub fn page(status: StatusCode, heading: &'static str, text: &'static str) -> Response {
    let mut response = status.into_response();
    response.extensions_mut().insert(Words { heading, text });
    response
}

/// Answer for a handler that panicked; used with tower-http's `CatchPanic`, which has written the panic to the log.
pub fn panicked(cause: Box<dyn Any + Send + 'static>) -> Response {
    let text =
        cause.downcast_ref::<String>().map(String::as_str).or_else(|| cause.downcast_ref::<&str>().copied());
    tracing::error!(panic = text.unwrap_or("unknown"), "a handler panicked");
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}

/// Fills error answers that carry no page.
pub async fn explain(State(css): State<Css>, request: Request, next: Next) -> Response {
    let reference = request.extensions().get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default();
    let response = next.run(request).await;
    let status = response.status();
    let words = response.extensions().get::<Words>().copied();
    let spoken =
        response.headers().contains_key(header::CONTENT_TYPE) && status != StatusCode::PAYLOAD_TOO_LARGE;
    if words.is_none() && (spoken || !(status.is_client_error() || status.is_server_error())) {
        return response;
    }
    let words = words.unwrap_or_else(|| usual(status));
    let (mut parts, _) = response.into_parts();
    for name in [header::CONTENT_LENGTH, header::TRANSFER_ENCODING] {
        parts.headers.remove::<HeaderName>(name);
    }
    let filled = Html(html(css.as_deref(), words, &reference)).into_response();
    parts.headers.extend(filled.headers().clone());
    Response::from_parts(parts, Body::new(filled.into_body()))
}

fn usual(status: StatusCode) -> Words {
    let (heading, text) = match status {
        StatusCode::METHOD_NOT_ALLOWED => {
            ("Not like this", "This address does not take that kind of request.")
        }
        StatusCode::PAYLOAD_TOO_LARGE => {
            ("Too large", "What was sent is larger than this page takes. Nothing was done.")
        }
        StatusCode::UNSUPPORTED_MEDIA_TYPE => {
            ("Not a form", "This address takes forms only. Nothing was done.")
        }
        StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT => {
            ("Not available just now", "The server could not answer in time. Wait a moment and try again.")
        }
        status if status.is_client_error() => {
            ("Not possible", "This request can't be answered. Nothing was done.")
        }
        _ => ("Something broke here", "It is not your fault, and nothing was done. Try again in a moment."),
    };
    Words { heading, text }
}

/// Everything in here is our own text, so nothing needs escaping.
fn html(css: Option<&str>, Words { heading, text }: Words, reference: &str) -> String {
    let css = css.map_or_else(String::new, |css| format!("<link rel=\"stylesheet\" href=\"{css}\">"));
    format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\"><title>{heading} · Pimento</title>{css}</head><body>\
         <main id=\"main\" class=\"failed\"><h1>{heading}</h1><p>{text}</p><p>Reference for your administrator: \
         <code>{reference}</code></p><p><a href=\"/\">Go to the start</a></p></main></body></html>"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layers::trace;
    use axum::Router;
    use axum::body::to_bytes;
    use axum::middleware::{from_fn, from_fn_with_state};
    use axum::routing::get;
    use tower::ServiceExt;
    use tower_http::catch_panic::CatchPanicLayer;

    async fn broken() {
        panic!("the password is hunter2")
    }

    #[tokio::test]
    async fn a_panic_is_answered_with_a_reference_and_nothing_else() {
        let router: Router = Router::new()
            .route("/", get(broken))
            .layer(CatchPanicLayer::custom(panicked))
            .layer(from_fn_with_state(None::<Arc<str>>, explain))
            .layer(from_fn(trace::name));
        let request = Request::get("/").body(Body::empty()).unwrap();
        let response = router.oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let reference = response.headers()["x-request-id"].to_str().unwrap().to_owned();
        let body = to_bytes(response.into_body(), 100_000).await.unwrap();
        let body = String::from_utf8(body.to_vec()).unwrap();
        assert!(body.contains(&reference) && body.contains("Something broke here"), "{body}");
        assert!(!body.contains("hunter2"));
    }
}
