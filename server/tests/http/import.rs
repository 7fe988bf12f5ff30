//! Reading a directory export in the browser: report first, then exactly that.

use crate::actors::{Answer, Browser, Site};
use domain::role::Role;
use http::StatusCode;
use sqlx::PgPool;

const USERS: &str = r#"{"value":[{"id":"00000000-0000-4000-8000-000000000001","userPrincipalName":"ada@example.org",
    "displayName":"Ada <script>","accountEnabled":true,"userType":"Member"}]}"#;

async fn administrator(site: &Site) -> Browser {
    let root = site.world.person("Root").await;
    site.world.role(root, Role::GlobalAdministrator).await;
    site.browser_of(root).await
}

fn agreed(answer: &Answer) -> String {
    let field = answer.body.split("name=\"agreed\"").nth(1).expect("no report to agree to");
    field.split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

#[sqlx::test(migrations = "../migrations")]
async fn a_directory_is_imported_as_its_report_said(pool: PgPool) {
    let site = Site::on(pool);
    let mut root = administrator(&site).await;
    let report = root.submit("/admin/import", &[("users", USERS)]).await;
    assert_eq!(report.status, StatusCode::OK);
    assert!(report.body.contains("1 created") && report.body.contains("Ada &lt;script"), "{}", report.body);
    assert_eq!(site.world.count("select count(*) from users").await, 1, "a report changes nothing");
    let digest = agreed(&report);
    let fields = |digest| {
        [
            ("users", USERS.to_owned()),
            ("agreed", digest),
            ("import", "true".to_owned()),
            ("_token", report.token()),
        ]
    };
    let other = fields("of another report".to_owned());
    let other =
        root.post("/admin/import", &other.each_ref().map(|(name, value)| (*name, value.as_str()))).await;
    assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY);
    let same = fields(digest);
    let done =
        root.post("/admin/import", &same.each_ref().map(|(name, value)| (*name, value.as_str()))).await;
    assert_eq!((done.status, done.to()), (StatusCode::SEE_OTHER, "/people"), "{}", done.body);
    assert_eq!(site.world.count("select count(*) from users").await, 2);
}

#[sqlx::test(migrations = "../migrations")]
async fn the_page_does_not_exist_for_people_who_may_not_import(pool: PgPool) {
    let site = Site::on(pool);
    let mut anna = site.signed_in("Anna").await;
    assert_eq!(anna.get("/admin/import").await.status, StatusCode::NOT_FOUND);
    let token = anna.get("/sign-out").await.token();
    let answer = anna.post("/admin/import", &[("users", USERS), ("_token", &token)]).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_list_may_be_large(pool: PgPool) {
    let site = Site::on(pool);
    let mut root = administrator(&site).await;
    let large = format!("{{\"value\":[]{}}}", " ".repeat(1_000_000));
    assert_eq!(root.submit("/admin/import", &[("users", &large)]).await.status, StatusCode::OK);
}
