//! SEC-45: what can't be written down does not happen; access ends all the same.

use crate::support::*;
use chrono::TimeDelta;
use domain::ids::{AssignmentId, GroupId};
use domain::role::Role;
use engine::act::deactivate::deactivate;
use engine::act::set_person_state::{Input, set_person_state};
use engine::act::sweep::sweep;
use engine::audit::spool;

/// Somebody who may switch on membership of a group.
async fn world(pool: &PgPool) -> (World, PersonId, GroupId, TargetId) {
    let world = World::new(pool);
    let (ann, group) = (world.person("Ann").await, world.group("ops").await);
    let target = world.target(group, Access::Member).await;
    world.policy(target, open_policy()).await;
    world.eligible(ann, target).await;
    (world, ann, group, target)
}

/// Two ways to break the audit, and to mend it: events can't be written, the chain can't be.
const BREAK: [(&str, &str); 2] = [
    (
        "create function broken() returns trigger language plpgsql as 'begin raise ''no space''; end'; \
         create trigger broken before insert on audit_events for each row execute function broken()",
        "drop function broken cascade",
    ),
    (
        "create function broken() returns trigger language plpgsql as 'begin raise ''no space''; end'; \
         create trigger broken before insert on audit_chain for each row execute function broken()",
        "drop function broken cascade",
    ),
];

#[sqlx::test(migrations = "../../migrations")]
async fn sec45_nothing_happens_that_cannot_be_written_down(pool: PgPool) {
    let (world, ann, group, target) = world(&pool).await;
    let ctx = world.ctx(ann).await;
    let state = "select (select count(*) from requests) + (select count(*) from assignments) + (select count(*) from policies) \
                 + (select count(*) from audit_events) + (select count(*) from notices)";
    let before = world.count(state).await;
    for (breaks, mends) in BREAK {
        world.sql(breaks).await;
        let failed = activate(&world.engine, &ctx, form(target)).await;
        assert!(matches!(failed, Err(engine::Error::Database(_))), "{failed:?}");
        assert!(!world.is_member(ann, group).await);
        // a refusal can't be written either, so it is no answer
        let mut endless = form(target);
        endless.answers.length = Some(Minutes::hours(9_999));
        let failed = activate(&world.engine, &ctx, endless).await;
        assert!(matches!(failed, Err(engine::Error::Database(_))), "{failed:?}");
        assert_eq!(world.count(state).await, before);
        world.sql(mends).await;
    }
    activate(&world.engine, &ctx, form(target)).await.unwrap();
    assert!(world.is_member(ann, group).await);
    verified(&world, Vec::new()).await.unwrap();
}

/// Ends need nothing to be written: they are a comparison with the clock. The event comes when it can be written.
#[sqlx::test(migrations = "../../migrations")]
async fn sec45_access_ends_while_nothing_can_be_written_down(pool: PgPool) {
    let (world, ann, group, target) = world(&pool).await;
    activate(&world.engine, &world.ctx(ann).await, form(target)).await.unwrap();
    for (breaks, mends) in BREAK {
        world.sql(breaks).await;
        world.move_clock(TimeDelta::minutes(59)).await;
        assert!(world.is_member(ann, group).await);
        world.move_clock(TimeDelta::minutes(61)).await;
        assert!(!world.is_member(ann, group).await);
        sweep(&world.engine).await.unwrap_err();
        assert!(!world.is_member(ann, group).await);
        world.sql(mends).await;
    }
    sweep(&world.engine).await.unwrap();
    assert_eq!(world.count("select count(*) from audit_events where action = 'activation-ended'").await, 1);
    verified(&world, Vec::new()).await.unwrap();
}

/// Taking access away does not wait: its event waits instead, and comes into the audit when it can.
#[sqlx::test(migrations = "../../migrations")]
async fn sec45_revocation_goes_through_and_is_written_down_later(pool: PgPool) {
    let (world, ann, group, target) = world(&pool).await;
    let admin = world.person("Admin").await;
    world.role(admin, Role::GlobalAdministrator).await;
    let (ctx, root) = (world.ctx(ann).await, world.ctx(admin).await);
    for (round, (breaks, mends)) in (1..).zip(BREAK) {
        let on = activate(&world.engine, &ctx, form(target)).await.unwrap();
        let id = sqlx::query_scalar("select assignment_id from requests where id = $1").bind(on.request.0);
        let id = AssignmentId(id.fetch_one(&pool).await.unwrap());
        world.sql(breaks).await;
        deactivate(&world.engine, &ctx, id, key()).await.unwrap();
        assert!(!world.is_member(ann, group).await);
        assert_eq!(
            world.count("select count(*) from audit_spool where action = 'activation-deactivated'").await,
            1
        );
        spool::merge(&world.engine).await.unwrap_err();
        assert_eq!(world.count("select count(*) from audit_spool").await, 1, "nothing is lost");
        world.sql(mends).await;
        assert_eq!(spool::merge(&world.engine).await.unwrap(), 1);
        assert_eq!(world.count("select count(*) from audit_spool").await, 0);
        let later = "select count(*) from audit_events where action = 'activation-deactivated' \
                     and (facts ->> 'written_later')::bool and facts ? 'planned_end'";
        assert_eq!(world.count(later).await, round);
    }
    activate(&world.engine, &ctx, form(target)).await.unwrap();
    world.sql(BREAK[1].0).await;
    let left = Input { person: ann, enabled: false, reason: "left".into() };
    set_person_state(&world.engine, &root, left.clone()).await.unwrap();
    assert!(!world.is_member(ann, group).await);
    // giving back is giving
    set_person_state(&world.engine, &root, Input { enabled: true, ..left }).await.unwrap_err();
    world.sql(BREAK[1].1).await;
    assert_eq!(spool::merge(&world.engine).await.unwrap(), 2, "disabled, and what was on has ended");
    verified(&world, Vec::new()).await.unwrap();
}

/// The server may add to the spool and have it moved, but take nothing out.
#[sqlx::test(migrations = "../../migrations")]
async fn the_spool_loses_nothing(pool: PgPool) {
    let world = World::new(&pool);
    let write = "insert into audit_spool (action, outcome) values ('signed-out', 'done')";
    for statement in
        ["delete from audit_spool", "update audit_spool set reason = 'x'", "truncate audit_spool"]
    {
        let mut tx = pool.begin().await.unwrap();
        sqlx::query("set local role pimento_app").execute(&mut *tx).await.unwrap();
        sqlx::query(write).execute(&mut *tx).await.unwrap();
        sqlx::query(sqlx::AssertSqlSafe(statement)).execute(&mut *tx).await.expect_err(statement);
    }
    let mut tx = pool.begin().await.unwrap();
    sqlx::query("set local role pimento_app").execute(&mut *tx).await.unwrap();
    sqlx::query(write).execute(&mut *tx).await.unwrap();
    let moved: i64 = sqlx::query_scalar("select audit_merge(100)").fetch_one(&mut *tx).await.unwrap();
    assert_eq!(moved, 1);
    tx.commit().await.unwrap();
    assert_eq!(verified(&world, Vec::new()).await.unwrap().events, 1);
}
