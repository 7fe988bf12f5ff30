//! Every answer, whatever it is, carries the security headers, and no two share a nonce.

use crate::actors::Site;
use axum::body::Body;
use http::{Request, StatusCode};
use sqlx::PgPool;
use std::collections::BTreeSet;

#[sqlx::test(migrations = "../migrations")]
async fn every_answer_is_protected(pool: PgPool) {
    let mut anna = Site::on(pool).visitor();
    for path in ["/sign-in", "/nothing-here", "/healthz", "/pkg/missing.js", "/access"] {
        let answer = anna.get(path).await;
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("'strict-dynamic'") && policy.contains("frame-ancestors 'none'"), "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
        assert_eq!(answer.header("referrer-policy"), "same-origin", "{path}");
        assert!(!answer.header("x-request-id").is_empty(), "{path}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_nonce_is_never_used_twice_and_is_that_of_the_page(pool: PgPool) {
    let mut anna = Site::on(pool).visitor();
    let mut seen = BTreeSet::new();
    for _ in 0..200 {
        let answer = anna.get("/sign-in").await;
        let policy = answer.header("content-security-policy").to_owned();
        let nonce = policy.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap().to_owned();
        for script in answer.body.split("<script").skip(1) {
            assert!(script.contains(&format!("nonce=\"{nonce}\"")), "{script}");
        }
        assert!(seen.insert(nonce));
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn wrong_methods_and_large_bodies_are_refused_with_a_page(pool: PgPool) {
    let mut anna = Site::on(pool).visitor();
    for method in ["PUT", "DELETE", "PATCH", "TRACE", "OPTIONS", "PROPFIND"] {
        let request = Request::builder().method(method).uri("/sign-in").body(Body::empty()).unwrap();
        let answer = anna.send(request).await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{method}");
        assert!(answer.body.contains("<h1>"), "{method}");
    }
    let body = "x=".to_owned() + &"a".repeat(70_000);
    let request = Request::post("/sign-in").header("content-type", "application/x-www-form-urlencoded");
    let answer = anna.send(request.body(body.into()).unwrap()).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(answer.body.contains("Too large"), "{}", answer.body);
}

#[sqlx::test(migrations = "../migrations")]
async fn an_unknown_address_is_a_page_inside_the_document(pool: PgPool) {
    let answer = Site::on(pool).visitor().get("/nothing-here").await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert!(answer.body.contains("<h1>Not here"), "{}", answer.body);
}
