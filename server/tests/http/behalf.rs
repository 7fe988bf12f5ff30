//! Asking for somebody else in a browser: offered in her row, refused with every answer kept, seen by both, decided by a
//! third; not here for whoever does not manage the group.

use crate::actors::{Browser, Site};
use domain::assignment::Kind;
use domain::ids::{PersonId, TargetId};
use domain::role::Role;
use domain::span::Span;
use domain::target::{Access, Target};
use engine::db::targets;
use engine::testkit::{approved_by, key, open_policy};
use http::StatusCode;
use sqlx::PgPool;

const WORDS: &str = "Ann is on the phone, the <b>billing</b> run hangs";

/// Gwen owns the group `db` and is named as an approver beside Ben; Ann is eligible.
struct Stage {
    site: Site,
    gwen: Browser,
    owner: PersonId,
    ann: PersonId,
    ben: PersonId,
    target: TargetId,
}

async fn stage(pool: PgPool) -> Stage {
    let site = Site::on(pool);
    let world = &site.world;
    let (ann, ben, gwen) = (world.person("Ann").await, world.person("Ben").await, world.person("Gwen").await);
    let group = world.group("db").await;
    let target = world.target(group, Access::Member).await;
    let mut policy = approved_by(&[gwen, ben], 1);
    policy.activation.justification.required = true;
    policy.activation.justification.min_length = 10;
    world.policy(target, policy).await;
    world.eligible(ann, target).await;
    world.standing(gwen, world.target(group, Access::Owner).await).await;
    let (owner, gwen) = (gwen, site.browser_of(gwen).await);
    Stage { site, gwen, owner, ann, ben, target }
}

fn form(stage: &Stage) -> String {
    format!("/groups/db/activate-for?principal={}&role=member", stage.ann)
}

#[sqlx::test(migrations = "../migrations")]
async fn it_is_offered_in_her_row_asked_seen_by_both_and_decided_by_a_third(pool: PgPool) {
    let mut stage = stage(pool.clone()).await;
    let path = form(&stage);
    let list = stage.gwen.get("/groups/db/assignments").await.body;
    assert!(list.contains(&format!("href=\"{}\"", path.replace('&', "&amp;"))), "{list}");
    let page = stage.gwen.get(&path).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("Ask on behalf") && page.body.contains("Neither of you decides on it."));

    let (id, ann) = (key().to_string(), stage.ann.to_string());
    let said = |reason| {
        [
            ("principal", ann.clone()),
            ("role", "member".into()),
            ("form", id.clone()),
            ("length", "PT2H".into()),
            ("reason", reason),
        ]
    };
    let short = said("short".to_owned());
    let short: Vec<(&str, &str)> = short.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let refused = stage.gwen.submit(&path, &short).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("Nothing was asked.") && refused.body.contains("short</textarea>"));
    assert!(refused.body.contains(&format!("name=\"form\" value=\"{id}\"")), "the same form");
    let good = said(WORDS.to_owned());
    let good: Vec<(&str, &str)> = good.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let done = stage.gwen.submit(&path, &good).await;
    let number: i64 = sqlx::query_scalar("select number from requests").fetch_one(&pool).await.unwrap();
    let request = format!("/requests/R-{number}");
    assert_eq!((done.status, done.header("location")), (StatusCode::SEE_OTHER, request.as_str()));
    let shown = stage.gwen.get(&request).await.body;
    assert!(shown.contains("Asked on behalf.") && shown.contains("Cancel request"), "{shown}");

    let mut ann = stage.site.browser_of(stage.ann).await;
    for browser in [&mut ann, &mut stage.gwen] {
        assert!(browser.get("/requests").await.body.contains(&request));
    }
    assert!(ann.get("/requests").await.body.contains("asked by "));
    assert!(ann.get("/access").await.body.contains("for you "));
    assert!(ann.get(&request).await.body.contains("Cancel request"));
    let approval = format!("/approvals/R-{number}");
    for browser in [&mut ann, &mut stage.gwen] {
        let page = browser.get(&approval).await.body;
        assert!(page.contains("Neither who asked nor who gets it decides on it."), "{page}");
        assert!(!page.contains("type=\"radio\""));
    }
    let mut ben = stage.site.browser_of(stage.ben).await;
    let page = ben.get(&approval).await.body;
    assert!(page.contains("type=\"radio\"") && page.contains(", asked by ") && page.contains("Gwen"));
    assert!(!page.contains("<b>billing</b>"), "words are only text");
    let audit = stage.gwen.get("/groups/db/audit").await.body;
    assert!(audit.contains("Gwen") && audit.contains("Ann") && audit.contains("On behalf"));
}

#[sqlx::test(migrations = "../migrations")]
async fn where_it_cannot_be_asked_the_page_says_why_and_what_else_there_is(pool: PgPool) {
    let mut stage = stage(pool).await;
    let path = form(&stage);
    stage.site.world.policy(stage.target, open_policy()).await;
    let page = stage.gwen.get(&path).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("asks for no approval"), "{}", page.body);
    let way = format!("/groups/db/assign?people={}&amp;role=member&amp;kind=active", stage.ann);
    assert!(page.body.contains(&way));
    assert!(!page.body.contains("name=\"length\""), "nothing to fill in");
    let (id, ann) = (key().to_string(), stage.ann.to_string());
    let fields = [("principal", ann.as_str()), ("role", "member"), ("form", id.as_str()), ("length", "PT1H")];
    // the page has no form, another one has the token
    let token = stage.gwen.get("/account/password").await.token();
    let fields: Vec<_> = fields.into_iter().chain([("_token", token.as_str())]).collect();
    let refused = stage.gwen.post(&path, &fields).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(stage.site.world.count("select count(*) from requests").await, 0);
}

#[sqlx::test(migrations = "../migrations")]
async fn for_whoever_does_not_manage_the_group_it_is_not_here(pool: PgPool) {
    let mut stage = stage(pool).await;
    let path = form(&stage);
    for person in [stage.ann, stage.ben] {
        let mut browser = stage.site.browser_of(person).await;
        assert_eq!(browser.get(&path).await.status, StatusCode::NOT_FOUND);
    }
    for query in ["", "?principal=nobody", "?principal=00000000-0000-0000-0000-000000000000"] {
        let page = stage.gwen.get(&format!("/groups/db/activate-for{query}")).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{query}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_directory_role_is_asked_for_in_the_same_way(pool: PgPool) {
    let stage = stage(pool.clone()).await;
    let world = &stage.site.world;
    let pria = world.person("Pria").await;
    world.role(pria, Role::PrivilegedRoleAdministrator).await;
    let target = {
        let mut conn = pool.acquire().await.unwrap();
        targets::ensure(&mut conn, Target::Role(Role::GroupsAdministrator)).await.unwrap()
    };
    world.policy(target, approved_by(&[stage.ben], 1)).await;
    world.eligible(stage.ann, target).await;
    let mut pria = stage.site.browser_of(pria).await;
    let path = format!("/roles/groups-administrator/activate-for?principal={}", stage.ann);
    let (id, ann) = (key().to_string(), stage.ann.to_string());
    let fields = [("principal", ann.as_str()), ("form", id.as_str()), ("length", "PT1H")];
    let done = pria.submit(&path, &fields).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    assert_eq!(world.count("select count(*) from requests where action = 'adminActivate'").await, 1);
}

#[sqlx::test(migrations = "../migrations")]
async fn of_a_group_that_is_eligible_somebody_is_chosen_first(pool: PgPool) {
    let mut stage = stage(pool.clone()).await;
    let world = stage.site.world.clone();
    let (team, other) = (world.group("team").await, world.group("other").await);
    let team_target = world.target(team, Access::Member).await;
    for name in ["Tess", "Tom"] {
        world.standing(world.person(name).await, team_target).await;
    }
    // whoever owns it sees its page
    world.standing(stage.owner, world.target(team, Access::Owner).await).await;
    world.assign(team, stage.target, Kind::Eligible, Span::permanent(world.now().await)).await;

    let choose = format!("/groups/db/activate-for?within={team}&role=member");
    let list = stage.gwen.get("/groups/db/assignments").await.body;
    assert!(list.contains(&format!("href=\"{}\"", choose.replace('&', "&amp;"))), "{list}");
    let page = stage.gwen.get(&choose).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("Tess") && page.body.contains("Tom") && !page.body.contains("Ann"));
    let found = stage.gwen.get(&format!("{choose}&name=tes")).await.body;
    assert!(found.contains("Tess") && !found.contains("Tom"), "{found}");
    // a group that is not eligible tells nothing of who is in it
    let page = stage.gwen.get(&format!("/groups/db/activate-for?within={other}&role=member")).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    // nor does one whose page is not open to her: those that can hold roles are private
    let private = world.group_with("private", true, true).await;
    world.assign(private, stage.target, Kind::Eligible, Span::permanent(world.now().await)).await;
    let path = format!("/groups/db/activate-for?within={private}&role=member");
    assert!(!stage.gwen.get("/groups/db/assignments").await.body.contains(&format!("within={private}")));
    assert_eq!(stage.gwen.get(&path).await.status, StatusCode::NOT_FOUND);
}
