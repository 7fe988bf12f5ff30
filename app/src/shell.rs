//! The HTML document around every page, and how a page becomes an answer.

use crate::ctx::{self, known};
use crate::failure::Failure;
use crate::routes::App;
use axum::body::Body;
use axum::response::Response;
use http::request::Parts;
use http::{Method, Request};
use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_meta::MetaTags;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What the whole site shares; the server makes it once at start.
#[derive(Debug, Default)]
pub struct Site {
    /// Where each built file is served: `boot`, `js`, `wasm`, `css`, … to a path with the hash of its content.
    pub files: BTreeMap<String, String>,
    /// What the organisation is called.
    pub organisation: String,
    /// Whether people reach it by https.
    pub secure: bool,
    /// Whether the personas of the sample company can be signed in with one click.
    pub demo: bool,
}

impl Site {
    /// The address of a built file, if it was built.
    pub fn file(&self, name: &str) -> Option<&str> {
        self.files.get(name).map(String::as_str)
    }
}

/// The site of this request.
pub fn site() -> Arc<Site> {
    known().unwrap_or_default()
}

/// The document.
pub fn shell() -> impl IntoView {
    // Without this, everything outside islands would be prepared for hydration as well.
    if let Some(shared) = Owner::current_shared_context() {
        shared.set_is_hydrating(false);
    }
    let site = site();
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                {site.file("css").map(|css| view! { <link rel="stylesheet" href=css.to_owned() /> })}
                <Scripts site=site.clone() />
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}

/// Our own tags for waking the islands: leptos' own put the nonce into the wrong attribute and load an inline script.
#[component]
fn Scripts(site: Arc<Site>) -> impl IntoView {
    let files = (site.file("js"), site.file("wasm"), site.file("boot"));
    let (Some(js), Some(wasm), Some(boot)) = files else { return ().into_any() };
    let nonce = use_nonce().map(|nonce| nonce.to_string());
    view! {
        <link rel="modulepreload" href=js.to_owned() crossorigin="anonymous" nonce=nonce.clone() />
        <link rel="preload" href=wasm.to_owned() r#as="fetch" r#type="application/wasm" crossorigin="anonymous" />
        <script r#type="module" src=boot.to_owned() nonce=nonce crossorigin="anonymous"></script>
    }
    .into_any()
}

/// Renders the page at the address of the request, whole.
pub async fn render(request: Request<Body>) -> Response {
    leptos_axum::render_app_async_with_context(ctx::provide, shell)(request).await
}

/// The page that says what went wrong, at the address of the request.
pub async fn failed(parts: Parts, failure: Failure) -> Response {
    let mut request = Request::from_parts(parts, Body::empty());
    *request.method_mut() = Method::GET;
    request.extensions_mut().insert(failure.status());
    request.extensions_mut().insert(failure);
    render(request).await
}
