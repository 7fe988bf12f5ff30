//! Nobody gets to a page or form without being signed in, unless the address is on the list of open ones. This is only
//! the door: what a person may see and do is decided by the engine.

use app::ctx::{Stage, Visit};
use app::failure::Failure;
use app::go::LocalPath;
use axum::Json;
use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};

/// Pages and forms for people who are not signed in, as written in the router.
pub const OPEN_PAGES: &[&str] = &[
    "/sign-in",
    "/sign-in/second",
    "/sign-in/recovery",
    "/sign-in/enrol",
    "/invitation/{invitation}",
    "/sign-out",
    "/demo",
    "/demo/sign-in",
];

/// Server functions for people who are not signed in.
pub const OPEN_FUNCTIONS: &[&str] = &[
    "/api/ui/session/sign-in",
    "/api/ui/session/second",
    "/api/ui/session/enrol",
    "/api/ui/session/invitation",
    "/api/ui/session/sign-out",
    "/api/ui/demo/sign-in",
];

/// Sends visitors of closed pages to sign-in and back afterwards.
pub async fn pages(request: Request, next: Next) -> Response {
    if signed_in(&request) || open(&request, OPEN_PAGES) {
        return next.run(request).await;
    }
    let here = request.uri().path_and_query().map_or("/", |here| here.as_str());
    Redirect::to(&format!("/sign-in?next={}", LocalPath::of(here).encoded())).into_response()
}

/// Refuses callers of closed server functions.
pub async fn functions(request: Request, next: Next) -> Response {
    if signed_in(&request) || open(&request, OPEN_FUNCTIONS) {
        return next.run(request).await;
    }
    let failure = Failure::SignedOut;
    (failure.status(), Json(failure)).into_response()
}

fn signed_in(request: &Request) -> bool {
    request.extensions().get::<Visit>().is_some_and(|visit| visit.stage == Stage::Full)
}

fn open(request: &Request, list: &[&str]) -> bool {
    request.extensions().get::<MatchedPath>().is_some_and(|path| list.contains(&path.as_str()))
}
