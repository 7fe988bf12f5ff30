//! Mail in the browser: one's own, all of them, on and off; and who is told, set in the policy.

use crate::actors::Site;
use crate::groups::{self, send};
use domain::policy::notifications::{Moment, Reader};
use domain::role::Role;
use domain::target::Access;
use engine::db::policies;
use engine::testkit::open_policy;
use http::StatusCode;
use sqlx::PgPool;

#[sqlx::test(migrations = "../migrations")]
async fn a_mail_is_read_by_its_person_and_its_link_leads_to_the_page(pool: PgPool) {
    let site = Site::on(pool);
    let ann = site.world.person("Ann").await;
    site.world.sql("update users set mail = 'ann@example.org'").await;
    site.world.factor(ann).await;
    let mut browser = site.browser_of(ann).await;
    site.world
        .sql("insert into notices (kind, actor_id, principal_id) select 'password-set', id, id from users")
        .await;
    engine::mail::once(&site.world.engine, true).await.unwrap();
    let list = browser.get("/account/mail").await;
    assert!(list.body.contains("Your password was set") && list.body.contains("Kept here"), "{}", list.body);
    let id: uuid::Uuid =
        sqlx::query_scalar("select id from mails").fetch_one(&site.world.engine.pool).await.unwrap();
    let mail = browser.get(&format!("/account/mail/{id}")).await;
    assert!(
        mail.body.contains("If this was not you") && mail.body.contains("href=\"/account\""),
        "{}",
        mail.body
    );
    let mut stranger = site.signed_in("Ben").await;
    assert_eq!(stranger.get(&format!("/account/mail/{id}")).await.status, StatusCode::NOT_FOUND);
    assert_eq!(stranger.get(&format!("/admin/mail/{id}")).await.status, StatusCode::NOT_FOUND);
}

#[sqlx::test(migrations = "../migrations")]
async fn mail_is_stopped_with_a_reason_tested_and_let_go_again(pool: PgPool) {
    let site = Site::on(pool);
    let root = site.world.person("Root").await;
    site.world.role(root, Role::GlobalAdministrator).await;
    site.world.sql("update users set mail = 'root@example.org'").await;
    let mut browser = site.browser_of(root).await;
    let refused = browser.submit("/admin/mail", &[("deed", "stop"), ("reason", "")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("Say why mail is stopped"), "{}", refused.body);
    let stopped = browser.submit("/admin/mail", &[("deed", "stop"), ("reason", "A loop")]).await;
    assert_eq!(stopped.to(), "/admin/mail");
    let page = browser.get("/admin/mail").await;
    assert!(page.body.contains("Mail is stopped") && page.body.contains("A loop"), "{}", page.body);
    browser.submit("/admin/mail", &[("deed", "start")]).await;
    assert!(!browser.get("/admin/mail").await.body.contains("<strong>Mail is stopped"));
    browser.submit("/admin/mail", &[("deed", "test")]).await;
    assert!(browser.get("/admin/mail").await.body.contains("Mail from Pimento works"));

    // who only reads finds the page and no button; her try changes nothing
    let reader = site.world.person("Rita").await;
    site.world.role(reader, Role::GlobalReader).await;
    let mut rita = site.browser_of(reader).await;
    assert!(!rita.get("/admin/mail").await.body.contains("Stop all mail"));
    let token = rita.get("/sign-out").await.token();
    let tried = rita.post("/admin/mail", &[("deed", "stop"), ("reason", "x"), ("_token", &token)]).await;
    assert!(tried.status.is_client_error(), "{}", tried.status);
    assert_eq!(site.world.count("select count(*) from mail_switch where stopped_at is not null").await, 0);
}

#[sqlx::test(migrations = "../migrations")]
async fn the_policy_form_keeps_and_changes_who_is_told(pool: PgPool) {
    let site = Site::on(pool);
    let olga = site.world.person("Olga").await;
    let group = site.world.group("db").await;
    let target = site.world.target(group, Access::Member).await;
    let mut policy = open_policy();
    policy.notifications.cell_mut(Moment::Active, Reader::Admin).additional = vec!["soc@example.org".into()];
    site.world.policy(target, policy).await;
    site.world.standing(olga, site.world.target(group, Access::Owner).await).await;
    site.world.factor(olga).await;
    let mut browser = site.browser_of(olga).await;
    let settings = "/groups/db/settings?role=member";
    let shown = browser.get(settings).await;
    assert!(shown.body.contains("soc@example.org"), "{}", shown.body);
    let code = site.world.code(olga).await;
    let form = |to: &str| {
        groups::policy(&[
            ("reason", "Quieter"),
            ("code", &code),
            ("mail[]", "matrix"),
            ("mail[]", "active-admin-usual"),
            ("mail[]", "active-admin-critical"),
            ("mail_active_admin_to", to),
        ])
    };
    let refused = send(&mut browser, settings, &form("nobody")).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("is no mail address"), "{}", refused.body);
    let saved = send(&mut browser, settings, &form("soc@example.org; desk@example.org")).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    let mut conn = site.world.engine.pool.acquire().await.unwrap();
    let now = policies::current(&mut conn, target).await.unwrap().policy.notifications;
    let cell = now.cell(Moment::Active, Reader::Admin);
    assert_eq!(cell.additional, ["soc@example.org", "desk@example.org"]);
    assert!(cell.critical_only && cell.default_recipients);
    assert!(!now.cell(Moment::Activation, Reader::Requestor).takes(true), "what is not ticked is off");
}

#[sqlx::test(migrations = "../migrations")]
async fn what_somebody_wants_to_hear_of_is_kept_as_ticked(pool: PgPool) {
    let site = Site::on(pool);
    let mut ann = site.signed_in("Ann").await;
    let ticked = |body: &str| body.matches("name=\"wanted[]\"").count() - body.matches("checked").count();
    assert_eq!(ticked(&ann.get("/account/mail").await.body), 0, "everything at first");
    let saved = ann.submit("/account/mail", &[("wanted[]", "access"), ("wanted[]", "requests")]).await;
    assert_eq!(saved.to(), "/account/mail");
    let page = ann.get("/account/mail").await;
    assert!(page.body.contains("Saved.") && page.body.contains("emergencies always come"), "{}", page.body);
    let off = domain::notice::choice::Choice::ALL.len() - 2;
    assert_eq!(ticked(&page.body), off, "{}", page.body);
    let refused = ann.submit("/account/mail", &[("wanted[]", "account")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(ticked(&ann.get("/account/mail").await.body), off, "nothing was saved");
}
