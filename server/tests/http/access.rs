//! Switching on and off in a browser: what is refused stays on the page, what is done is done once, words are only text.

use crate::actors::{Answer, Browser, Site};
use domain::ids::{PersonId, TargetId};
use domain::policy::{JustificationRule, ProofRule, TicketRule};
use domain::target::Access;
use engine::testkit::{approved_by, open_policy};
use http::StatusCode;
use sqlx::PgPool;

const FORM: &str = "/access/activate?pick=db.member";
const HOSTILE: &str = "</textarea><script>alert(1)</script>\"'><img src=x onerror=alert(2)>\u{202e}";

/// A site with Ada, who is eligible for the group `db`.
struct Stage {
    site: Site,
    ada: Browser,
    ada_id: PersonId,
    db: TargetId,
}

async fn stage(pool: PgPool) -> Stage {
    let site = Site::on(pool);
    let ada_id = site.world.person("Ada").await;
    let ada = site.browser_of(ada_id).await;
    let group = site.world.group("db").await;
    let db = site.world.target(group, Access::Member).await;
    site.world.eligible(ada_id, db).await;
    site.world.policy(db, open_policy()).await;
    Stage { site, ada, ada_id, db }
}

/// Fills in the form on the page and sends it.
async fn send(browser: &mut Browser, path: &str, fields: &[(&str, &str)]) -> Answer {
    let page = browser.get(path).await;
    assert_eq!(page.status, StatusCode::OK, "{path}");
    let (token, key) = (page.token(), page.field("key"));
    let mut fields = fields.to_vec();
    fields.extend([("_token", token.as_str()), ("key", key.as_str()), ("pick", "db.member")]);
    browser.post(path, &fields).await
}

async fn assignment(stage: &Stage) -> String {
    let sql = "select id::text from assignments where origin = 'activated' order by starts_at desc limit 1";
    sqlx::query_scalar(sql).fetch_one(&stage.site.pool).await.unwrap()
}

#[sqlx::test(migrations = "../migrations")]
async fn unmet_demands_are_told_at_their_fields_and_nothing_typed_is_lost(pool: PgPool) {
    let mut stage = stage(pool).await;
    let mut policy = open_policy();
    policy.activation.justification = JustificationRule { required: true, min_length: 20 };
    policy.activation.ticket = TicketRule::Pattern;
    policy.activation.proof = ProofRule::Session;
    stage.site.world.policy(stage.db, policy).await;
    let fields =
        [("length", "other"), ("hours", "9"), ("minutes", "1"), ("reason", "too short"), ("ticket", "48217")];
    let answer = send(&mut stage.ada, FORM, &fields).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    for field in ["length", "reason", "ticket"] {
        assert!(answer.body.contains(&format!("id=\"f-{field}-error\"")), "{field}: {}", answer.body);
        assert!(answer.body.contains(&format!("href=\"#f-{field}\"")), "{field} in the summary");
    }
    assert!(answer.body.contains("too short</textarea>"));
    assert_eq!(answer.field("ticket"), "48217");
    assert_eq!((answer.field("hours"), answer.field("minutes")), ("9".into(), "1".into()));
    assert_eq!(stage.site.world.count("select count(*) from requests").await, 0);
}

#[sqlx::test(migrations = "../migrations")]
async fn the_same_form_sent_twice_switches_on_once(pool: PgPool) {
    let mut stage = stage(pool).await;
    let page = stage.ada.get(FORM).await;
    let (token, key) = (page.token(), page.field("key"));
    let fields = [("_token", token.as_str()), ("key", &key), ("pick", "db.member"), ("length", "PT1H")];
    for _ in 0..2 {
        let answer = stage.ada.post(FORM, &fields).await;
        assert_eq!((answer.status, answer.to()), (StatusCode::SEE_OTHER, "/access"));
    }
    assert_eq!(
        stage.site.world.count("select count(*) from assignments where origin = 'activated'").await,
        1
    );
    let page = stage.ada.get("/access").await;
    assert!(page.body.contains("Switched on.") && page.body.contains("It ends by itself."));
    assert!(page.body.contains("On now"));
}

#[sqlx::test(migrations = "../migrations")]
async fn a_refused_form_keeps_its_key_so_that_mending_it_is_the_same_request(pool: PgPool) {
    let mut stage = stage(pool).await;
    let page = stage.ada.get(FORM).await;
    let (token, key) = (page.token(), page.field("key"));
    let fields = [("_token", token.as_str()), ("key", &key), ("pick", "db.member")];
    let answer = stage.ada.post(FORM, &fields).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "no length was chosen");
    assert_eq!(answer.field("key"), key);
}

#[sqlx::test(migrations = "../migrations")]
async fn words_of_people_are_only_text_on_every_page_they_reach(pool: PgPool) {
    let mut stage = stage(pool).await;
    let ben = stage.site.world.person("Ben").await;
    stage.site.world.policy(stage.db, approved_by(&[ben], 1)).await;
    for sql in ["update groups set display_name = $1, description = $1", "update users set display_name = $1"]
    {
        sqlx::query(sql).bind(HOSTILE).execute(&stage.site.pool).await.unwrap();
    }
    let refused = send(&mut stage.ada, FORM, &[("reason", HOSTILE), ("ticket", HOSTILE)]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let asked = send(&mut stage.ada, FORM, &[("length", "PT1H"), ("reason", HOSTILE)]).await;
    assert_eq!(asked.to(), "/access");
    let number: i64 =
        sqlx::query_scalar("select number from requests").fetch_one(&stage.site.pool).await.unwrap();
    let request = format!("/requests/R-{number}");
    let mut pages = vec![refused];
    for path in ["/access", "/access", "/requests", FORM, &request, &format!("{request}/cancel")] {
        pages.push(stage.ada.get(path).await);
    }
    pages.push(stage.ada.get(&format!("{FORM}&again=R-{number}")).await);
    for page in pages {
        assert!(!page.body.contains("<script>alert") && !page.body.contains("<img src=x"), "{}", page.body);
        assert!(page.body.contains("alert(1)"), "the words are there");
        assert!(!page.headers.contains_key("location"));
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn what_belongs_to_somebody_else_is_not_here(pool: PgPool) {
    let mut stage = stage(pool).await;
    send(&mut stage.ada, FORM, &[("length", "PT1H")]).await;
    let id = assignment(&stage).await;
    let mut eve = stage.site.signed_in("Eve").await;
    let token = eve.get("/requests").await;
    assert_eq!(token.status, StatusCode::OK);
    let token = eve.get("/sign-out").await.token();
    let key = uuid::Uuid::from_u128(7).to_string();
    let paths = [
        FORM.to_owned(),
        format!("/access/{id}/extend"),
        format!("/access/{id}/deactivate"),
        "/requests/R-10001".to_owned(),
        "/requests/R-10001/cancel".to_owned(),
        "/requests/R-99999".to_owned(),
        "/access/not-an-id/extend".to_owned(),
        "/access/activate".to_owned(),
    ];
    for path in paths {
        assert_eq!(eve.get(&path).await.status, StatusCode::NOT_FOUND, "GET {path}");
        if path.starts_with("/requests/R") && !path.ends_with("cancel") {
            continue;
        }
        let fields = [("_token", token.as_str()), ("key", &key), ("pick", "db.member"), ("length", "PT1H")];
        assert_eq!(eve.post(&path, &fields).await.status, StatusCode::NOT_FOUND, "POST {path}");
        let away = stage.site.visitor().get(&path).await;
        assert!(away.to().starts_with("/sign-in?next="), "{path} for nobody");
    }
    assert_eq!(stage.site.world.count("select count(*) from active_now where origin = 'activated'").await, 1);
}

#[sqlx::test(migrations = "../migrations")]
async fn looking_changes_nothing(pool: PgPool) {
    let mut stage = stage(pool).await;
    send(&mut stage.ada, FORM, &[("length", "PT1H")]).await;
    let id = assignment(&stage).await;
    let state = "select (select count(*) from requests) + (select count(*) from audit_events) + \
                 (select count(*) from targets) + (select count(*) from active_now)";
    let before = stage.site.world.count(state).await;
    for path in [
        "/",
        "/access",
        "/access?show=expired",
        FORM,
        "/access/activate?pick=db.owner",
        "/requests?state=on&group=x",
    ] {
        stage.ada.get(path).await;
    }
    for verb in ["extend", "deactivate"] {
        assert_eq!(stage.ada.get(&format!("/access/{id}/{verb}")).await.status, StatusCode::OK);
    }
    assert_eq!(stage.site.world.count(state).await, before);
}

#[sqlx::test(migrations = "../migrations")]
async fn what_is_on_is_extended_and_given_back(pool: PgPool) {
    let mut stage = stage(pool).await;
    send(&mut stage.ada, FORM, &[("length", "PT30M")]).await;
    let id = assignment(&stage).await;
    let shorter = send(&mut stage.ada, &format!("/access/{id}/extend"), &[("length", "PT5M")]).await;
    assert_eq!(shorter.status, StatusCode::UNPROCESSABLE_ENTITY, "would not end later");
    let longer = send(&mut stage.ada, &format!("/access/{id}/extend"), &[("length", "PT2H")]).await;
    assert_eq!((longer.status, longer.to()), (StatusCode::SEE_OTHER, "/access"));
    assert!(stage.ada.get("/access").await.body.contains("Extended."));
    let id = assignment(&stage).await;
    let off = send(&mut stage.ada, &format!("/access/{id}/deactivate"), &[]).await;
    assert_eq!((off.status, off.to()), (StatusCode::SEE_OTHER, "/access"));
    assert_eq!(stage.site.world.count("select count(*) from active_now where origin = 'activated'").await, 0);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_later_start_is_read_in_the_persons_zone_and_can_be_cancelled(pool: PgPool) {
    let mut stage = stage(pool).await;
    sqlx::query("update users set time_zone = 'Asia/Tokyo' where id = $1")
        .bind(stage.ada_id.0)
        .execute(&stage.site.pool)
        .await
        .unwrap();
    let tomorrow: String = sqlx::query_scalar(
        "select to_char(date_trunc('day', clock() at time zone 'Asia/Tokyo') + interval '2 days 9 hours', \
         'YYYY-MM-DD\"T\"HH24:MI')",
    )
    .fetch_one(&stage.site.pool)
    .await
    .unwrap();
    let fields = [("length", "PT1H"), ("start", "later"), ("start_at", tomorrow.as_str())];
    let planned = send(&mut stage.ada, FORM, &fields).await;
    assert_eq!(planned.to(), "/access", "{}", planned.body);
    let hour: String =
        sqlx::query_scalar("select to_char(asked_start at time zone 'UTC', 'HH24:MI') from requests")
            .fetch_one(&stage.site.pool)
            .await
            .unwrap();
    assert_eq!(hour, "00:00");
    assert!(stage.ada.get("/access").await.body.contains("09:00 JST"));
    let answer = stage.ada.submit("/requests/R-10001/cancel", &[]).await;
    assert_eq!(answer.to(), "/requests/R-10001");
    assert!(stage.ada.get("/requests/R-10001").await.body.contains("Cancelled."));
    let page = stage.ada.get("/requests/R-10001/cancel").await;
    assert!(page.body.contains("no longer waiting"));
}

#[sqlx::test(migrations = "../migrations")]
async fn the_last_call_stands_on_every_page_but_the_forms_it_leads_to(pool: PgPool) {
    let mut stage = stage(pool).await;
    send(&mut stage.ada, FORM, &[("length", "PT30M")]).await;
    let id = assignment(&stage).await;
    let (extend, finish) = (format!("/access/{id}/extend"), format!("/access/{id}/deactivate"));
    let called = |answer: &Answer| answer.body.contains("Finish now");
    assert!(!called(&stage.ada.get("/requests").await));
    stage.site.world.move_clock(chrono::TimeDelta::minutes(21)).await;
    for path in ["/access", "/requests", "/account", "/groups", "/access/activate?pick=db.member"] {
        let page = stage.ada.get(path).await;
        assert!(called(&page), "{path}");
        assert!(page.body.contains(&format!("href=\"{finish}\"")), "{path}");
    }
    for path in [&extend, &finish] {
        let page = stage.ada.get(path).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(!called(&page), "{path}");
    }
}
