//! Webhooks in the browser: made with a code, the secret shown once, tried, changed, off and on, deleted.

use crate::actors::{Answer, Browser, Site};
use domain::ids::PersonId;
use domain::role::Role;
use http::StatusCode;
use sqlx::PgPool;

async fn site(pool: PgPool) -> (Site, PersonId, Browser) {
    let site = Site::on(pool);
    let root = site.world.person("Root").await;
    site.world.role(root, Role::GlobalAdministrator).await;
    site.world.factor(root).await;
    let browser = site.browser_of(root).await;
    (site, root, browser)
}

/// Adds one; `.invalid` is a name that leads nowhere (RFC 2606).
async fn add(site: &Site, root: PersonId, browser: &mut Browser) -> Answer {
    let code = site.world.code(root).await;
    let fields = [
        ("name", "Ledger <b>"),
        ("address", "https://hooks.invalid/services/hidden-part"),
        ("format", "json"),
        ("topics[]", "all-requests"),
        ("topics[]", "signed-in"),
        ("code", &code),
    ];
    browser.submit("/admin/webhooks/new", &fields).await
}

async fn hook(site: &Site) -> String {
    let id: uuid::Uuid = sqlx::query_scalar("select id from hooks").fetch_one(&site.pool).await.unwrap();
    format!("/admin/webhooks/{id}")
}

#[sqlx::test(migrations = "../migrations")]
async fn a_webhook_is_added_and_its_secret_shown_once(pool: PgPool) {
    let (site, root, mut browser) = site(pool).await;
    assert!(browser.get("/access").await.body.contains("href=\"/admin/webhooks\""), "in the side bar");
    let refused =
        browser.submit("/admin/webhooks/new", &[("name", "Ledger"), ("topics[]", "all-access")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("An address is needed") && refused.body.contains("Choose a format"));
    assert!(refused.body.contains("value=\"Ledger\""), "what was typed is kept");
    let ticked = refused.body.split("value=\"all-access\"").nth(1).unwrap().split('>').next().unwrap();
    assert!(ticked.contains("checked"), "{ticked}");

    let made = add(&site, root, &mut browser).await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.body);
    let secret = made.body.split("whsec_").nth(1).unwrap().split('<').next().unwrap().to_owned();
    let path = hook(&site).await;
    let page = browser.get(&path).await;
    assert!(page.body.contains("https://hooks.invalid/…") && !page.body.contains("hidden-part"));
    assert!(!page.body.contains(&secret), "not shown again");
    assert!(page.body.contains("Ledger &lt;b&gt;") && !page.body.contains("Ledger <b>"));
    assert!(page.body.contains("Requests and decisions, Signed in"));
    assert!(browser.get("/admin/webhooks").await.body.contains("Ledger &lt;b&gt;"));

    let code = site.world.code(root).await;
    let renewed = browser.submit(&format!("{path}/secret"), &[("code", &code)]).await;
    assert!(renewed.body.contains("whsec_") && !renewed.body.contains(&secret));
    assert!(browser.get(&path).await.body.contains("counts until"));
}

#[sqlx::test(migrations = "../migrations")]
async fn a_test_says_what_came_back_and_the_log_keeps_it(pool: PgPool) {
    let (site, root, mut browser) = site(pool).await;
    add(&site, root, &mut browser).await;
    let path = hook(&site).await;
    let tested = browser.submit(&path, &[("deed", "test")]).await;
    assert_eq!(tested.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(tested.body.contains("The test was not taken"), "{}", tested.body);
    assert!(browser.get(&path).await.body.contains("Given up"));
    site.world.sql("update hook_deliveries set answer = '<script>alert(1)</script>', status = 500").await;
    let log = browser.get(&path).await;
    let delivery = log.body.split("/deliveries/").nth(1).unwrap().split('"').next().unwrap();
    let delivery = format!("{path}/deliveries/{delivery}");
    let page = browser.get(&delivery).await;
    assert!(page.body.contains("&lt;script&gt;alert(1)") && !page.body.contains("<script>alert(1)"));
    assert!(page.body.contains("msg_") && page.body.contains("What is sent"));
    let again = browser.submit(&delivery, &[]).await;
    assert_eq!(again.to(), path);
    assert_eq!(site.world.count("select count(*) from hook_deliveries where state = 'waiting'").await, 1);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_webhook_is_changed_off_on_and_deleted_by_administrators_only(pool: PgPool) {
    let (site, root, mut browser) = site(pool).await;
    add(&site, root, &mut browser).await;
    let path = hook(&site).await;
    let code = site.world.code(root).await;
    let version = browser.get(&format!("{path}/edit")).await.field("version");
    let fields = [
        ("name", "Books"),
        ("version", version.as_str()),
        ("format", "slack"),
        ("topics[]", "audit-anchor"),
        ("code", &code),
    ];
    let saved = browser.submit(&format!("{path}/edit"), &fields).await;
    assert_eq!(saved.to(), path, "{}", saved.body);
    let page = browser.get(&path).await;
    assert!(page.body.contains("Slack message") && page.body.contains("Anchors of the audit"));
    browser.submit(&path, &[("deed", "off")]).await;
    assert!(browser.get(&path).await.body.contains("This webhook is off"));
    browser.submit(&path, &[("deed", "on")]).await;
    assert!(!browser.get(&path).await.body.contains("This webhook is off"));

    let rita = site.world.person("Rita").await;
    site.world.role(rita, Role::GlobalReader).await;
    let mut reader = site.browser_of(rita).await;
    let seen = reader.get(&path).await;
    assert!(seen.status == StatusCode::OK && !seen.body.contains("Send a test"));
    for below in ["/edit", "/secret", "/delete"] {
        assert_eq!(reader.get(&format!("{path}{below}")).await.status, StatusCode::NOT_FOUND, "{below}");
    }
    let token = reader.get("/sign-out").await.token();
    for (at, field) in [(path.clone(), "off"), (format!("{path}/delete"), ""), (format!("{path}/secret"), "")]
    {
        let tried = reader.post(&at, &[("deed", field), ("_token", &token)]).await;
        assert!(tried.status.is_client_error(), "{at}: {}", tried.status);
    }
    let mut stranger = site.signed_in("Ned").await;
    assert_eq!(stranger.get(&path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(site.world.count("select count(*) from hooks where off_at is null").await, 1);

    let gone = browser.submit(&format!("{path}/delete"), &[]).await;
    assert_eq!(gone.to(), "/admin/webhooks");
    assert!(browser.get("/admin/webhooks").await.body.contains("No webhooks yet"));
    assert_eq!(browser.get(&path).await.status, StatusCode::NOT_FOUND);
}
