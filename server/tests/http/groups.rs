//! Managing a group in a browser: policies are reviewed before they are saved, assignments given, changed and taken
//! away, the audit read and exported; strangers find nothing, and words are only text.

use crate::actors::{Answer, Browser, Site};
use app::api::policies::preview::Consequences;
use domain::ids::{GroupId, PersonId};
use domain::target::Access;
use engine::testkit::open_policy;
use http::StatusCode;
use sqlx::PgPool;

const SETTINGS: &str = "/groups/db/settings?role=member";
const HOSTILE: &str = "</textarea><script>alert(1)</script>\"'><img src=x>";

/// A site with Olga, who owns the group `db` and has a second factor, and Ann, who is nobody.
struct Stage {
    site: Site,
    olga: Browser,
    olga_id: PersonId,
    ann_id: PersonId,
}

async fn stage(pool: PgPool) -> Stage {
    let site = Site::on(pool);
    let (olga_id, ann_id) = (site.world.person("Olga").await, site.world.person("Ann").await);
    let group = site.world.group("db").await;
    site.world.policy(site.world.target(group, Access::Member).await, open_policy()).await;
    site.world.policy(site.world.target(group, Access::Owner).await, open_policy()).await;
    site.world.standing(olga_id, site.world.target(group, Access::Owner).await).await;
    site.world.factor(olga_id).await;
    let olga = site.browser_of(olga_id).await;
    Stage { site, olga, olga_id, ann_id }
}

/// What a browser sends of a first visit to the policy form.
pub fn policy(changed: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
    let first = [
        ("version", "1"),
        ("role", "member"),
        ("max", "PT8H"),
        ("proof", "none"),
        ("proof_age", "PT5M"),
        ("justification_min", "1"),
        ("ticket", "none"),
        ("needed", "1"),
        ("wait", "P1D"),
        ("eligible_max", "P365D"),
        ("active_max", "P180D"),
        ("active_justification", "true"),
    ];
    let kept = first.into_iter().filter(|(name, _)| changed.iter().all(|(other, _)| other != name));
    kept.chain(changed.iter().copied()).map(|(name, value)| (name, value.to_owned())).collect()
}

pub async fn send(browser: &mut Browser, path: &str, fields: &[(&'static str, String)]) -> Answer {
    let page = browser.get(path).await;
    assert_eq!(page.status, StatusCode::OK, "{path}");
    let token = page.token();
    let mut fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    fields.push(("_token", &token));
    browser.post(path, &fields).await
}

fn form_key() -> String {
    engine::testkit::key().0.to_string()
}

#[sqlx::test(migrations = "../migrations")]
async fn a_review_says_what_would_change_and_changes_nothing(pool: PgPool) {
    let mut stage = stage(pool).await;
    let fields = policy(&[("max", "PT4H"), ("find", "review")]);
    let answer = send(&mut stage.olga, SETTINGS, &fields).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.body.contains("<del>8\u{a0}h</del>") && answer.body.contains("<ins>4\u{a0}h</ins>"));
    assert!(answer.body.contains("Save as version 2"));
    assert_eq!(stage.site.world.count("select max(version)::bigint from policies").await, 1);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_review_tries_the_draft_on_what_was_asked_lately(pool: PgPool) {
    let mut stage = stage(pool).await;
    let group =
        sqlx::query_scalar("select id from groups where key = 'db'").fetch_one(&stage.site.pool).await;
    let member = stage.site.world.target(GroupId(group.unwrap()), Access::Member).await;
    stage.site.world.eligible(stage.ann_id, member).await;
    let mut ann = stage.site.browser_of(stage.ann_id).await;
    let key = form_key();
    let path = "/access/activate?pick=db.member";
    let fields = [("pick", "db.member"), ("key", key.as_str()), ("length", "PT8H")];
    assert_eq!(ann.submit(path, &fields).await.status, StatusCode::SEE_OTHER);

    let draft = policy(&[("max", "PT4H"), ("ticket", "any"), ("find", "review")]);
    let answer = send(&mut stage.olga, SETTINGS, &draft).await;
    assert!(answer.body.contains("The last 90 days under this draft"));
    let said = "Of 1 request, 1 would have been refused: 1 too long, 1 without a ticket.";
    assert!(answer.body.contains(said), "{}", answer.body);
    let looser = send(&mut stage.olga, SETTINGS, &policy(&[("max", "PT12H"), ("find", "review")])).await;
    assert!(looser.body.contains("Of 1 request, none would have been refused."));
}

#[sqlx::test(migrations = "../migrations")]
async fn the_review_while_typing_says_the_same_to_nobody_else(pool: PgPool) {
    let mut stage = stage(pool).await;
    let ann_id = stage.ann_id.to_string();
    let mut fields =
        policy(&[("key", "db"), ("max", "PT4H"), ("approval", "true"), ("approvers[]", &ann_id)]);
    let ask = async |browser: &mut Browser, fields: &[(&'static str, String)]| {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        browser.post("/api/ui/policies/preview", &fields).await
    };
    let answer = ask(&mut stage.olga, &fields).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let said: Consequences = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(said.changes[0], ["Longest activation", "8\u{a0}h", "4\u{a0}h"].map(str::to_owned));
    assert!(said.changes.contains(&["Approvers", "nobody", "Ann"].map(str::to_owned)), "{said:?}");
    assert_eq!(said.past, ["Nobody asked for it."]);
    assert!(said.refusals.is_empty(), "{said:?}");

    fields.retain(|(name, _)| *name != "approvers[]");
    let answer = ask(&mut stage.olga, &fields).await;
    let said: Consequences = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(said.refusals, ["Name at least one approver, or switch approval off."]);

    let mut ann = stage.site.browser_of(stage.ann_id).await;
    assert_eq!(ask(&mut ann, &fields).await.status, StatusCode::NOT_FOUND);
    assert_eq!(ask(&mut stage.site.visitor(), &fields).await.status, StatusCode::UNAUTHORIZED);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_policy_is_saved_with_a_code_and_refused_without_approver(pool: PgPool) {
    let mut stage = stage(pool).await;
    let ann = stage.ann_id.to_string();
    let nobody = policy(&[("approval", "true")]);
    let refused = send(&mut stage.olga, SETTINGS, &nobody).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("href=\"#f-approvers\""), "told at the approvers");

    let code = stage.site.world.code(stage.olga_id).await;
    let fields = policy(&[("approval", "true"), ("approvers[]", &ann), ("reason", HOSTILE), ("code", &code)]);
    let saved = send(&mut stage.olga, SETTINGS, &fields).await;
    assert_eq!((saved.status, saved.to()), (StatusCode::SEE_OTHER, SETTINGS), "{}", saved.body);
    let page = stage.olga.get(SETTINGS).await;
    assert!(page.body.contains("Version 2 holds from the next activation on."));
    assert!(!page.body.contains("<script>alert") && !page.body.contains("<img src=x"));
}

#[sqlx::test(migrations = "../migrations")]
async fn who_was_slower_sees_both_versions_and_loses_nothing(pool: PgPool) {
    let mut stage = stage(pool).await;
    let code = stage.site.world.code(stage.olga_id).await;
    let first = send(&mut stage.olga, SETTINGS, &policy(&[("max", "PT4H"), ("code", &code)])).await;
    assert_eq!(first.status, StatusCode::SEE_OTHER);
    let code = stage.site.world.code(stage.olga_id).await;
    let second = send(&mut stage.olga, SETTINGS, &policy(&[("max", "PT2H"), ("code", &code)])).await;
    assert_eq!(second.status, StatusCode::UNPROCESSABLE_ENTITY);
    for cell in ["data-label=\"Before\"", "data-label=\"Theirs\"", "data-label=\"Yours\""] {
        assert!(second.body.contains(cell), "{cell}");
    }
    assert!(second.body.contains("name=\"version\" value=\"2\""), "the next save builds on theirs");
    assert!(second.body.contains("<option value=\"PT2H\" selected"), "what was typed is kept");
}

#[sqlx::test(migrations = "../migrations")]
async fn an_assignment_is_given_changed_and_taken_away(pool: PgPool) {
    let mut stage = stage(pool).await;
    let (ann, olga) = (stage.ann_id.to_string(), &mut stage.olga);
    let given = [
        ("people[]", ann.clone()),
        ("role", "member".to_owned()),
        ("kind", "eligible".to_owned()),
        ("end", tomorrow(&stage.site).await),
        ("form", form_key()),
    ];
    let answer = send(olga, "/groups/db/assign", &given).await;
    assert_eq!(answer.to(), "/groups/db/assignments?kind=eligible", "{}", answer.body);
    let again: Vec<_> = given.iter().filter(|(name, _)| *name != "form").cloned().collect();
    let again = [again, vec![("form", form_key())]].concat();
    let refused = send(olga, "/groups/db/assign", &again).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("id=\"f-people-error\""), "the duplicate is told at the people");

    let id: String = sqlx::query_scalar("select id::text from assignments where kind = 'eligible'")
        .fetch_one(&stage.site.pool)
        .await
        .unwrap();
    let change = format!("/groups/db/assignments/{id}/change");
    let same = [("end", tomorrow(&stage.site).await), ("form", form_key())];
    assert_eq!(
        send(olga, &change, &same).await.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "nothing would change"
    );

    let remove = format!("/groups/db/assignments/remove?pick={id}");
    let page = olga.get(&remove).await;
    assert!(page.body.contains("Remove 1\u{a0}assignment") && page.body.contains("Ann"));
    let gone = [("pick[]", id), ("reason", HOSTILE.to_owned()), ("form", form_key())];
    assert_eq!(send(olga, &remove, &gone).await.to(), "/groups/db/assignments");
    let audit = olga.get("/groups/db/audit?kind=assignments").await;
    assert!(audit.body.contains("Assignment removed") && !audit.body.contains("<script>alert"));
}

/// The same minute of the next day, as a date-and-time field sends it in UTC.
async fn tomorrow(site: &Site) -> String {
    let field = "select to_char(date_trunc('day', clock()) + interval '2 days', 'YYYY-MM-DD\"T\"HH24:MI')";
    sqlx::query_scalar(field).fetch_one(&site.pool).await.unwrap()
}

#[sqlx::test(migrations = "../migrations")]
async fn strangers_find_no_page_of_a_group(pool: PgPool) {
    let stage = stage(pool).await;
    let mut ann = stage.site.browser_of(stage.ann_id).await;
    for page in ["", "/assignments", "/assign", "/settings", "/requests", "/audit", "/assignments/remove"] {
        let (known, unknown) =
            (ann.get(&format!("/groups/db{page}")).await, ann.get(&format!("/groups/none{page}")).await);
        assert_eq!((known.status, unknown.status), (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND), "{page}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn the_audit_is_exported_for_those_who_read_it(pool: PgPool) {
    let mut stage = stage(pool).await;
    let words = "insert into audit_events (action, outcome, group_id, reason) \
                 select 'group-updated', 'done', id, '=cmd' from groups";
    stage.site.world.sql(words).await;
    let code = stage.site.world.first_code(stage.olga_id).await;
    let csv = stage.olga.export("group=db", "csv", &code).await;
    assert_eq!(csv.status, StatusCode::OK);
    assert!(csv.header("content-type").starts_with("text/csv"));
    assert!(csv.header("content-disposition").starts_with("attachment"));
    assert!(csv.body.contains("\"'=cmd\""), "{}", csv.body);
    let code = stage.site.world.first_code(stage.olga_id).await;
    let lines = stage.olga.export("group=db", "ndjson", &code).await;
    assert_eq!(lines.status, StatusCode::OK);
    assert!(lines.body.lines().all(|line| line.starts_with('{')));
    let mut ann = stage.site.browser_of(stage.ann_id).await;
    assert_eq!(ann.get("/audit/export?group=db").await.status, StatusCode::NOT_FOUND);
    let (token, code) =
        (ann.get("/audit/export").await.token(), stage.site.world.first_code(stage.ann_id).await);
    let asked = [("_token", token.as_str()), ("format", "csv"), ("group", "db"), ("code", &code)];
    assert_eq!(ann.post("/audit/export", &asked).await.status, StatusCode::NOT_FOUND);
}
