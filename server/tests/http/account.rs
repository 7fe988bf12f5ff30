//! One's own account over HTTP: sessions, password, authenticator app, recovery codes; and what sign-in leaves of them.

use crate::actors::{Answer, Browser, Site};
use domain::ids::PersonId;
use domain::role::Role;
use engine::testkit::identity::{PASSWORD, base32_bytes};
use engine::totp;
use http::StatusCode;
use sqlx::PgPool;

async fn password(browser: &mut Browser, name: &str, password: &str) -> Answer {
    browser.submit("/sign-in", &[("user_name", name), ("password", password)]).await
}

/// Signs in by both steps, as often as wanted within one step of the clock.
async fn sign_in(site: &Site, person: PersonId, name: &str) -> Browser {
    let mut browser = site.visitor();
    site.world.forget_steps(person).await;
    password(&mut browser, name, PASSWORD).await;
    let code = site.world.code_in(person, 0).await;
    browser.submit("/sign-in/second", &[("code", &code)]).await;
    site.world.forget_steps(person).await;
    browser
}

#[sqlx::test(migrations = "../migrations")]
async fn c23_a_cookie_planted_before_sign_in_is_nobodys_afterwards(pool: PgPool) {
    let site = Site::on(pool);
    site.world.person_with_factor("Amara Okafor").await;
    let mut victim = site.visitor();
    victim.get("/sign-in").await;
    let mut planted = victim.clone();
    password(&mut victim, "amara.okafor", PASSWORD).await;
    assert_ne!(victim.cookies["sid"], planted.cookies["sid"]);
    assert_eq!(planted.get("/sign-in/second").await.status, StatusCode::SEE_OTHER);
}

#[sqlx::test(migrations = "../migrations")]
async fn sec_05_between_password_and_code_every_page_of_the_account_is_closed(pool: PgPool) {
    let site = Site::on(pool);
    site.world.person_with_factor("Amara Okafor").await;
    let mut browser = site.visitor();
    password(&mut browser, "amara.okafor", PASSWORD).await;
    let rest = ["", "/password", "/factors", "/factors/replace", "/recovery-codes", "/sessions"];
    for path in rest.map(|rest| format!("/account{rest}")) {
        let answer = browser.get(&path).await;
        assert_eq!(answer.to(), format!("/sign-in?next={path}"));
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn unknown_disabled_and_wrong_get_the_same_page_and_headers(pool: PgPool) {
    let site = Site::on(pool);
    site.world.person_with_factor("Amara Okafor").await;
    site.world.person_with_factor("Benno Okafor").await;
    site.world.sql("update users set enabled = false where user_name = 'benno.okafor'").await;
    let mut pages = Vec::new();
    for (name, typed) in [("amara.okafor", "wrong"), ("benno.okafor", PASSWORD), ("nobody.okafor", PASSWORD)]
    {
        let answer = password(&mut site.visitor(), name, typed).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(!answer.body.contains(PASSWORD), "secrets are not sent back");
        let policy = answer.header("content-security-policy");
        let nonce = policy.split("nonce-").nth(1).and_then(|rest| rest.split('\'').next()).unwrap_or("none");
        let page = answer.body.replace(&answer.token(), "").replace(name, "").replace(nonce, "");
        let mut headers: Vec<_> = answer.headers.keys().map(ToString::to_string).collect();
        headers.sort();
        pages.push((page, headers));
    }
    assert!(pages.iter().all(|page| *page == pages[0]));
}

#[sqlx::test(migrations = "../migrations")]
async fn a_recovery_code_signs_in_once_and_the_account_says_that_a_new_app_is_due(pool: PgPool) {
    let site = Site::on(pool);
    let amara = site.world.person_with_password("Amara Okafor").await;
    let codes = site.world.enrol(amara).await;
    for (attempt, status) in [StatusCode::SEE_OTHER, StatusCode::UNPROCESSABLE_ENTITY].into_iter().enumerate()
    {
        let mut browser = site.visitor();
        password(&mut browser, "amara.okafor", PASSWORD).await;
        let answer = browser.submit("/sign-in/recovery", &[("code", &codes[0])]).await;
        assert_eq!(answer.status, status, "attempt {attempt}");
        assert!(!answer.body.contains(&codes[0]));
        if attempt == 0 {
            assert!(browser.get("/account/factors").await.body.contains("A recovery code was used."));
        }
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn new_recovery_codes_are_in_one_answer_and_nowhere_else(pool: PgPool) {
    let site = Site::on(pool);
    let amara = site.world.person_with_factor("Amara Okafor").await;
    let mut browser = sign_in(&site, amara, "amara.okafor").await;
    let path = "/account/recovery-codes";
    assert!(browser.get(path).await.body.contains("10 of 10 left"));
    let wrong = browser.submit(path, &[("code", "")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let before = browser.cookies["sid"].clone();
    let code = site.world.code_in(amara, 0).await;
    let answer = browser.submit(path, &[("code", &code)]).await;
    assert_eq!(answer.body.matches("<li><code").count(), 10);
    assert_ne!(browser.cookies["sid"], before, "SEC-02: a new id after a change of factors");
    assert_eq!(browser.get(path).await.body.matches("<li><code").count(), 0);
}

#[sqlx::test(migrations = "../migrations")]
async fn ones_own_sessions_are_listed_and_ended_and_nobody_elses(pool: PgPool) {
    let site = Site::on(pool);
    let anna = site.world.person("Anna Berg").await;
    let (mut here, mut there) = (site.browser_of(anna).await, site.browser_of(anna).await);
    let page = here.get("/account/sessions").await;
    assert_eq!(page.body.matches("This one").count(), 1);
    let name = page.field("session");
    let mut stranger = site.signed_in("Mallory Quill").await;
    let token = stranger.get("/account").await.token();
    let foreign = stranger.post("/account/sessions", &[("session", &name), ("_token", &token)]).await;
    assert_eq!(foreign.status, StatusCode::NOT_FOUND);
    assert_eq!(there.get("/account").await.status, StatusCode::OK);
    assert_eq!(here.submit("/account/sessions", &[("session", &name)]).await.to(), "/account/sessions");
    assert_eq!(there.get("/account").await.status, StatusCode::SEE_OTHER, "ended from the next request on");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_changed_password_gives_this_session_a_new_id_and_ends_the_others(pool: PgPool) {
    let site = Site::on(pool);
    let amara = site.world.person_with_factor("Amara Okafor").await;
    let mut here = sign_in(&site, amara, "amara.okafor").await;
    let mut there = sign_in(&site, amara, "amara.okafor").await;
    let before = here.clone();
    let code = site.world.code_in(amara, 0).await;
    let new = "nine kettles sing over the harbour";
    let fields = [("password", PASSWORD), ("new_password", new), ("repeat_password", new), ("code", &code)];
    assert_eq!(here.submit("/account/password", &fields).await.to(), "/account");
    assert!(here.get("/account").await.body.contains("The password is changed."));
    for mut gone in [before, there.clone()] {
        assert_eq!(gone.get("/account").await.status, StatusCode::SEE_OTHER);
    }
    assert_eq!(there.get("/sign-in").await.status, StatusCode::OK);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_new_app_takes_the_place_of_the_old_one(pool: PgPool) {
    let site = Site::on(pool);
    let amara = site.world.person_with_factor("Amara Okafor").await;
    let mut browser = sign_in(&site, amara, "amara.okafor").await;
    let path = "/account/factors/replace";
    let page = browser.get(path).await;
    let key = page.body.split("<code>").nth(1).unwrap().split('<').next().unwrap();
    let now = site.world.now().await.timestamp().unsigned_abs();
    let new = totp::generator(&base32_bytes(key)).unwrap().generate(now).to_string();
    let old = site.world.code_in(amara, 0).await;
    let (sealed, token) = (page.field("sealed"), page.token());
    let fields =
        |proof| [("sealed", sealed.as_str()), ("code", &new), ("proof_code", proof), ("_token", &token)];
    let refused = browser.post(path, &fields("000000")).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(refused.field("sealed"), sealed, "the app need not be set up again");
    assert!(!refused.body.contains("000000"));
    assert_eq!(browser.post(path, &fields(&old)).await.to(), "/account/factors");
    assert!(browser.get("/account/factors").await.body.contains("The new app is set up."));
}

#[sqlx::test(migrations = "../migrations")]
async fn zone_and_colours_are_kept_and_others_refused(pool: PgPool) {
    let site = Site::on(pool);
    let mut anna = site.signed_in("Anna Berg").await;
    let saved = anna.submit("/account", &[("time_zone", "Europe/Oslo"), ("theme", "dark")]).await;
    assert_eq!(saved.to(), "/account");
    let page = anna.get("/account").await;
    assert!(page.body.contains("data-theme=\"dark\""));
    let wrong = anna.submit("/account", &[("time_zone", "Mars/Olympus"), ("theme", "\"><script>")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!wrong.body.contains("\"><script>"));
}

#[sqlx::test(migrations = "../migrations")]
async fn an_administrator_makes_a_link_that_is_shown_once_and_resets_a_factor(pool: PgPool) {
    let site = Site::on(pool);
    let hedda = site.world.person_with_factor("Hedda Lind").await;
    site.world.role(hedda, Role::UserAdministrator).await;
    let amara = site.world.person_with_factor("Amara Okafor").await;
    let mut admin = site.browser_of(hedda).await;
    let mut theirs = site.browser_of(amara).await;
    let page = "/people/amara.okafor";
    assert!(admin.get(page).await.body.contains(&format!("href=\"{page}/link\"")));
    let link = format!("{page}/link");
    assert_eq!(admin.submit(&link, &[("code", "")]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let made = admin.submit(&link, &[("code", &site.world.code_in(hedda, 0).await)]).await;
    let token = made.body.split("http://localhost:8080").nth(1).unwrap().split('<').next().unwrap();
    assert!(site.visitor().get(token).await.body.contains("Amara Okafor"));
    assert!(!admin.get(&link).await.body.contains(token));
    site.world.forget_steps(hedda).await;
    let reset = format!("{page}/reset");
    let done = admin.submit(&reset, &[("code", &site.world.code_in(hedda, 0).await)]).await;
    assert_eq!(done.to(), page);
    assert_eq!(theirs.get("/account").await.status, StatusCode::SEE_OTHER, "signed out");
    let mut stranger = site.signed_in("Mallory Quill").await;
    for path in [&link, &reset] {
        assert_eq!(stranger.get(path).await.status, StatusCode::NOT_FOUND);
    }
}
