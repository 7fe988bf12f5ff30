//! SEC-45: what can't be written down does not happen; access ends all the same.

use crate::support::*;
use chrono::TimeDelta;
use domain::ids::GroupId;
use engine::act::sweep::sweep;

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
