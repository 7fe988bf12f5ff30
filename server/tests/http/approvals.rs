//! Deciding in a browser: one form for several, what is refused stays on the page, what is not one's own to see is not here.

use crate::actors::{Answer, Browser, Site};
use domain::duration::Minutes;
use domain::ids::{PersonId, TargetId};
use domain::policy::evaluate::Answers;
use domain::policy::{ProofRule, TicketRule};
use domain::target::Access;
use engine::act::activate::{Activate, activate};
use engine::testkit::{approved_by, key};
use http::StatusCode;
use sqlx::PgPool;

const HOSTILE: &str = "</textarea><script>alert(1)</script>\"'><img src=x onerror=alert(2)>\u{202e}";

/// Ben approves entry into the group `db`; Ann and Carl have asked.
struct Stage {
    site: Site,
    ben: Browser,
    ben_id: PersonId,
    ann: PersonId,
    /// R-numbers of Ann's and of Carl's request.
    numbers: [String; 2],
}

async fn stage(pool: PgPool) -> Stage {
    let site = Site::on(pool);
    let (ann, carl) = (site.world.person("Ann").await, site.world.person("Carl").await);
    let ben_id = site.world.person("Ben").await;
    let ben = site.browser_of(ben_id).await;
    let group = site.world.group("db").await;
    let db = site.world.target(group, Access::Member).await;
    let mut policy = approved_by(&[ben_id], 1);
    policy.activation.ticket = TicketRule::None;
    site.world.policy(db, policy).await;
    let mut numbers = Vec::new();
    for person in [ann, carl] {
        site.world.eligible(person, db).await;
        numbers.push(ask(&site, person, db).await);
    }
    Stage { site, ben, ben_id, ann, numbers: numbers.try_into().unwrap() }
}

async fn ask(site: &Site, person: PersonId, target: TargetId) -> String {
    let answers = Answers { length: Some(Minutes::hours(1)), reason: HOSTILE.into(), ..Answers::default() };
    let form = Activate { target, answers, code: String::new(), key: key() };
    let asked = activate(&site.world.engine, &site.world.ctx(person).await, form).await.unwrap();
    format!("R-{}", asked.number)
}

fn seen(page: &Answer, name: &str) -> String {
    let field =
        page.body.split(&format!("name=\"seen-{name}\"")).nth(1).expect("no such request on this page");
    field.split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

/// Fills in the inbox and sends it: (request, choice, comment).
async fn send(browser: &mut Browser, path: &str, choices: &[(&str, &str, &str)], code: &str) -> Answer {
    let page = browser.get(path).await;
    assert_eq!(page.status, StatusCode::OK, "{path}");
    let token = page.token();
    let mut fields = vec![("_token".to_owned(), token), ("code".to_owned(), code.to_owned())];
    for (name, choice, comment) in choices {
        fields.push(((*name).to_owned(), (*choice).to_owned()));
        fields.push((format!("comment-{name}"), (*comment).to_owned()));
        fields.push((format!("seen-{name}"), seen(&page, name)));
    }
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.post(path, &fields).await
}

async fn status(stage: &Stage, name: &str) -> String {
    sqlx::query_scalar("select status from requests where 'R-' || number = $1")
        .bind(name)
        .fetch_one(&stage.site.pool)
        .await
        .unwrap()
}

#[sqlx::test(migrations = "../migrations")]
async fn several_decisions_in_one_form_are_told_line_by_line(pool: PgPool) {
    let mut stage = stage(pool).await;
    let [ann, carl] = stage.numbers.clone();
    let choices = [(ann.as_str(), "approve", ""), (carl.as_str(), "deny", HOSTILE)];
    let answer = send(&mut stage.ben, "/approvals", &choices, "").await;
    assert_eq!((answer.status, answer.to()), (StatusCode::SEE_OTHER, "/approvals"));
    assert_eq!(
        (status(&stage, &ann).await.as_str(), status(&stage, &carl).await.as_str()),
        ("Provisioned", "Denied")
    );
    let page = stage.ben.get("/approvals").await;
    assert!(page.body.contains("Approved.") && page.body.contains("Denied."));
    assert!(!page.body.contains("<script>alert") && !page.body.contains("<img src=x"), "only text");
    let again = stage.ben.get("/approvals").await;
    assert!(!again.body.contains("Group db: "), "said once");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_denial_without_words_records_nothing_and_keeps_every_choice(pool: PgPool) {
    let mut stage = stage(pool).await;
    let [ann, carl] = stage.numbers.clone();
    let choices = [(ann.as_str(), "approve", "fine"), (carl.as_str(), "deny", " ")];
    let answer = send(&mut stage.ben, "/approvals", &choices, "").await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.body.contains(&format!("id=\"f-comment-{carl}-error\"")));
    assert!(answer.body.contains("value=\"fine\""));
    assert_eq!(status(&stage, &ann).await, "PendingApproval");
    assert_eq!(status(&stage, &carl).await, "PendingApproval");
}

#[sqlx::test(migrations = "../migrations")]
async fn nothing_chosen_and_choices_that_are_none_are_refused(pool: PgPool) {
    let mut stage = stage(pool).await;
    let [ann, _] = stage.numbers.clone();
    for choice in ["later", "maybe"] {
        let answer = send(&mut stage.ben, "/approvals", &[(&ann, choice, "")], "").await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{choice}");
    }
    assert_eq!(status(&stage, &ann).await, "PendingApproval");
}

#[sqlx::test(migrations = "../migrations")]
async fn an_approval_asks_for_a_code_where_the_policy_does_and_a_denial_does_not(pool: PgPool) {
    let mut stage = stage(pool).await;
    let [ann, carl] = stage.numbers.clone();
    stage.site.world.factor(stage.ben_id).await;
    let target = sqlx::query_scalar("select target_id from requests limit 1");
    let target = TargetId(target.fetch_one(&stage.site.pool).await.unwrap());
    let mut policy = approved_by(&[stage.ben_id], 1);
    policy.activation.proof = ProofRule::Fresh { max_age: Minutes(5) };
    stage.site.world.policy(target, policy).await;
    let path = format!("/approvals/{ann}");
    let without = send(&mut stage.ben, &path, &[(&ann, "approve", "")], "").await;
    assert_eq!(without.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(status(&stage, &ann).await, "PendingApproval");
    let code = stage.site.world.code(stage.ben_id).await;
    let with = send(&mut stage.ben, &path, &[(&ann, "approve", "")], &code).await;
    assert_eq!((with.status, with.to()), (StatusCode::SEE_OTHER, path.as_str()));
    assert_eq!(status(&stage, &ann).await, "Provisioned");
    send(&mut stage.ben, "/approvals", &[(&carl, "deny", "Not now.")], "").await;
    assert_eq!(status(&stage, &carl).await, "Denied");
}

#[sqlx::test(migrations = "../migrations")]
async fn ones_own_request_has_no_choices_and_takes_none(pool: PgPool) {
    let mut stage = stage(pool).await;
    let [name, _] = stage.numbers.clone();
    let mut ann = stage.site.browser_of(stage.ann).await;
    let path = format!("/approvals/{name}");
    let page = ann.get(&path).await;
    assert!(page.body.contains("You cannot decide on your own request."));
    assert!(!page.body.contains("type=\"radio\""));
    let token = page.token();
    let seen = seen(&stage.ben.get(&path).await, &name);
    let fields = [("_token", token.as_str()), (&name, "approve"), (&format!("seen-{name}"), &seen)];
    let answer = ann.post(&path, &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert!(ann.get(&path).await.body.contains("Nobody can decide on their own request."));
    assert_eq!(status(&stage, &name).await, "PendingApproval");
}

#[sqlx::test(migrations = "../migrations")]
async fn who_is_not_named_finds_nothing_and_decides_nothing(pool: PgPool) {
    let mut stage = stage(pool).await;
    let [name, _] = stage.numbers.clone();
    let mut dora = stage.site.signed_in("Dora").await;
    for path in [format!("/approvals/{name}"), "/approvals/R-1".into(), "/approvals/nonsense".into()] {
        assert_eq!(dora.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let page = dora.get("/approvals").await;
    assert!(page.body.contains("Nobody is waiting for you"));
    let token = page.token();
    let seen = seen(&stage.ben.get("/approvals").await, &name);
    let fields = [("_token", token.as_str()), (&name, "approve"), (&format!("seen-{name}"), &seen)];
    dora.post("/approvals", &fields).await;
    assert_eq!(status(&stage, &name).await, "PendingApproval");
    let after = dora.get("/approvals").await;
    assert!(!after.body.contains("Ann") && !after.body.contains("Group db"), "not even whose it is");
}
