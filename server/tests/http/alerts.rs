//! Alerts as administrators and auditors meet them.

use crate::actors::{Browser, Site};
use domain::role::Role;
use domain::target::Access;
use http::StatusCode;
use sqlx::PgPool;

/// A group where all six members have standing access, counted; an administrator and an auditor.
async fn site(pool: PgPool) -> (Site, Browser, Browser, String) {
    let site = Site::on(pool);
    let target = site.world.target(site.world.group("db").await, Access::Member).await;
    for number in 0..6 {
        let person = site.world.person(&format!("Member {number}")).await;
        site.world.standing(person, target).await;
    }
    let (gwen, rita) = (site.world.person("Gwen").await, site.world.person("Rita").await);
    site.world.role(gwen, Role::GlobalAdministrator).await;
    site.world.role(rita, Role::SecurityReader).await;
    engine::alert::workers::beat(&site.world.engine, "one", engine::alert::workers::Doing::Work)
        .await
        .unwrap();
    engine::alert::count(&site.world.engine, None).await.unwrap();
    let id: uuid::Uuid = sqlx::query_scalar("select id from alerts where kind = 'too-many-standing'")
        .fetch_one(&site.pool)
        .await
        .unwrap();
    let (admin, auditor) = (site.browser_of(gwen).await, site.browser_of(rita).await);
    (site, admin, auditor, format!("/admin/alerts/{id}"))
}

#[sqlx::test(migrations = "../migrations")]
async fn an_auditor_sees_alerts_with_the_way_to_what_they_are_about_and_changes_nothing(pool: PgPool) {
    let (site, _, mut auditor, path) = site(pool).await;
    let list = auditor.get("/admin/alerts").await.body;
    assert!(list.contains("Too many with standing access") && list.contains("6 have standing access"));
    assert!(list.contains("href=\"/groups/db/assignments?kind=active\""));
    assert!(list.contains("> open</span>"), "the side bar counts");
    let one = auditor.get(&path).await.body;
    assert!(one.contains("Global Administrators and Privileged Role Administrators acknowledge alerts."));
    assert!(!one.contains("name=\"reason\""));
    let read = auditor.get("/admin/alerts/settings").await.body;
    assert!(read.contains("Opens when") && !read.contains("name=\"value[]\""));
    let token = auditor.get("/sign-out").await.token();
    let fields =
        [("_token", token.as_str()), ("reason", "I would like to, though"), ("days", "7"), ("version", "0")];
    for address in [path.as_str(), "/admin/alerts/settings"] {
        assert!(auditor.post(address, &fields).await.status.is_client_error(), "{address}");
    }
    let changed = "select (select count(*) from alert_settings) + (select count(*) from alerts where acknowledged_at is not null)";
    assert_eq!(site.world.count(changed).await, 0);
    assert!(auditor.get("/insights").await.body.contains("See alerts"));
}

#[sqlx::test(migrations = "../migrations")]
async fn an_administrator_acknowledges_with_a_reason_and_it_leaves_the_list(pool: PgPool) {
    let (_site, mut admin, _, path) = site(pool).await;
    let refused = admin.submit(&path, &[("reason", "known"), ("days", "30")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("at least 10 characters") && refused.body.contains("known</textarea>"));
    let done = admin.submit(&path, &[("reason", "The owner reviews it this week"), ("days", "30")]).await;
    assert_eq!(done.to(), "/admin/alerts", "{}", done.body);
    let list = admin.get("/admin/alerts").await.body;
    assert!(list.contains("Acknowledged.") && !list.contains("6 have standing access"));
    let known = admin.get("/admin/alerts?show=acknowledged").await.body;
    assert!(known.contains("6 have standing access") && known.contains("The owner reviews it this week"));
    assert_eq!(admin.get("/admin/alerts/no-id").await.status, StatusCode::NOT_FOUND);
    assert!(admin.get("/audit").await.body.contains("Alert acknowledged"));
}

#[sqlx::test(migrations = "../migrations")]
async fn thresholds_are_saved_whole_and_a_wrong_one_loses_nothing(pool: PgPool) {
    let (site, mut admin, _, _) = site(pool).await;
    let page = admin.get("/admin/alerts/settings").await;
    let names: Vec<String> = values(&page.body, "name=\"limit[]\"");
    let limits: usize = domain::alert::Kind::ALL.iter().map(|kind| kind.limits().len()).sum();
    assert_eq!(names.len(), limits, "{names:?}");
    let send = |days: &'static str| -> Vec<(&str, &str)> {
        let mut fields = vec![("version", "0"), ("reason", "Agreed in the review of March")];
        fields.extend(domain::alert::Kind::ALL.iter().map(|kind| ("on[]", kind.wire())));
        for kind in domain::alert::Kind::ALL {
            for limit in kind.limits() {
                fields.push(("limit[]", field(kind.wire(), limit.unit.wire())));
                let stale = kind.wire() == "stale-eligibility" && limit.unit.wire() == "days";
                fields.push(("value[]", if stale { days } else { first(limit.first) }));
            }
        }
        fields
    };
    let wrong = admin.submit("/admin/alerts/settings", &send("999")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.body.contains("A whole number from 1 to 365.") && wrong.body.contains("value=\"999\""));
    assert!(wrong.body.contains("Agreed in the review of March</textarea>"));
    let saved = admin.submit("/admin/alerts/settings", &send("60")).await;
    assert_eq!(saved.to(), "/admin/alerts/settings", "{}", saved.body);
    let stale = admin.submit("/admin/alerts/settings", &send("30")).await;
    assert!(stale.body.contains("Somebody else saved these settings meanwhile"));
    assert_eq!(site.world.count("select count(*) from alert_settings").await, 1);
    let page = admin.get("/admin/alerts/settings").await.body;
    assert!(page.contains("Version 1") && page.contains("value=\"60\""));
}

fn field(kind: &str, unit: &str) -> &'static str {
    format!("{kind}-{unit}").leak()
}

fn first(number: u32) -> &'static str {
    number.to_string().leak()
}

/// What stands in the fields of this name.
fn values(page: &str, name: &str) -> Vec<String> {
    let fields = page.split(name).skip(1).filter_map(|rest| rest.split("value=\"").nth(1));
    fields.filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect()
}
