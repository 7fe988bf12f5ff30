//! Several things switched on with one form in a browser, favourites, and what was asked last offered again.

use crate::actors::{Answer, Browser, Site};
use domain::ids::{PersonId, TargetId};
use domain::policy::{Policy, ProofRule};
use domain::target::Access;
use engine::testkit::{approved_by, open_policy};
use http::StatusCode;
use sqlx::PgPool;

const FORM: &str = "/access/activate-several?pick=db.member&pick=web.member&pick=vault.member";
const HOSTILE: &str = "</textarea><script>alert(1)</script>\"'><img src=x onerror=alert(2)>\u{202e}";

/// A site with Ada, who is eligible for `db` (free), `web` (asks for a code) and `vault` (asks for Ben's approval).
struct Stage {
    site: Site,
    ada: Browser,
    ada_id: PersonId,
}

async fn eligible(site: &Site, ada: PersonId, name: &str, policy: Policy) -> TargetId {
    let group = site.world.group(name).await;
    let target = site.world.target(group, Access::Member).await;
    site.world.eligible(ada, target).await;
    site.world.policy(target, policy).await;
    target
}

async fn stage(pool: PgPool) -> Stage {
    let site = Site::on(pool);
    let (ada_id, ben) = (site.world.person("Ada").await, site.world.person("Ben").await);
    site.world.factor(ada_id).await;
    let mut proved = open_policy();
    proved.activation.proof = ProofRule::Fresh { max_age: domain::duration::Minutes(5) };
    eligible(&site, ada_id, "db", open_policy()).await;
    eligible(&site, ada_id, "web", proved).await;
    eligible(&site, ada_id, "vault", approved_by(&[ben], 1)).await;
    let ada = site.browser_of(ada_id).await;
    Stage { site, ada, ada_id }
}

/// Fills in the form on the page, with these ticked, and sends it.
async fn send(browser: &mut Browser, picks: &[&str], fields: &[(&str, &str)]) -> Answer {
    let page = browser.get(FORM).await;
    assert_eq!(page.status, StatusCode::OK);
    let (token, key) = (page.token(), page.field("key"));
    let mut fields = fields.to_vec();
    fields.extend([("_token", token.as_str()), ("key", key.as_str())]);
    fields.extend(picks.iter().map(|pick| ("pick[]", *pick)));
    browser.post(FORM, &fields).await
}

const ALL: [&str; 3] = ["db.member", "web.member", "vault.member"];

#[sqlx::test(migrations = "../migrations")]
async fn each_gets_its_answer_and_the_page_can_be_read_again(pool: PgPool) {
    let mut stage = stage(pool).await;
    let code = stage.site.world.code(stage.ada_id).await;
    let fields = [("length", "PT1H"), ("reason", "Release 26.3"), ("code", code.as_str())];
    let sent = send(&mut stage.ada, &ALL, &fields).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
    for _ in 0..2 {
        let page = stage.ada.get(sent.to()).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.body.contains("Asked for all 3"));
        assert_eq!(page.body.matches("On until").count(), 2);
        assert!(page.body.contains("Waiting for approval") && page.body.contains("<bdi>Ben</bdi> decides."));
        assert_eq!(page.body.matches("href=\"/requests/R-").count(), 3);
    }
    let mut eve = stage.site.signed_in("Eve").await;
    assert_eq!(eve.get(sent.to()).await.status, StatusCode::NOT_FOUND);
}

#[sqlx::test(migrations = "../migrations")]
async fn what_is_refused_says_why_beside_what_was_done(pool: PgPool) {
    let mut stage = stage(pool).await;
    let sent = send(&mut stage.ada, &ALL[..2], &[("length", "PT1H"), ("code", "000000")]).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
    let page = stage.ada.get(sent.to()).await;
    assert!(page.body.contains("Asked for 1 of 2"), "{}", page.body);
    assert!(page.body.contains("does not match or was already used"));
    assert!(page.body.contains("href=\"/access/activate?pick=web.member\""));
    let later = stage.ada.get(sent.to()).await;
    assert!(later.body.contains("Asked for 1 of 2") && !later.body.contains("does not match"));
    let on = "select count(*) from active_now where origin = 'activated'";
    assert_eq!(stage.site.world.count(on).await, 1);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_form_of_which_nothing_came_comes_back_with_everything_typed(pool: PgPool) {
    let mut stage = stage(pool).await;
    let typed = [("length", "other"), ("hours", "99"), ("reason", "not lost")];
    let answer = send(&mut stage.ada, &ALL[..2], &typed).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.body.contains("Nothing was activated."));
    assert!(answer.body.contains("not lost</textarea>"));
    assert_eq!(answer.field("hours"), "99");
    assert!(answer.body.contains("id=\"f-length-error\"") && answer.body.contains("id=\"f-code-error\""));
    assert_eq!(
        answer.body.matches("At most 8\u{a0}h here.").count(),
        2,
        "in the summary once, at the field once"
    );
    let ticked = |pick: &str| {
        let input = answer.body.split("<input").find(|part| part.contains(&format!("value=\"{pick}\"")));
        input.unwrap().split('>').next().unwrap().contains("checked")
    };
    assert_eq!(ALL.map(ticked), [true, true, false]);
    let none = send(&mut stage.ada, &[], &[("length", "PT1H")]).await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(none.body.contains("Choose at least one."));
    assert_eq!(stage.site.world.count("select count(*) from requests").await, 0);
}

#[sqlx::test(migrations = "../migrations")]
async fn the_same_form_sent_twice_leads_to_the_same_answers(pool: PgPool) {
    let mut stage = stage(pool).await;
    let page = stage.ada.get(FORM).await;
    let (token, key) = (page.token(), page.field("key"));
    let fields = [
        ("_token", token.as_str()),
        ("key", &key),
        ("pick[]", "db.member"),
        ("pick[]", "vault.member"),
        ("length", "PT1H"),
    ];
    let first = stage.ada.post(FORM, &fields).await;
    let second = stage.ada.post(FORM, &fields).await;
    assert_eq!((first.status, first.to()), (StatusCode::SEE_OTHER, second.to()));
    assert_eq!(stage.site.world.count("select count(*) from requests").await, 2);
}

#[sqlx::test(migrations = "../migrations")]
async fn words_of_people_are_only_text_and_the_unknown_is_not_there(pool: PgPool) {
    let mut stage = stage(pool).await;
    stage.site.world.group("hidden").await;
    for sql in ["update groups set display_name = $1, description = $1", "update users set display_name = $1"]
    {
        sqlx::query(sql).bind(HOSTILE).execute(&stage.site.pool).await.unwrap();
    }
    for pick in ["%3Cscript%3E", "hidden.member", "no.such", "db.owner.x"] {
        let page = stage.ada.get(&format!("/access/activate-several?pick={pick}")).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.body.contains("Nothing is chosen"), "{pick}");
    }
    let refused = send(&mut stage.ada, &ALL, &[("reason", HOSTILE)]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let sent = send(&mut stage.ada, &ALL, &[("length", "PT1H"), ("reason", HOSTILE)]).await;
    let mut pages = vec![refused];
    for path in [sent.to(), "/access", FORM, "/access/activate?pick=db.member"] {
        pages.push(stage.ada.get(path).await);
    }
    for page in pages {
        assert!(!page.body.contains("<script>alert") && !page.body.contains("<img src=x"), "{}", page.body);
        assert!(page.body.contains("alert(1)"), "the words are there");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_star_puts_a_row_first_and_comes_back_to_it(pool: PgPool) {
    let mut stage = stage(pool).await;
    let rows = |page: &Answer| -> Vec<String> {
        let rows = page.body.split("<tr id=\"pick-").skip(1);
        rows.map(|row| row.split('.').next().unwrap().to_owned()).collect()
    };
    assert_eq!(rows(&stage.ada.get("/access").await), ["db", "vault", "web"]);
    for _ in 0..2 {
        let done = stage.ada.submit("/access", &[("add", "web.member")]).await;
        assert_eq!((done.status, done.to()), (StatusCode::SEE_OTHER, "/access#pick-web.member"));
    }
    let page = stage.ada.get("/access").await;
    assert_eq!(rows(&page), ["web", "db", "vault"]);
    assert_eq!(page.body.matches("aria-pressed=\"true\"").count(), 1);
    stage.ada.submit("/access", &[("remove", "web.member")]).await;
    assert_eq!(rows(&stage.ada.get("/access").await), ["db", "vault", "web"]);
    let nothing = stage.ada.submit("/access", &[]).await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(nothing.body.contains("You can switch on"));
    stage.site.world.group("hidden").await;
    for pick in ["hidden.member", "no-such.member"] {
        let refused = stage.ada.submit("/access", &[("add", pick)]).await;
        assert_eq!(refused.status, StatusCode::NOT_FOUND);
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn the_same_again_is_one_press_and_asks_what_the_policy_asks(pool: PgPool) {
    let mut stage = stage(pool).await;
    let code = stage.site.world.code(stage.ada_id).await;
    let fields = [("length", "PT5M"), ("reason", "Replica lag"), ("code", code.as_str())];
    send(&mut stage.ada, &ALL[..2], &fields).await;
    stage.site.world.move_clock(chrono::TimeDelta::minutes(6)).await;
    let page = stage.ada.get("/access").await;
    // free: at once, by a form; asks for a code: the form, filled in; never used: neither
    assert_eq!((page.body.matches("Repeat now").count(), page.body.matches(">Repeat<").count()), (1, 1));
    let number: i64 = sqlx::query_scalar(
        "select number from requests r join targets t on t.id = r.target_id join groups g on g.id = t.group_id \
         where g.key = 'web'",
    )
    .fetch_one(&stage.site.pool)
    .await
    .unwrap();
    let again = format!("/access/activate?pick=web.member&again=R-{number}");
    assert!(page.body.contains(&format!("href=\"{}\"", again.replace('&', "&amp;"))), "{}", page.body);
    assert!(stage.ada.get(&again).await.body.contains("Replica lag</textarea>"));
    let offered = stage.ada.get("/access/activate?pick=web.member").await;
    assert!(offered.body.contains("Use again") && !offered.body.contains("Replica lag</textarea>"));

    let form = page.body.split("action=\"/access/activate?pick=db.member\"").nth(1).unwrap();
    let form = form.split("</form>").next().unwrap();
    let value = |name: &str| {
        let field = form.split(&format!("name=\"{name}\"")).nth(1).unwrap();
        field.split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
    };
    let (token, key, length, reason) = (value("_token"), value("key"), value("length"), value("reason"));
    let fields = [("_token", &token), ("key", &key), ("length", &length), ("reason", &reason)];
    let mut fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    fields.push(("pick", "db.member"));
    for _ in 0..2 {
        let done = stage.ada.post("/access/activate?pick=db.member", &fields).await;
        assert_eq!((done.status, done.to()), (StatusCode::SEE_OTHER, "/access"));
    }
    let on = "select count(*) from active_now where origin = 'activated' and reason = 'Replica lag'";
    assert_eq!(stage.site.world.count(on).await, 1);
}
