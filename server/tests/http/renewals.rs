//! Asking to extend or renew in a browser, and answering on the group's page: forms keep what was typed, strangers find
//! nothing, words are only text.

use crate::actors::{Answer, Browser, Site};
use chrono::TimeDelta;
use domain::assignment::Kind;
use domain::ids::{AssignmentId, PersonId};
use domain::span::Span;
use domain::target::Access;
use engine::testkit::open_policy;
use http::StatusCode;
use sqlx::PgPool;

const HOSTILE: &str = "</textarea><script>alert(1)</script>\"'><img src=x onerror=alert(2)>\u{202e}";

/// Olga owns the group `db`; Ann is eligible for three more days.
struct Stage {
    site: Site,
    olga: Browser,
    ann: Browser,
    eligible: AssignmentId,
}

async fn stage(pool: PgPool) -> Stage {
    stage_ending(pool, TimeDelta::days(3)).await
}

async fn stage_ending(pool: PgPool, left: TimeDelta) -> Stage {
    let site = Site::on(pool);
    let (olga, ann): (PersonId, PersonId) = (site.world.person("Olga").await, site.world.person("Ann").await);
    let group = site.world.group("db").await;
    let member = site.world.target(group, Access::Member).await;
    site.world.policy(member, open_policy()).await;
    site.world.standing(olga, site.world.target(group, Access::Owner).await).await;
    let now = site.world.now().await;
    let span = Span { start: now - TimeDelta::days(90), end: Some(now + left) };
    let eligible = site.world.assign(ann, member, Kind::Eligible, span).await;
    let (olga, ann) = (site.browser_of(olga).await, site.browser_of(ann).await);
    Stage { site, olga, ann, eligible }
}

impl Stage {
    fn form(&self) -> String {
        format!("/access/{}/renew", self.eligible)
    }

    /// Ann asks; gives the R-number.
    async fn ask(&mut self, reason: &str) -> String {
        let form = self.form();
        let page = self.ann.get(&form).await;
        let (token, key) = (page.token(), page.field("key"));
        let asked = self.ann.post(&form, &[("_token", &token), ("key", &key), ("reason", reason)]).await;
        assert_eq!((asked.status, asked.to()), (StatusCode::SEE_OTHER, "/access"), "{}", asked.body);
        let number: i64 =
            sqlx::query_scalar("select max(number) from requests").fetch_one(&self.site.pool).await.unwrap();
        format!("R-{number}")
    }

    async fn status(&self) -> String {
        sqlx::query_scalar("select status from requests where action in ('selfExtend', 'selfRenew')")
            .fetch_one(&self.site.pool)
            .await
            .unwrap()
    }

    async fn end(&self) -> String {
        let end = self.site.world.now().await + TimeDelta::days(60);
        end.format("%Y-%m-%dT%H:%M").to_string()
    }
}

async fn send(browser: &mut Browser, path: &str, fields: &[(&str, &str)]) -> Answer {
    let page = browser.get(path).await;
    assert_eq!(page.status, StatusCode::OK, "{path}");
    let token = page.token();
    let mut fields = fields.to_vec();
    fields.push(("_token", &token));
    browser.post(path, &fields).await
}

#[sqlx::test(migrations = "../migrations")]
async fn asked_from_my_access_and_approved_on_the_groups_page(pool: PgPool) {
    let mut stage = stage(pool).await;
    let offered = stage.ann.get("/access").await;
    assert!(offered.body.contains(&stage.form()) && offered.body.contains("Ask to extend"));
    let name = stage.ask("still on the rota").await;
    let waits = stage.ann.get("/access").await;
    assert!(
        waits.body.contains("waiting for an answer")
            && waits.body.contains(&format!("/requests/{name}/cancel"))
    );
    assert!(!waits.body.contains(&stage.form()), "one at a time");

    let decide = format!("/groups/db/renewals/{name}");
    for path in ["/approvals", "/groups/db/requests", "/groups/db/assignments", &format!("/requests/{name}")]
    {
        let page = stage.olga.get(path).await;
        assert!(page.body.contains(&decide), "{path} leads to the decision");
    }
    let page = stage.olga.get(&decide).await;
    assert!(page.body.contains("still on the rota") && page.body.contains("Record answer"));
    let end = stage.end().await;
    let fields = [("verdict", "approve"), ("kind", "eligible"), ("end", end.as_str())];
    let done = send(&mut stage.olga, &decide, &fields).await;
    assert_eq!(
        (done.status, done.to()),
        (StatusCode::SEE_OTHER, "/groups/db/assignments?kind=eligible"),
        "{}",
        done.body
    );
    assert_eq!(stage.status().await, "AdminApproved");
    assert!(stage.olga.get(done.to()).await.body.contains("Approved."));
    let after = stage.olga.get(&decide).await;
    assert!(
        after.body.contains("Already approved")
            && !after.body.contains("was not recorded")
            && !after.body.contains("Record answer")
    );
    let seen = stage.ann.get(&format!("/requests/{name}")).await;
    assert!(seen.body.contains("approved") && !seen.body.contains(&decide));
}

#[sqlx::test(migrations = "../migrations")]
async fn renewed_from_the_expired_list(pool: PgPool) {
    let mut stage = stage_ending(pool, -TimeDelta::days(2)).await;
    let expired = stage.ann.get("/access?show=expired").await;
    assert!(expired.body.contains(&stage.form()) && expired.body.contains("Ask to renew"));
    let name = stage.ask("back on the rota").await;
    let decide = format!("/groups/db/renewals/{name}");
    let page = stage.olga.get("/groups/db/assignments?kind=expired").await;
    assert!(page.body.contains(&decide) && page.body.contains("Renew"));
    let end = stage.end().await;
    let fields = [("verdict", "approve"), ("kind", "eligible"), ("end", end.as_str())];
    let done = send(&mut stage.olga, &decide, &fields).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    let back = stage.ann.get("/access").await;
    assert!(back.body.contains("/access/activate?pick=db.member"));
}

#[sqlx::test(migrations = "../migrations")]
async fn what_is_refused_stays_on_the_page_at_its_field(pool: PgPool) {
    let mut stage = stage(pool).await;
    let form = stage.form();
    let page = stage.ann.get(&form).await;
    let (token, key) = (page.token(), page.field("key"));
    let silent = stage.ann.post(&form, &[("_token", &token), ("key", &key), ("reason", " ")]).await;
    assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(silent.body.contains("id=\"f-reason-error\""));
    assert_eq!(silent.field("key"), key, "mending it is the same request");

    let name = stage.ask("still on the rota").await;
    let decide = format!("/groups/db/renewals/{name}");
    for (fields, at) in [
        (vec![("reason", "kept words")], "verdict"),
        (vec![("verdict", "deny"), ("reason", "")], "reason"),
        (vec![("verdict", "approve"), ("kind", "")], "kind"),
        (
            vec![
                ("verdict", "approve"),
                ("kind", "eligible"),
                ("end", "2001-01-01T10:00"),
                ("reason", "kept words"),
            ],
            "end",
        ),
        (vec![("verdict", "approve"), ("kind", "eligible"), ("end", HOSTILE)], "end"),
    ] {
        let refused = send(&mut stage.olga, &decide, &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{fields:?}");
        assert!(refused.body.contains(&format!("id=\"f-{at}-error\"")), "{at}: {}", refused.body);
        if fields.contains(&("reason", "kept words")) {
            assert!(refused.body.contains("kept words</textarea>"));
        }
    }
    assert_eq!(stage.status().await, "PendingAdminDecision");
    let denied = send(&mut stage.olga, &decide, &[("verdict", "deny"), ("reason", "the rota is full")]).await;
    assert_eq!(denied.status, StatusCode::SEE_OTHER);
    let told = stage.ann.get(&format!("/requests/{name}")).await;
    assert!(told.body.contains("the rota is full"), "the person reads why");
}

#[sqlx::test(migrations = "../migrations")]
async fn strangers_find_neither_form_nor_decision_and_nobody_decides_her_own(pool: PgPool) {
    let mut stage = stage(pool).await;
    let name = stage.ask("still on the rota").await;
    let decide = format!("/groups/db/renewals/{name}");
    let mut eve = stage.site.signed_in("Eve").await;
    let token = eve.get("/sign-out").await.token();
    let fields = [("_token", token.as_str()), ("verdict", "approve"), ("kind", "eligible"), ("reason", "x")];
    for path in [stage.form(), decide.clone()] {
        assert_eq!(eve.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
        let key = uuid::Uuid::from_u128(7).to_string();
        let fields: Vec<_> = fields.iter().copied().chain([("key", key.as_str())]).collect();
        assert_eq!(eve.post(&path, &fields).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(stage.ann.get(&decide).await.status, StatusCode::NOT_FOUND);
    let elsewhere = stage.site.world.group("other").await;
    let owner = stage.site.world.target(elsewhere, Access::Owner).await;
    let olga: uuid::Uuid = sqlx::query_scalar("select id from users where display_name = 'Olga'")
        .fetch_one(&stage.site.pool)
        .await
        .unwrap();
    stage.site.world.standing(PersonId(olga), owner).await;
    let other = format!("/groups/other/renewals/{name}");
    assert_eq!(stage.olga.get(&other).await.status, StatusCode::NOT_FOUND, "of another group");

    stage
        .site
        .world
        .sql(
            "insert into assignments (id, target_id, principal_id, kind, origin, starts_at) \
        select gen_random_uuid(), t.id, u.id, 'active', 'assigned', clock() - interval '1 hour' \
        from targets t join groups g on g.id = t.group_id, users u \
        where g.key = 'db' and t.kind = 'owner' and u.display_name = 'Ann'",
        )
        .await;
    let own = stage.ann.get(&decide).await;
    assert!(
        own.body.contains("You cannot decide on your own request.") && !own.body.contains("Record answer")
    );
    for path in ["/approvals", "/groups/db/requests", "/groups/db/assignments"] {
        assert!(!stage.ann.get(path).await.body.contains(&decide), "{path} offers her nothing");
    }
    let end = stage.end().await;
    let token = stage.ann.get("/sign-out").await.token();
    let fields =
        [("_token", token.as_str()), ("verdict", "approve"), ("kind", "eligible"), ("end", end.as_str())];
    let refused = stage.ann.post(&decide, &fields).await;
    assert!(refused.status.is_client_error(), "{}", refused.status);
    assert_eq!(stage.status().await, "PendingAdminDecision");
}

#[sqlx::test(migrations = "../migrations")]
async fn words_of_people_are_only_text_on_every_page_they_reach(pool: PgPool) {
    let mut stage = stage(pool).await;
    for sql in ["update groups set display_name = $1, description = $1", "update users set display_name = $1"]
    {
        sqlx::query(sql).bind(HOSTILE).execute(&stage.site.pool).await.unwrap();
    }
    let form = stage.form();
    let first = stage.ann.get(&form).await;
    let name = stage.ask(HOSTILE).await;
    let decide = format!("/groups/db/renewals/{name}");
    let mut pages = vec![first];
    for path in ["/access", "/requests", &form, &format!("/requests/{name}")] {
        pages.push(stage.ann.get(path).await);
    }
    for path in ["/approvals", "/groups/db/requests?show=all", "/groups/db/assignments", &decide] {
        pages.push(stage.olga.get(path).await);
    }
    pages.push(send(&mut stage.olga, &decide, &[("reason", HOSTILE), ("end", HOSTILE)]).await);
    for page in pages {
        assert!(!page.body.contains("<script>alert") && !page.body.contains("<img src=x"), "{}", page.body);
        assert!(page.body.contains("alert(1)"), "the words are there");
    }
}
