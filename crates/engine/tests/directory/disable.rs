//! Disabling ends what is on, closes what is open, signs out; the last administrator stays.

use chrono::TimeDelta;
use domain::ids::PersonId;
use domain::refusal::Code;
use domain::role::Role;
use domain::target::Access;
use engine::act::set_person_state::{Done, Input, set_person_state};
use engine::testkit::World;
use engine::{Ctx, Result};
use sqlx::PgPool;

async fn set(world: &World, ctx: &Ctx, person: PersonId, enabled: bool) -> Result<Done> {
    set_person_state(&world.engine, ctx, Input { person, enabled, reason: "left".into() }).await
}

async fn factors(world: &World) {
    world
        .sql(
            "insert into totp_factors (user_id, secret, confirmed_at) select id, '\\x00', clock() from users \
             on conflict do nothing",
        )
        .await;
}

/// C15: what was open when somebody was disabled never becomes approvable again.
#[sqlx::test(migrations = "../../migrations")]
async fn c15_disabling_ends_and_closes_everything_and_enabling_revives_nothing(pool: PgPool) {
    let world = World::new(&pool);
    let admin = world.person("Admin").await;
    world.role(admin, Role::UserAdministrator).await;
    let ctx = world.ctx(admin).await;
    let ann = world.person("Ann").await;
    let (on, open, standing) =
        (world.group("on").await, world.group("open").await, world.group("standing").await);
    let target = world.target(on, Access::Member).await;
    let eligible = world.eligible(ann, target).await;
    let waiting = world.target(open, Access::Member).await;
    world.eligible(ann, waiting).await;
    world.standing(ann, world.target(standing, Access::Member).await).await;
    let now = world.now().await;
    let until = now + TimeDelta::hours(2);
    let facts = format!(
        "insert into assignments (id, target_id, principal_id, kind, origin, starts_at, ends_at, eligibility_id) \
         values (gen_random_uuid(), '{target}', '{ann}', 'active', 'activated', '{now}', '{until}', '{eligible}'); \
         insert into requests (id, target_id, principal_id, filer_id, action, status, policy_version, rules, \
           content_hash, request_key, deadline_at) \
         values (gen_random_uuid(), '{waiting}', '{ann}', '{ann}', 'selfActivate', 'PendingApproval', 1, '{{}}', '', \
           gen_random_uuid(), '{until}'); \
         insert into sessions (id_hash, user_id, stage, data, expires_at) values ('\\x01', '{ann}', 'full', '{{}}', '{until}')"
    );
    world.sql(&facts).await;
    let done = set(&world, &ctx, ann, false).await.unwrap();
    assert_eq!(done, Done { activations: 1, requests: 1, sessions: 1 });
    assert!(!world.is_member(ann, standing).await && !world.is_member(ann, on).await);
    assert_eq!(
        set(&world, &ctx, ann, false).await.expect_err("twice").refusals()[0].code,
        Code::NothingChanged
    );
    set(&world, &ctx, ann, true).await.unwrap();
    assert!(world.is_member(ann, standing).await, "what was assigned works again");
    assert!(!world.is_member(ann, on).await, "what was switched on does not");
    assert_eq!(world.count("select count(*) from requests where status = 'Revoked'").await, 1);
    for action in ["person-disabled", "person-enabled", "activation-ended", "request-revoked"] {
        let count: i64 =
            sqlx::query_scalar("select count(*) from audit_events where action = $1 and outcome = 'done'")
                .bind(action)
                .fetch_one(&pool)
                .await
                .unwrap();
        assert_eq!(count, 1, "{action}");
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn nobody_disables_herself_or_a_protected_person_without_the_right(pool: PgPool) {
    let world = World::new(&pool);
    let admin = world.person("Admin").await;
    world.role(admin, Role::UserAdministrator).await;
    let other = world.person("Other").await;
    world.role(other, Role::GlobalReader).await;
    let ctx = world.ctx(admin).await;
    for person in [admin, other] {
        assert_eq!(
            set(&world, &ctx, person, false).await.expect_err("refused").refusals()[0].code,
            Code::NotFound
        );
    }
    assert_eq!(world.count("select count(*) from audit_events where outcome = 'refused'").await, 2);
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_last_administrator_with_a_second_factor_stays(pool: PgPool) {
    let world = World::new(&pool);
    let (ann, ben) = (world.person("Ann").await, world.person("Ben").await);
    world.role(ann, Role::GlobalAdministrator).await;
    factors(&world).await;
    world.role(ben, Role::PrivilegedAuthenticationAdministrator).await;
    let ctx = world.ctx(ben).await;
    let refused = set(&world, &ctx, ann, false).await.expect_err("the last one");
    assert_eq!(refused.refusals()[0].code, Code::LastAdministrator);
    // one who has no second factor does not count
    let cleo = world.person("Cleo").await;
    world.role(cleo, Role::GlobalAdministrator).await;
    assert!(set(&world, &ctx, ann, false).await.is_err());
    factors(&world).await;
    set(&world, &ctx, ann, false).await.unwrap();
    assert!(set(&world, &ctx, cleo, false).await.is_err());
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_last_owner_of_a_role_assignable_group_stays_however_she_owns_it(pool: PgPool) {
    let world = World::new(&pool);
    let admin = world.person("Admin").await;
    world.role(admin, Role::PrivilegedAuthenticationAdministrator).await;
    let ctx = world.ctx(admin).await;
    let (ann, ben) = (world.person("Ann").await, world.person("Ben").await);
    let group = world.group_with("keys", true, true).await;
    let owners = world.target(group, Access::Owner).await;
    world.standing(ann, owners).await;
    let refused = set(&world, &ctx, ann, false).await.expect_err("the only owner");
    assert_eq!(refused.refusals()[0].code, Code::LastOwner);
    assert_eq!(
        world.count("select count(*) from users where not enabled").await,
        0,
        "nothing was changed (I-16)"
    );
    // somebody who owns it through a group follows her, and is then the last
    let team = world.group("team").await;
    world.standing(ben, world.target(team, Access::Member).await).await;
    world.standing(team, owners).await;
    set(&world, &ctx, ann, false).await.unwrap();
    let refused = set(&world, &ctx, ben, false).await.expect_err("owner through a group");
    assert_eq!(refused.refusals()[0].code, Code::LastOwner);
}

#[sqlx::test(migrations = "../../migrations")]
async fn two_who_disable_each_other_at_once_leave_one(pool: PgPool) {
    let world = World::new(&pool);
    let (ann, ben) = (world.person("Ann").await, world.person("Ben").await);
    for person in [ann, ben] {
        world.role(person, Role::GlobalAdministrator).await;
    }
    factors(&world).await;
    let (a, b) = (world.ctx(ann).await, world.ctx(ben).await);
    for _ in 0..50 {
        let (one, two) = tokio::join!(set(&world, &a, ben, false), set(&world, &b, ann, false));
        assert_eq!(usize::from(one.is_ok()) + usize::from(two.is_ok()), 1);
        assert_eq!(world.count("select count(*) from users where enabled").await, 1);
        world.sql("update users set enabled = true").await;
    }
}
