//! Refuses changes that another site made a browser ask for (security.md 6.6). Forms carry a token besides.

use crate::layers::calm;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, Method, StatusCode, header};
use std::sync::Arc;

/// The origins under which this site is reached; from the settings, never from the Host header.
#[derive(Clone, Debug)]
pub struct Origins(Arc<[String]>);

impl Origins {
    /// Reads the origin off the public address. A loopback address is reached under three names.
    pub fn of(public_url: &str) -> Self {
        let origin = public_url.split('/').take(3).collect::<Vec<_>>().join("/");
        let loopback = ["localhost", "127.0.0.1", "[::1]"];
        let mut origins = vec![origin.clone()];
        if let Some(name) = loopback.iter().find(|name| is_host(&origin, name)) {
            origins.extend(loopback.iter().map(|other| origin.replacen(name, other, 1)));
        }
        Self(origins.into())
    }

    fn contains(&self, origin: &str) -> bool {
        self.0.iter().any(|known| known == origin)
    }
}

fn is_host(origin: &str, name: &str) -> bool {
    let host = origin.split_once("://").map_or("", |(_, host)| host);
    host.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
}

/// Lets a request pass only if no browser says that another site made it, whatever it asks for.
pub async fn own_only(State(origins): State<Origins>, request: Request, next: Next) -> Response {
    let silent = [header::HeaderName::from_static("sec-fetch-site"), header::ORIGIN];
    if silent.iter().all(|name| !request.headers().contains_key(name)) || own(request.headers(), &origins) {
        return next.run(request).await;
    }
    StatusCode::FORBIDDEN.into_response()
}

/// Lets a request pass only if it changes nothing or comes from a page of this site.
pub async fn check(State(origins): State<Origins>, request: Request, next: Next) -> Response {
    if request.method() == Method::GET || request.method() == Method::HEAD || own(request.headers(), &origins)
    {
        return next.run(request).await;
    }
    tracing::warn!(path = request.uri().path(), "refused: not sent from a page of this site");
    calm::page(
        StatusCode::FORBIDDEN,
        "Not from here",
        "This was not sent from a page of this site, so nothing was done. Open the page here and send it again. \
         If you did, the address in your browser is not the one this site is set up for.",
    )
}

/// Whether the browser vouches that one of our pages sent this. Without any word of a browser, only a request without
/// cookies passes: it acts for nobody.
fn own(headers: &HeaderMap, origins: &Origins) -> bool {
    let text =
        |name: header::HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or("unreadable"));
    let site = text(header::HeaderName::from_static("sec-fetch-site"));
    let origin = text(header::ORIGIN);
    match (site, origin) {
        (Some(site), Some(origin)) => site == "same-origin" && origins.contains(origin),
        (Some(site), None) => site == "same-origin",
        (None, Some(origin)) => origins.contains(origin),
        (None, None) => !headers.contains_key(header::COOKIE),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn asked(pairs: &[(&'static str, &'static str)]) -> bool {
        let headers = pairs
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value)))
            .collect();
        own(&headers, &Origins::of("https://pim.example/"))
    }

    #[test]
    fn only_pages_of_this_site_may_ask_for_changes() {
        assert!(asked(&[("sec-fetch-site", "same-origin"), ("origin", "https://pim.example")]));
        assert!(asked(&[("origin", "https://pim.example")]));
        assert!(asked(&[]));
        assert!(!asked(&[("cookie", "sid=1")]));
        assert!(!asked(&[("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")]));
        assert!(!asked(&[("sec-fetch-site", "same-site"), ("origin", "https://sub.pim.example")]));
        assert!(!asked(&[("sec-fetch-site", "same-origin"), ("origin", "https://evil.example")]));
        assert!(!asked(&[("origin", "null")]));
        assert!(!asked(&[("sec-fetch-site", "none")]));
    }

    #[test]
    fn a_loopback_site_is_known_by_its_three_names() {
        let origins = Origins::of("http://localhost:3000");
        assert!(origins.contains("http://127.0.0.1:3000") && origins.contains("http://[::1]:3000"));
        assert!(!origins.contains("http://127.0.0.1:3001"));
        assert!(!Origins::of("http://localhost.example").contains("http://127.0.0.1.example"));
    }
}
