//! Groups come under management once and for ever; who was inside stays.

#![cfg(test)]

use domain::refusal::Code;
use domain::role::Role;
use domain::target::Access;
use engine::act::onboard::onboard;
use engine::testkit::World;
use sqlx::PgPool;

fn keys(keys: &[&str]) -> Vec<String> {
    keys.iter().map(|key| (*key).to_owned()).collect()
}

#[sqlx::test(migrations = "../../migrations")]
async fn members_and_owners_found_inside_stay_as_permanent_active(pool: PgPool) {
    let world = World::new(&pool);
    let (admin, ann, ben) =
        (world.person("Admin").await, world.person("Ann").await, world.person("Ben").await);
    world.role(admin, Role::GroupsAdministrator).await;
    let group = world.group_with("ops", false, false).await;
    world.standing(ann, world.target(group, Access::Member).await).await;
    world.standing(ben, world.target(group, Access::Owner).await).await;

    let outcomes = onboard(&world.engine, &world.ctx(admin).await, &keys(&["ops"])).await.unwrap();

    assert_eq!(outcomes[0].result, Ok(2));
    assert!(world.is_member(ann, group).await);
    assert_eq!(world.count("select count(*) from assignments a join targets t on t.id = a.target_id where t.kind <> 'role' and a.ends_at is null").await, 2);
    assert_eq!(world.count("select count(*) from policies where version = 1").await, 2);
    assert_eq!(world.count("select count(*) from groups where managed_at is not null").await, 1);
    assert_eq!(world.count("select count(*) from audit_events where action = 'assignment-found'").await, 2);
    assert_eq!(
        world
            .count("select count(*) from audit_events where action = 'group-onboarded' and outcome = 'done'")
            .await,
        1
    );
}

#[sqlx::test(migrations = "../../migrations")]
async fn each_group_has_its_own_result(pool: PgPool) {
    let world = World::new(&pool);
    let admin = world.person("Admin").await;
    world.role(admin, Role::GroupsAdministrator).await;
    for key in ["plain", "dynamic", "synced"] {
        world.group_with(key, false, false).await;
    }
    world.group_with("roles", true, false).await;
    world.group_with("done", false, true).await;
    world.sql("update groups set membership = 'dynamic' where key = 'dynamic'").await;
    world.sql("update groups set source = 'on_premises' where key = 'synced'").await;

    let asked = keys(&["dynamic", "plain", "synced", "roles", "done", "unknown"]);
    let outcomes = onboard(&world.engine, &world.ctx(admin).await, &asked).await.unwrap();

    let code = |at: usize| outcomes[at].result.as_ref().err().map(|refusals| refusals[0].code);
    assert_eq!(code(0), Some(Code::CannotBeManaged));
    assert_eq!(code(1), None);
    assert_eq!(code(2), Some(Code::CannotBeManaged));
    assert_eq!(code(3), Some(Code::NotAllowed));
    assert_eq!(code(4), Some(Code::AlreadyManaged));
    assert_eq!(code(5), Some(Code::NotFound));
    assert_eq!(
        world
            .count(
                "select count(*) from audit_events where action = 'group-onboarded' and outcome = 'refused'"
            )
            .await,
        4
    );
}

#[sqlx::test(migrations = "../../migrations")]
async fn there_is_no_way_out_of_management(pool: PgPool) {
    let world = World::new(&pool);
    world.group("ops").await;
    let out = sqlx::query("update groups set managed_at = null where key = 'ops'").execute(&pool).await;
    assert!(out.is_err());
}

#[sqlx::test(migrations = "../../migrations")]
async fn strangers_learn_nothing_and_change_nothing(pool: PgPool) {
    let world = World::new(&pool);
    let stranger = world.person("Stranger").await;
    world.group_with("ops", false, false).await;
    let outcomes =
        onboard(&world.engine, &world.ctx(stranger).await, &keys(&["ops", "nothing"])).await.unwrap();
    let code = |at: usize| {
        outcomes[at].result.as_ref().err().map(|refusals| (refusals[0].code, refusals[0].text.clone()))
    };
    assert_eq!(code(0), code(1), "unknown and forbidden look alike");
    assert_eq!(world.count("select count(*) from groups where managed_at is not null").await, 0);
}

#[sqlx::test(migrations = "../../migrations")]
async fn two_who_bring_in_the_same_group_do_it_once(pool: PgPool) {
    let world = World::new(&pool);
    let admin = world.person("Admin").await;
    world.role(admin, Role::GroupsAdministrator).await;
    world.group_with("ops", false, false).await;
    let ctx = world.ctx(admin).await;
    let asked = keys(&["ops"]);
    let (one, two) = tokio::join!(onboard(&world.engine, &ctx, &asked), onboard(&world.engine, &ctx, &asked));
    let done = [one.unwrap(), two.unwrap()].iter().filter(|outcomes| outcomes[0].result.is_ok()).count();
    assert_eq!(done, 1);
    assert_eq!(world.count("select count(*) from policies").await, 2);
}
