//! Soft deletion of groups and people, and taking them back (product.md 4.11).

use chrono::TimeDelta;
use domain::duration::Minutes;
use domain::ids::GroupId;
use domain::policy::evaluate::Answers;
use domain::refusal::Code;
use domain::role::Role;
use domain::target::Access;
use engine::act::activate::{Activate, activate};
use engine::act::delete_group::{self, delete_group};
use engine::act::delete_person::{self, delete_person};
use engine::act::restore_group::restore_group;
use engine::act::restore_person::restore_person;
use engine::testkit::{World, approved_by, key, open_policy};
use sqlx::PgPool;

fn group_input(group: GroupId) -> delete_group::Input {
    delete_group::Input { group, reason: "gone".into() }
}

fn form(target: domain::ids::TargetId) -> Activate {
    let answers =
        Answers { length: Some(Minutes(60)), reason: "Restore the replica".into(), ..Answers::default() };
    Activate { target, answers, code: String::new(), key: key() }
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_deleted_group_ends_everything_and_restoring_it_revives_nothing(pool: PgPool) {
    let world = World::new(&pool);
    let admin = world.person("Admin").await;
    world.role(admin, Role::GroupsAdministrator).await;
    let ctx = world.ctx(admin).await;
    let (ann, ben) = (world.person("Ann").await, world.person("Ben").await);
    let (group, outer) = (world.group("inner").await, world.group("outer").await);
    let (member, owner) =
        (world.target(group, Access::Member).await, world.target(group, Access::Owner).await);
    world.policy(member, open_policy()).await;
    world.policy(owner, approved_by(&[ben], 1)).await;
    world.eligible(ann, member).await;
    world.eligible(ann, owner).await;
    world.standing(ben, member).await;
    world.standing(group, world.target(outer, Access::Member).await).await;
    activate(&world.engine, &world.ctx(ann).await, form(member)).await.unwrap();
    activate(&world.engine, &world.ctx(ann).await, form(owner)).await.unwrap();
    assert!(world.is_member(ann, outer).await && world.is_member(ben, outer).await);

    let done = delete_group(&world.engine, &ctx, group_input(group)).await.unwrap();
    assert_eq!(done, delete_group::Done { assignments: 5, requests: 1 });
    assert!(!world.is_member(ann, group).await && !world.is_member(ben, outer).await);
    assert_eq!(world.count("select count(*) from requests where closed_at is null").await, 0);
    assert_eq!(
        world
            .count(
                "select count(*) from audit_events where action in ('assignment-ended', 'activation-ended')"
            )
            .await,
        5,
        "one event for each end"
    );
    let twice = delete_group(&world.engine, &ctx, group_input(group)).await.unwrap_err();
    assert_eq!(twice.refusals()[0].code, Code::NotFound);

    restore_group(&world.engine, &ctx, "inner").await.unwrap();
    assert_eq!(
        world
            .count(
                "select count(*) from active_now a join targets t on t.id = a.target_id \
        where t.group_id is not null"
            )
            .await,
        0,
        "nothing is revived (I-06)"
    );
    assert!(activate(&world.engine, &world.ctx(ann).await, form(member)).await.is_err());
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_deleted_person_loses_everything_and_comes_back_with_nothing(pool: PgPool) {
    let world = World::new(&pool);
    let admin = world.person("Admin").await;
    world.role(admin, Role::UserAdministrator).await;
    let ctx = world.ctx(admin).await;
    let ann = world.person("Ann").await;
    world.factor(ann).await;
    let group = world.group("a").await;
    let member = world.target(group, Access::Member).await;
    world.policy(member, open_policy()).await;
    world.eligible(ann, member).await;
    world.standing(ann, world.target(world.group("b").await, Access::Member).await).await;
    activate(&world.engine, &world.ctx(ann).await, form(member)).await.unwrap();
    let user_name: String = sqlx::query_scalar("select user_name from users where id = $1")
        .bind(ann.0)
        .fetch_one(&pool)
        .await
        .unwrap();

    let input = delete_person::Input { person: ann, reason: "left".into() };
    let done = delete_person(&world.engine, &ctx, input.clone()).await.unwrap();
    assert_eq!(done, delete_person::Done { assignments: 3, requests: 0 });
    assert!(!world.is_member(ann, group).await);
    assert_eq!(world.count("select count(*) from totp_factors").await, 0);
    assert_eq!(
        delete_person(&world.engine, &ctx, input).await.unwrap_err().refusals()[0].code,
        Code::NotFound
    );

    restore_person(&world.engine, &ctx, &user_name).await.unwrap();
    assert_eq!(world.count("select count(*) from assignments where ends_at > clock()").await, 0);
    assert!(activate(&world.engine, &world.ctx(ann).await, form(member)).await.is_err());
}

#[sqlx::test(migrations = "../../migrations")]
async fn only_who_may_deletes_and_restores_and_only_for_thirty_days(pool: PgPool) {
    let world = World::new(&pool);
    let (admin, owner, ann) =
        (world.person("Admin").await, world.person("Owner").await, world.person("Ann").await);
    world.role(admin, Role::GroupsAdministrator).await;
    let keys = world.group_with("keys", true, true).await;
    let owners = world.target(keys, Access::Owner).await;
    world.standing(owner, owners).await;
    for (who, code) in [(ann, Code::NotFound), (admin, Code::NotFound)] {
        let refused =
            delete_group(&world.engine, &world.ctx(who).await, group_input(keys)).await.unwrap_err();
        assert_eq!(
            refused.refusals()[0].code,
            code,
            "role-assignable: its owners and role administrators only"
        );
    }
    delete_group(&world.engine, &world.ctx(owner).await, group_input(keys)).await.unwrap();
    assert!(
        restore_group(&world.engine, &world.ctx(owner).await, "keys").await.is_err(),
        "owns nothing any more"
    );
    let role_admin = world.person("Role admin").await;
    world.role(role_admin, Role::PrivilegedRoleAdministrator).await;
    world.move_clock(TimeDelta::days(30)).await;
    let late = restore_group(&world.engine, &world.ctx(role_admin).await, "keys").await.unwrap_err();
    assert_eq!(late.refusals()[0].code, Code::RestoreTooLate);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_group_that_makes_the_only_administrator_can_not_be_deleted(pool: PgPool) {
    let world = World::new(&pool);
    let (admin, ann) = (world.person("Admin").await, world.person("Ann").await);
    world.role(admin, Role::PrivilegedRoleAdministrator).await;
    let keys = world.group_with("keys", true, true).await;
    world.standing(ann, world.target(keys, Access::Member).await).await;
    world.factor(ann).await;
    world
        .sql(&format!(
            "insert into assignments (id, target_id, principal_id, kind, origin, starts_at) \
               select gen_random_uuid(), id, '{keys}', 'active', 'assigned', clock() from targets \
               where role = 'global-administrator'"
        ))
        .await;
    let refused = delete_group(&world.engine, &world.ctx(admin).await, group_input(keys)).await.unwrap_err();
    assert_eq!(refused.refusals()[0].code, Code::LastAdministrator, "I-10");
    assert_eq!(world.count("select count(*) from groups where deleted_at is not null").await, 0);
}
