//! Signing in over HTTP: one-time link, password, second factor, recovery codes, and what a half-done sign-in may do.

use crate::actors::{Answer, Browser, Site};
use engine::demo::PASSWORD;
use engine::{act, totp};
use http::StatusCode;
use sqlx::PgPool;

const GOOD: &str = "violet kettle walks seven";

/// What an authenticator app shows for the key on the page.
fn code(answer: &Answer, now: i64) -> String {
    let key = answer.body.split("<code class=\"key\">").nth(1).unwrap().split('<').next().unwrap();
    let signs = key
        .bytes()
        .filter_map(|sign| b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".iter().position(|known| *known == sign));
    let (mut bytes, mut held, mut bits) = (Vec::new(), 0_u32, 0);
    for sign in signs {
        held = (held << 5) | u32::try_from(sign).unwrap();
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from((held >> bits) & 255).unwrap());
        }
    }
    totp::generator(&bytes).unwrap().generate(u64::try_from(now).unwrap()).to_string()
}

/// Whether a browser is let in behind the door.
async fn inside(browser: &mut Browser) -> bool {
    browser.get("/").await.to() == "/access"
}

#[sqlx::test(migrations = "../migrations")]
async fn a_one_time_link_leads_to_password_factor_recovery_codes_and_in(pool: PgPool) {
    let site = Site::on(pool);
    let anna = site.world.person("Anna Berg").await;
    let link = act::invite::by_system(&site.world.engine, "test", anna).await.unwrap().url;
    let link = link.strip_prefix("http://localhost:8080").unwrap();
    let mut browser = site.visitor();
    let weak = browser.submit(link, &[("password", "short"), ("repeat_password", "short")]).await;
    assert_eq!(weak.status, StatusCode::UNPROCESSABLE_ENTITY);
    let set = browser.submit(link, &[("password", GOOD), ("repeat_password", GOOD)]).await;
    assert_eq!((set.status, set.to()), (StatusCode::SEE_OTHER, "/sign-in/enrol?next=/"));
    let page = browser.get("/sign-in/enrol").await;
    let now = site.world.now().await.timestamp();
    let fields = |code| [("sealed", page.field("sealed")), ("code", code), ("_token", page.token())];
    let wrong = fields("000000".to_owned());
    let wrong =
        browser.post("/sign-in/enrol", &wrong.each_ref().map(|(name, value)| (*name, value.as_str()))).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(code(&wrong, now), code(&page, now), "the app would have to be set up again");
    let right = fields(code(&page, now));
    let done =
        browser.post("/sign-in/enrol", &right.each_ref().map(|(name, value)| (*name, value.as_str()))).await;
    assert_eq!(done.status, StatusCode::OK);
    assert_eq!(done.body.matches("<li><code").count(), 10);
    assert!(inside(&mut browser).await);
    assert!(browser.cookies.contains_key("device"));
    assert_eq!(browser.get(link).await.status, StatusCode::UNPROCESSABLE_ENTITY, "the link was used up");
}

#[sqlx::test(migrations = "../migrations")]
async fn sec_02_and_05_the_session_gets_rights_only_after_both_steps_and_a_new_id_at_each(pool: PgPool) {
    let site = Site::demo(pool).await;
    let mut amara = site.visitor();
    let start = amara.get("/sign-in").await;
    let anonymous = amara.clone();
    let first = [
        ("user_name", "amara.okafor"),
        ("password", PASSWORD),
        ("next", "/requests"),
        ("_token", &start.token()),
    ];
    let answer = amara.post("/sign-in", &first).await;
    assert_eq!((answer.status, answer.to()), (StatusCode::SEE_OTHER, "/sign-in/second?next=/requests"));
    let half = amara.clone();
    assert_ne!(half.cookies["sid"], anonymous.cookies["sid"]);
    assert!(!inside(&mut half.clone()).await);
    let people = engine::demo::shown(&site.world.engine).await.unwrap();
    let code = people.into_iter().find(|one| one.persona.user_name == "amara.okafor").unwrap().code.unwrap();
    let second = amara.submit("/sign-in/second", &[("code", &code), ("next", "/requests")]).await;
    assert_eq!((second.status, second.to()), (StatusCode::SEE_OTHER, "/requests"), "{}", second.body);
    assert!(inside(&mut amara).await);
    assert_ne!(amara.cookies["sid"], half.cookies["sid"]);
    assert!(!inside(&mut half.clone()).await, "the id of before has rights");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_wrong_pair_reads_the_same_for_everybody(pool: PgPool) {
    let site = Site::demo(pool).await;
    let mut texts = Vec::new();
    for user_name in ["amara.okafor", "nobody.at.all"] {
        let answer =
            site.visitor().submit("/sign-in", &[("user_name", user_name), ("password", "wrong")]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        texts.push(
            answer.body.split("role=\"alert\"").nth(1).unwrap().split("</div>").next().unwrap().to_owned(),
        );
    }
    assert_eq!(texts[0], texts[1]);
}

#[sqlx::test(migrations = "../migrations")]
async fn nobody_is_sent_to_another_site_after_signing_in(pool: PgPool) {
    let site = Site::demo(pool).await;
    let next = "https://evil.example/";
    let fields = [("user_name", "amara.okafor"), ("password", PASSWORD), ("next", next)];
    let answer = site.visitor().submit("/sign-in", &fields).await;
    assert_eq!(answer.to(), "/sign-in/second?next=/");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_persona_is_entered_with_one_click_where_there_is_a_demo_and_nowhere_else(pool: PgPool) {
    let site = Site::demo(pool.clone()).await;
    let mut visitor = site.visitor();
    let token = visitor.get("/demo").await.token();
    let answer = visitor.post("/demo/sign-in", &[("persona", "ben.lindqvist"), ("_token", &token)]).await;
    assert_eq!((answer.status, answer.to()), (StatusCode::SEE_OTHER, "/access"));
    assert!(inside(&mut visitor).await);
    let elsewhere = Site::on(pool);
    let mut visitor = elsewhere.visitor();
    assert_eq!(visitor.get("/demo").await.status, StatusCode::NOT_FOUND);
    assert_eq!(
        visitor.post("/demo/sign-in", &[("persona", "ben.lindqvist")]).await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        visitor.post("/api/ui/demo/sign-in", &[("persona", "ben.lindqvist")]).await.status,
        StatusCode::NOT_FOUND
    );
}
