//! A form posted to the address of its page: runs the server function, answers 303 or the page again.

use super::{Answers, Done, TOKEN_FIELD, typed, unreadable};
use crate::ctx::{self, Visit};
use crate::failure::Failure;
use crate::go::LocalPath;
use crate::session;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{RawPathParams, Request};
use axum::response::{IntoResponse, Response};
use domain::refusal::{Code, Refusal};
use http::request::Parts;
use http::{HeaderValue, Method, StatusCode, header};
use leptos::prelude::provide_context;
use leptos::reactive::computed::ScopedFuture;
use leptos::reactive::owner::Owner;
use leptos_axum::{ResponseOptions, ResponseParts};
use serde::de::DeserializeOwned;
use server_fn::ServerFn;
use std::sync::PoisonError;

/// The largest form there is, in bytes; the server refuses what is too large for the page before it gets here.
const LARGEST: usize = 32 * 1024 * 1024;

/// The name of the buttons that look something up for the form instead of sending it.
const FIND_FIELD: &str = "find";

/// Answers a POST to the address of a page with the server function `F`.
///
/// The parameters of the path win over fields of the same name, so that a form can't act on another thing than its
/// address says.
pub async fn submit<F>(path: RawPathParams, request: Request) -> Response
where
    F: ServerFn<Output = Done, Error = Failure> + DeserializeOwned + 'static,
{
    let (parts, body) = request.into_parts();
    if !is_form(&parts) {
        return StatusCode::UNSUPPORTED_MEDIA_TYPE.into_response();
    }
    let Ok(body) = to_bytes(body, LARGEST).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let typed = typed::read(&body);
    if !genuine(&parts, &body) {
        return show_again(parts, StatusCode::FORBIDDEN, Answers::new(typed, vec![stale()])).await;
    }
    // "Find" beside a picker: nothing is done, the page shows what was found.
    if typed.iter().any(|(name, value)| name == FIND_FIELD && !value.is_empty()) {
        return show_again(parts, StatusCode::OK, Answers::new(typed, Vec::new())).await;
    }
    match decode::<F>(&path, &body) {
        Ok(form) => run(parts, form, typed).await,
        Err(refusal) => {
            show_again(parts, StatusCode::UNPROCESSABLE_ENTITY, Answers::new(typed, vec![refusal])).await
        }
    }
}

async fn run<F>(parts: Parts, form: F, typed: Vec<(String, String)>) -> Response
where
    F: ServerFn<Output = Done, Error = Failure> + 'static,
{
    let answer = ResponseOptions::default();
    let outcome = in_context(parts.clone(), answer.clone(), form.run_body()).await;
    match outcome {
        Ok(done) => {
            let extra = std::mem::take(&mut *answer.0.write().unwrap_or_else(PoisonError::into_inner));
            finish(parts, done, extra, typed).await
        }
        Err(Failure::SignedOut) => {
            let next = if session::is_step(&parts.uri) {
                LocalPath::home()
            } else {
                LocalPath::of(parts.uri.path())
            };
            see_other(&LocalPath::of(format!("/sign-in?next={}", next.encoded())), ResponseParts::default())
        }
        Err(Failure::Refused { refusals }) => {
            show_again(parts, StatusCode::UNPROCESSABLE_ENTITY, Answers::new(typed, refusals)).await
        }
        Err(failure) => crate::shell::failed(parts, failure).await,
    }
}

/// 303 to where the person goes next; or the page itself, when it shows something that is kept nowhere.
async fn finish(parts: Parts, done: Done, extra: ResponseParts, typed: Vec<(String, String)>) -> Response {
    if let (Some(visit), Some(flash)) = (parts.extensions.get::<Visit>(), done.flash) {
        visit.wish(|wishes| wishes.flash = Some(flash));
    }
    if done.here {
        return show_again(parts, StatusCode::OK, Answers::new(typed, Vec::new())).await;
    }
    let Some(once) = done.once else { return see_other(&done.to, extra) };
    let mut request = Request::from_parts(parts, Body::empty());
    *request.method_mut() = Method::GET;
    request.extensions_mut().insert(once);
    let mut response = crate::shell::render(request).await;
    response.headers_mut().extend(extra.headers);
    response
}

/// Runs a server function as if it had been called at its own address.
async fn in_context<T>(parts: Parts, answer: ResponseOptions, body: impl Future<Output = T> + Send) -> T {
    Owner::new()
        .with(|| {
            ScopedFuture::new(async move {
                provide_context(parts);
                provide_context(answer);
                ctx::provide();
                body.await
            })
        })
        .await
}

/// The page at this address, with what was typed and why it was refused.
pub async fn show_again(parts: Parts, status: StatusCode, answers: Answers) -> Response {
    let mut request = Request::from_parts(parts, Body::empty());
    *request.method_mut() = Method::GET;
    request.extensions_mut().insert(answers);
    request.extensions_mut().insert(status);
    crate::shell::render(request).await
}

/// 303 to an address of ours, with the headers that the server function set.
fn see_other(to: &LocalPath, extra: ResponseParts) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    response.headers_mut().extend(extra.headers);
    if let Ok(to) = HeaderValue::from_str(to.as_str()) {
        response.headers_mut().insert(header::LOCATION, to);
    }
    response
}

/// Other kinds of body can be sent by pages of other sites without asking first.
fn is_form(parts: &Parts) -> bool {
    let kind =
        parts.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.split(';').next().is_some_and(|kind| kind.trim() == "application/x-www-form-urlencoded")
}

/// Whether the body carries the token of the session (security.md 6.6 d).
fn genuine(parts: &Parts, body: &[u8]) -> bool {
    let Some(visit) = parts.extensions.get::<Visit>() else { return false };
    let sent = form_urlencoded::parse(body).find(|(name, _)| name == TOKEN_FIELD);
    sent.is_some_and(|(_, sent)| same(sent.as_bytes(), visit.token.as_bytes()))
}

/// Compares without telling by its duration where the difference is.
pub fn same(left: &[u8], right: &[u8]) -> bool {
    left.len() == right.len() && left.iter().zip(right).fold(0, |differ, (a, b)| differ | (a ^ b)) == 0
}

fn decode<F: DeserializeOwned>(path: &RawPathParams, body: &Bytes) -> Result<F, Refusal> {
    let mut fields = form_urlencoded::Serializer::new(String::new());
    for (name, value) in form_urlencoded::parse(body) {
        if name != TOKEN_FIELD && path.iter().all(|(taken, _)| taken != name) {
            fields.append_pair(&name, &value);
        }
    }
    for (name, value) in path {
        fields.append_pair(name, value);
    }
    serde_qs::Config::new().use_form_encoding(true).deserialize_str(&fields.finish()).map_err(|error| {
        tracing::debug!(%error, "form not readable");
        unreadable()
    })
}

fn stale() -> Refusal {
    Refusal::new(
        Code::ForgedForm,
        "This page had been open for too long, or your session has changed. Nothing was done. Check what you typed and send it again.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_equal_only_as_a_whole() {
        assert!(same(b"abc", b"abc"));
        assert!(!same(b"abc", b"abd") && !same(b"abc", b"ab") && !same(b"", b"a"));
    }
}
