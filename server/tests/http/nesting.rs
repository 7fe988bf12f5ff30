//! Groups as principals in a browser: a group is assigned, its members find what they may activate through it, with
//! the way, and what stands in the way.

use crate::actors::{Answer, Browser, Site};
use domain::ids::{GroupId, PersonId};
use domain::target::Access;
use engine::testkit::{key, open_policy};
use http::StatusCode;
use sqlx::PgPool;

/// Olga owns the vault and sees everybody; Ann is in the squad, which lies in the team.
struct Stage {
    site: Site,
    olga: Browser,
    ann: Browser,
    ann_id: PersonId,
    team: GroupId,
    vault: GroupId,
}

async fn stage(pool: PgPool) -> Stage {
    let site = Site::on(pool);
    let world = &site.world;
    let (olga_id, ann_id) = (world.person("Olga").await, world.person("Ann").await);
    let (squad, team, vault) =
        (world.group("squad").await, world.group("team").await, world.group("vault").await);
    for group in [squad, team, vault] {
        for access in Access::ALL {
            world.policy(world.target(group, access).await, open_policy()).await;
        }
    }
    world.standing(olga_id, world.target(vault, Access::Owner).await).await;
    world.role(olga_id, domain::role::Role::GlobalReader).await;
    world.standing(ann_id, world.target(squad, Access::Member).await).await;
    world.standing(squad, world.target(team, Access::Member).await).await;
    let (olga, ann) = (site.browser_of(olga_id).await, site.browser_of(ann_id).await);
    Stage { site, olga, ann, ann_id, team, vault }
}

async fn assign(stage: &mut Stage, group: GroupId, kind: &str) -> Answer {
    let end = "select to_char(date_trunc('day', clock()) + interval '2 days', 'YYYY-MM-DD\"T\"HH24:MI')";
    let end: String = sqlx::query_scalar(end).fetch_one(&stage.site.pool).await.unwrap();
    let (group, form) = (group.to_string(), key().0.to_string());
    let fields = [
        ("people[]", group.as_str()),
        ("role", "member"),
        ("kind", kind),
        ("end", &end),
        ("reason", "rota"),
        ("form", &form),
    ];
    stage.olga.submit("/groups/vault/assign", &fields).await
}

async fn activate(browser: &mut Browser, pick: &str) -> Answer {
    let path = format!("/access/activate?pick={pick}");
    let form = key().0.to_string();
    browser.submit(&path, &[("key", &form), ("pick", pick), ("length", "PT1H")]).await
}

#[sqlx::test(migrations = "../migrations")]
async fn a_group_is_assigned_and_a_member_activates_through_it_for_herself(pool: PgPool) {
    let mut stage = stage(pool).await;
    let team = stage.team;
    let given = assign(&mut stage, team, "eligible").await;
    assert_eq!(given.to(), "/groups/vault/assignments?kind=eligible", "{}", given.body);
    let list = stage.olga.get("/groups/vault/assignments?kind=eligible").await;
    assert!(list.body.contains("1\u{a0}person may activate for themselves"), "{}", list.body);

    let access = stage.ann.get("/access").await;
    let way = access.body.split("Through ").nth(1).expect("the way is shown");
    assert!(way.find("/groups/squad").unwrap() < way.find("/groups/team").unwrap(), "in its order");
    let form = stage.ann.get("/access/activate?pick=vault.member").await;
    assert!(form.body.contains("Through "));
    assert_eq!(activate(&mut stage.ann, "vault.member").await.to(), "/access");
    assert!(stage.site.world.is_member(stage.ann_id, stage.vault).await);
    let number: i64 = sqlx::query_scalar("select number from requests where action = 'selfActivate'")
        .fetch_one(&stage.site.pool)
        .await
        .unwrap();
    let request = stage.ann.get(&format!("/requests/R-{number}")).await;
    assert!(request.body.contains("Eligible through") && request.body.contains("Group team"));
    let person = stage.olga.get("/people/ann").await;
    assert!(person.body.contains("/groups/vault"), "what she reaches");
}

#[sqlx::test(migrations = "../migrations")]
async fn who_is_only_eligible_for_the_group_reads_what_to_activate_before(pool: PgPool) {
    let mut stage = stage(pool).await;
    let team = stage.team;
    assign(&mut stage, team, "eligible").await;
    let ben = stage.site.world.person("Ben").await;
    let in_team = stage.site.world.target(team, Access::Member).await;
    stage.site.world.eligible(ben, in_team).await;
    let mut ben = stage.site.browser_of(ben).await;
    let access = ben.get("/access").await;
    assert!(access.body.contains("only while you are in"), "{}", access.body);
    let form = ben.get("/access/activate?pick=vault.member").await;
    assert_eq!(form.status, StatusCode::OK);
    assert!(form.body.contains("href=\"/access/activate?pick=team.member\""), "the way on: {}", form.body);
    assert_eq!(activate(&mut ben, "team.member").await.to(), "/access");
    assert_eq!(activate(&mut ben, "vault.member").await.to(), "/access");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_circle_comes_back_with_the_form_and_the_way_round(pool: PgPool) {
    let mut stage = stage(pool).await;
    let in_squad = {
        let squad = sqlx::query_scalar("select id from groups where key = 'squad'");
        GroupId(squad.fetch_one(&stage.site.pool).await.unwrap())
    };
    let target = stage.site.world.target(in_squad, Access::Member).await;
    stage.site.world.standing(stage.vault, target).await;
    let team = stage.team;
    let refused = assign(&mut stage, team, "eligible").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("id=\"f-people-error\""));
    assert!(
        refused.body.contains("can't lie inside itself")
            || refused.body.contains("can&#x27;t lie inside itself"),
        "{}",
        refused.body
    );
    assert!(refused.body.contains("Group team"), "the picked group is kept");
}
