//! Reports as browsers meet them: pages for who may read them, charts without inline style or script, files without
//! formulas, and strangers' names as text everywhere.

use crate::actors::{Browser, Site};
use domain::duration::Minutes;
use domain::ids::{PersonId, TargetId};
use domain::policy::evaluate::Answers;
use domain::role::Role;
use domain::target::Access;
use engine::act::activate::{Activate, activate};
use engine::testkit::{key, open_policy};
use http::{StatusCode, header};
use sqlx::PgPool;

const HOSTILE: &str = "=1+1<script>alert(1)</script>\"><b>";

struct Stage {
    site: Site,
    ann: PersonId,
    target: TargetId,
    /// Owns the group.
    olga: Browser,
    /// Reads everything.
    rita: Browser,
}

/// Ann, whose name and group's name are hostile, uses the group once; Ben could for a long time and never did.
async fn stage(pool: PgPool) -> Stage {
    let site = Site::on(pool);
    let world = &site.world;
    let (ann, ben) = (world.person("Ann").await, world.person("Ben").await);
    let (olga, rita) = (world.person("Olga").await, world.person("Rita").await);
    world.role(rita, Role::GlobalReader).await;
    let group = world.group("db").await;
    let target = world.target(group, Access::Member).await;
    world.policy(target, open_policy()).await;
    world.standing(olga, world.target(group, Access::Owner).await).await;
    world.eligible(ann, target).await;
    world.eligible(ben, target).await;
    world
        .sql(&format!(
            "update users set display_name = '{HOSTILE}' where user_name in ('ann', 'ben'); \
             update groups set display_name = '{HOSTILE}'; \
             update assignments set starts_at = starts_at - interval '100 days' where kind = 'eligible'"
        ))
        .await;
    let answers = Answers { length: Some(Minutes(30)), ..Answers::default() };
    let input = Activate { target, answers, code: String::new(), key: key() };
    activate(&world.engine, &world.ctx(ann).await, input).await.unwrap();
    let (olga, rita) = (site.browser_of(olga).await, site.browser_of(rita).await);
    Stage { site, ann, target, olga, rita }
}

impl Stage {
    async fn count(&self) {
        while engine::insight::count(&self.site.world.engine).await.unwrap().is_some() {}
    }

    /// Ann is refused: it is on already.
    async fn refuse(&self) {
        let answers = Answers { length: Some(Minutes(30)), ..Answers::default() };
        let input = Activate { target: self.target, answers, code: String::new(), key: key() };
        let world = &self.site.world;
        activate(&world.engine, &world.ctx(self.ann).await, input).await.unwrap_err();
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_report_is_drawn_without_style_or_script_and_says_its_numbers_in_words_and_tables(pool: PgPool) {
    let mut stage = stage(pool).await;
    stage.refuse().await;
    stage.count().await;
    let of_group = stage.olga.get("/groups/db/insights?days=7&unused=60").await;
    let of_all = stage.rita.get("/insights?days=7&unused=60").await;
    for page in [&of_group, &of_all] {
        assert_eq!(page.status, StatusCode::OK);
        let main = page.body.split("<main").nth(1).unwrap().split("</main>").next().unwrap();
        assert!(!main.contains(" style=") && !main.contains("<script"), "{main}");
        assert!(!main.contains("<b>\"") && main.contains("&lt;script&gt;"), "{main}");
        for chart in ["activations", "standing", "unused", "busiest", "refusals"] {
            assert!(
                main.contains(&format!("aria-labelledby=\"{chart}-chart-title {chart}-chart-says\"")),
                "{chart}"
            );
        }
        assert_eq!(main.matches("class=\"chart\"").count(), 5, "nobody asked for approval");
        assert_eq!(main.matches("role=\"img\"").count(), 5);
        assert!(main.contains("1\u{a0}activation, at most 1 on one day"), "{main}");
        assert!(main.contains("Already active") && main.contains("The numbers"), "{main}");
        assert!(main.contains("Nobody asked for approval in this time."));
    }
    assert!(
        of_all.body.contains("href=\"/groups/db/insights?days=7&amp;unused=60#unused\""),
        "{}",
        of_all.body
    );
    assert!(of_group.body.contains("/groups/db/assignments?kind=eligible&amp;name=ben"));
    let today = stage.site.world.now().await.date_naive();
    assert!(of_group.body.contains(&format!("/groups/db/audit?from={today}&amp;to={today}&amp;kind=access")));
}

#[sqlx::test(migrations = "../migrations")]
async fn before_the_first_count_and_before_anything_happened_a_report_says_so(pool: PgPool) {
    let site = Site::on(pool);
    let rita = site.world.person("Rita").await;
    site.world.role(rita, Role::GlobalReader).await;
    let mut rita = site.browser_of(rita).await;
    let page = rita.get("/insights").await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(page.body.matches("The first count is not made yet").count(), 2);
    assert!(page.body.contains("Nothing was activated") && page.body.contains("Nothing was refused"));
    assert!(!page.body.contains("class=\"chart\""));
    assert_eq!(rita.get("/insights?days=x&unused=%00").await.status, StatusCode::OK);
    let role = rita.get("/roles/helpdesk-administrator/insights").await;
    assert!(role.status == StatusCode::OK && role.body.contains("Nothing was activated"));
}

#[sqlx::test(migrations = "../migrations")]
async fn the_file_of_each_table_is_for_who_sees_the_page_and_holds_no_formula(pool: PgPool) {
    let mut stage = stage(pool).await;
    stage.refuse().await;
    stage.count().await;
    let mut ann = stage.site.browser_of(stage.ann).await;
    for table in ["activations", "approvals", "standing", "unused", "busiest", "refusals"] {
        for (browser, base) in [(&mut stage.olga, "/groups/db/insights"), (&mut stage.rita, "/insights")] {
            let path = format!("{base}/export.csv?table={table}&days=30&unused=90");
            let file = browser.get(&path).await;
            assert_eq!(file.status, StatusCode::OK, "{path}");
            let header = |name| file.headers.get(name).unwrap().to_str().unwrap().to_owned();
            assert!(header(header::CONTENT_TYPE).starts_with("text/csv"));
            assert!(header(header::CONTENT_DISPOSITION).contains(&format!("pimento-{table}-2")));
            assert!(file.body.lines().count() >= 2 && !file.body.contains("\"=1"), "{path}: {}", file.body);
            assert_eq!(ann.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
    }
    let unused = stage.olga.get("/groups/db/insights/export.csv?table=unused").await.body;
    assert!(unused.contains("\"'=1+1<script>alert(1)</script>\"\"><b>\",\"ben\""), "{unused}");
    assert_eq!(stage.olga.get("/insights/export.csv?table=unused").await.status, StatusCode::NOT_FOUND);
    for wrong in [
        "/insights/export.csv",
        "/insights/export.csv?table=x",
        "/roles/none/insights/export.csv?table=unused",
    ] {
        assert_eq!(stage.rita.get(wrong).await.status, StatusCode::NOT_FOUND, "{wrong}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn the_side_bar_and_the_tabs_lead_to_reports_that_open(pool: PgPool) {
    let mut stage = stage(pool).await;
    let mut ann = stage.site.browser_of(stage.ann).await;
    assert!(stage.rita.get("/access").await.body.contains("href=\"/insights\""));
    assert!(!stage.olga.get("/access").await.body.contains("href=\"/insights\""));
    assert!(stage.olga.get("/groups/db").await.body.contains("href=\"/groups/db/insights\""));
    assert!(!ann.get("/groups/db").await.body.contains("/groups/db/insights"));
    assert_eq!(ann.get("/groups/db/insights").await.status, StatusCode::NOT_FOUND);
}
