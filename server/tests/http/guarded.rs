//! Every address there is, read from the router's own tables: closed unless it is on the list of open ones, changed
//! only by POST, and never from elsewhere or without the session's token (SEC-05, security.md 6.6, I-24).

use crate::actors::{ORIGIN, Site, form};
use axum::body::Body;
use http::{Method, Request, StatusCode};
use server::layers::guard::{OPEN_FUNCTIONS, OPEN_PAGES};
use server::router::{forms, functions, pages};
use sqlx::PgPool;
use std::collections::BTreeSet;

/// An address with something in place of its parameters.
pub fn filled(path: &str) -> String {
    let parts = path.split('/').map(|part| if part.starts_with('{') { "1" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

/// Everything that a failed attempt must leave as it is; sessions come with every visit.
async fn state(site: &Site) -> String {
    let mut state = String::new();
    for table in [
        "users",
        "groups",
        "assignments",
        "requests",
        "votes",
        "policies",
        "passwords",
        "totp_factors",
        "favourites",
    ] {
        state.push_str(&site.stored(table).await);
    }
    state
}

#[sqlx::test(migrations = "../migrations")]
async fn every_closed_page_sends_strangers_to_sign_in(pool: PgPool) {
    let site = Site::demo(pool).await;
    let forms = forms();
    let posted = forms.iter().map(|form| form.path.to_owned());
    for path in pages().into_iter().chain(posted).filter(|path| !OPEN_PAGES.contains(&path.as_str())) {
        let here = filled(&path);
        let mut stranger = site.visitor();
        let seen = stranger.get(&here).await;
        assert!(
            matches!(seen.status, StatusCode::SEE_OTHER | StatusCode::METHOD_NOT_ALLOWED),
            "{path}: {}",
            seen.status
        );
        assert!(seen.to().is_empty() || seen.to().starts_with("/sign-in?next=/"), "{path}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn every_closed_form_and_function_refuses_strangers(pool: PgPool) {
    let site = Site::demo(pool).await;
    let before = state(&site).await;
    let mut stranger = site.visitor();
    let token = stranger.get("/sign-in").await.token();
    for form in forms().iter().filter(|form| !OPEN_PAGES.contains(&form.path)) {
        let answer = stranger.post(&filled(form.path), &[("_token", &token)]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", form.path);
        assert!(answer.to().starts_with("/sign-in?next="), "{}: {}", form.path, answer.to());
    }
    for path in functions().into_iter().filter(|path| !OPEN_FUNCTIONS.contains(path)) {
        let answer = stranger.post(path, &[]).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path}");
    }
    assert_eq!(state(&site).await, before);
}

#[sqlx::test(migrations = "../migrations")]
async fn every_function_is_called_by_post_only_and_every_change_is_a_form(pool: PgPool) {
    let site = Site::demo(pool).await;
    let mut visitor = site.signed_in("Nobody Special").await;
    for path in functions() {
        assert!(path.starts_with("/api/ui/"), "{path} has no address of ours");
        let answer = visitor.get(path).await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
    }
    let known: BTreeSet<_> = functions().into_iter().collect();
    for form in forms() {
        assert!(
            known.contains(form.endpoint),
            "{} runs {}, which is not registered",
            form.path,
            form.endpoint
        );
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn no_change_is_made_from_elsewhere_or_without_the_token(pool: PgPool) {
    let site = Site::demo(pool).await;
    let people = engine::demo::shown(&site.world.engine).await.unwrap();
    let mut amara = site.browser_of(people[0].person).await;
    let before = state(&site).await;
    let elsewhere = [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "null"),
        ("origin", "https://evil.example"),
        ("x-nothing", "neither header"),
    ];
    for change in forms() {
        for path in [filled(change.path), change.endpoint.to_owned()] {
            for (name, value) in elsewhere {
                let answer = amara.send(form(Request::post(&path).header(name, value), &[])).await;
                assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path} {name}: {value}");
            }
            let answer = amara.post(&path, &[("_token", "wrong")]).await;
            // A page of a step that this person is not at sends on to sign-in instead of showing the form again.
            let sent_on = answer.to().starts_with("/sign-in?next=");
            assert!(
                answer.status.is_client_error() || sent_on,
                "{path} without the token: {}",
                answer.status
            );
            let text = Request::post(&path).header("origin", ORIGIN).header("content-type", "text/plain");
            let answer = amara.send(text.body(Body::from("a=b")).unwrap()).await;
            assert!(answer.status.is_client_error(), "{path} as text: {}", answer.status);
            let put = Request::builder().method(Method::PUT).uri(&path).header("origin", ORIGIN);
            let answer = amara.send(put.body(Body::empty()).unwrap()).await;
            assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
        }
    }
    assert_eq!(state(&site).await, before);
}

#[sqlx::test(migrations = "../migrations")]
async fn every_page_answers_everybody_without_breaking(pool: PgPool) {
    let site = Site::demo(pool).await;
    for shown in engine::demo::shown(&site.world.engine).await.unwrap() {
        let mut browser = site.browser_of(shown.person).await;
        for path in pages() {
            let answer = browser.get(&filled(&path)).await;
            assert!(!answer.status.is_server_error(), "{path} as {}", shown.persona.user_name);
        }
    }
}
