//! Forms: done means 303 and a message once; refused means the same page with 422 and the input kept.

use crate::actors::{ORIGIN, Site, form};
use axum::body::Body;
use http::{Request, StatusCode};
use sqlx::PgPool;

#[sqlx::test(migrations = "../migrations")]
async fn a_refused_form_is_shown_again_with_what_was_typed(pool: PgPool) {
    let mut anna = Site::on(pool).visitor();
    let answer = anna
        .submit("/sign-in", &[("user_name", "\"><script>x</script>"), ("password", "secret-typed")])
        .await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        answer.body.contains("&quot;&gt;&lt;script&gt;") || answer.body.contains("&quot;><script>"),
        "{}",
        answer.body
    );
    assert!(!answer.body.contains("secret-typed"));
}

#[sqlx::test(migrations = "../migrations")]
async fn a_form_without_the_token_of_the_session_has_no_effect(pool: PgPool) {
    let site = Site::on(pool);
    let mut anna = site.visitor();
    let token = site.visitor().get("/sign-in").await.token();
    anna.get("/sign-in").await;
    let answer = anna.post("/sign-in", &[("user_name", "anna"), ("password", "x"), ("_token", &token)]).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(answer.body.contains("value=\"anna\""), "{}", answer.body);
}

#[sqlx::test(migrations = "../migrations")]
async fn requests_from_elsewhere_are_refused_before_anything_is_read(pool: PgPool) {
    let mut anna = Site::on(pool).visitor();
    let token = anna.get("/sign-in").await.token();
    let fields = [("user_name", "anna"), ("_token", token.as_str())];
    let cases = [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("x-nothing", "no header of a browser at all"),
    ];
    for (name, value) in cases {
        let answer = anna.send(form(Request::post("/sign-in").header(name, value), &fields)).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{name}: {value}");
        assert!(answer.body.contains("nothing was done"));
    }
    let text = Request::post("/sign-in").header("origin", ORIGIN).header("content-type", "text/plain");
    let answer = anna.send(text.body(Body::from("user_name=anna")).unwrap()).await;
    assert_eq!(answer.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_done_form_sends_on_and_the_next_page_says_so_once(pool: PgPool) {
    let mut anna = Site::on(pool).visitor();
    let answer = anna.submit("/sign-out", &[]).await;
    assert_eq!((answer.status, answer.to()), (StatusCode::SEE_OTHER, "/sign-in"));
    assert_eq!(answer.header("clear-site-data"), "\"cache\", \"storage\"");
    assert!(anna.get("/sign-in").await.body.contains("You are signed out."));
    assert!(!anna.get("/sign-in").await.body.contains("You are signed out."));
}
