//! Whatever writes an event, and however many at once, chains it.

use crate::support::*;
use domain::ids::AssignmentId;
use domain::role::Role;
use engine::act::deactivate::deactivate;
use engine::act::onboard::onboard;
use engine::act::set_person_state::{Input, set_person_state};
use sqlx::migrate::Migrator;
use std::path::Path;

#[sqlx::test(migrations = "../../migrations")]
async fn i07_acts_at_once_leave_no_gap(pool: PgPool) {
    let world = World::new(&pool);
    let group = world.group("ops").await;
    let target = world.target(group, Access::Member).await;
    world.policy(target, open_policy()).await;
    let mut tasks = Vec::new();
    for n in 0..8 {
        let (world, person) = (world.clone(), world.person(&format!("Person {n}")).await);
        world.eligible(person, target).await;
        tasks.push(tokio::spawn(async move {
            let ctx = world.ctx(person).await;
            for _ in 0..10 {
                activate(&world.engine, &ctx, form(target)).await.unwrap();
                // refused: it is on already
                activate(&world.engine, &ctx, form(target)).await.unwrap_err();
                let on: uuid::Uuid = sqlx::query_scalar(
                    "select id from assignments where principal_id = $1 and origin = 'activated' and not end_recorded",
                )
                .bind(person.0)
                .fetch_one(&world.engine.pool)
                .await
                .unwrap();
                deactivate(&world.engine, &ctx, AssignmentId(on), key()).await.unwrap();
            }
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
    let events = world.count("select count(*) from audit_events").await;
    assert!(events >= 240);
    let proof = verified(&world, Vec::new()).await.unwrap();
    assert_eq!((proof.head.position, proof.events), (events, events as u64));
    assert!(world.count("select count(*) from audit_events where outcome = 'refused'").await >= 80, "I-16");
}

#[sqlx::test(migrations = "../../migrations")]
async fn events_written_by_one_statement_are_chained_one_by_one(pool: PgPool) {
    let world = World::new(&pool);
    let admin = world.person("Admin").await;
    world.role(admin, Role::GlobalAdministrator).await;
    world.factor(admin).await;
    let group = world.group_with("ops", false, false).await;
    let target = world.target(group, Access::Member).await;
    let ann = world.person("Ann").await;
    for n in 0..20 {
        world.standing(world.person(&format!("Person {n}")).await, target).await;
    }
    let ctx = world.ctx(admin).await;
    onboard(&world.engine, &ctx, &["ops".to_owned()]).await.unwrap();
    let before = verified(&world, Vec::new()).await.unwrap().events;
    assert_eq!(before, 21, "one for the group, one for each of twenty");
    world.policy(target, open_policy()).await;
    world.eligible(ann, target).await;
    activate(&world.engine, &world.ctx(ann).await, form(target)).await.unwrap();
    let input = Input { person: ann, enabled: false, reason: "left".into() };
    set_person_state(&world.engine, &ctx, input).await.unwrap();
    let proof = verified(&world, Vec::new()).await.unwrap();
    assert!(proof.events >= before + 3);
    assert_eq!(world.count("select count(*) from audit_events").await, proof.head.position);
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_is_rolled_back_leaves_no_gap(pool: PgPool) {
    let world = World::new(&pool);
    let write = "insert into audit_events (action, outcome) values ('signed-in', 'done')";
    for round in 0..6 {
        let mut tx = pool.begin().await.unwrap();
        sqlx::query(write).execute(&mut *tx).await.unwrap();
        sqlx::query("set constraints all immediate").execute(&mut *tx).await.unwrap();
        if round % 2 == 0 { tx.commit().await.unwrap() } else { tx.rollback().await.unwrap() }
    }
    assert_eq!(world.count("select max(seq) from audit_events where seq > 3").await, 5);
    assert_eq!(verified(&world, Vec::new()).await.unwrap().head.position, 3);
}

/// The lock of the chain comes last, whatever else a transition has still to wait for after its event.
#[sqlx::test(migrations = "../../migrations")]
async fn nobody_waits_for_the_chain_before_a_commit(pool: PgPool) {
    let write = "insert into audit_events (action, outcome) values ('signed-in', 'done')";
    let (mut one, mut two) = (pool.begin().await.unwrap(), pool.begin().await.unwrap());
    for tx in [&mut one, &mut two] {
        sqlx::query("set local lock_timeout = '5s'").execute(&mut **tx).await.unwrap();
    }
    sqlx::query(write).execute(&mut *one).await.unwrap();
    sqlx::query("select from pg_advisory_xact_lock(77)").execute(&mut *two).await.unwrap();
    sqlx::query(write).execute(&mut *two).await.unwrap();
    two.commit().await.unwrap();
    sqlx::query("select from pg_advisory_xact_lock(77)").execute(&mut *one).await.unwrap();
    one.commit().await.unwrap();
    let world = World::new(&pool);
    let numbers: Vec<i64> = links(&world).await.iter().map(|link| link.entry.number).collect();
    assert_eq!(numbers, [2, 1], "in the order of commits");
    verified(&world, Vec::new()).await.unwrap();
}

/// I-21, for the time that the chain gives.
#[sqlx::test(migrations = "../../migrations")]
async fn i21_a_clock_that_steps_back_does_not_turn_the_chain_around(pool: PgPool) {
    let world = World::new(&pool);
    for ahead in [0, 60, -60, 30] {
        world.move_clock(chrono::TimeDelta::minutes(ahead)).await;
        world.sql("insert into audit_events (action, outcome) values ('signed-in', 'done')").await;
    }
    let times: Vec<_> = links(&world).await.iter().map(|link| link.entry.chained_at).collect();
    assert!(times.is_sorted() && times[1] == times[2] && times[0] < times[1]);
    verified(&world, Vec::new()).await.unwrap();
}

/// Events from before there was a chain are carried into it.
#[sqlx::test]
async fn the_migration_chains_what_is_there(pool: PgPool) {
    let all = Migrator::new(Path::new("../../migrations")).await.unwrap();
    let mut conn = pool.acquire().await.unwrap();
    for migration in all.iter() {
        if migration.version == 16 {
            sqlx::raw_sql(
                "insert into audit_events (action, outcome, reason) select 'signed-in', 'done', 'number ' || n \
                 from generate_series(1, 300) n where n % 7 > 0",
            )
            .execute(&mut *conn)
            .await
            .unwrap();
        }
        sqlx::raw_sql(sqlx::AssertSqlSafe(migration.sql.as_str().to_owned()))
            .execute(&mut *conn)
            .await
            .unwrap();
    }
    let world = World::new(&pool);
    world.sql("insert into audit_events (action, outcome) values ('signed-in', 'done')").await;
    let proof = verified(&world, Vec::new()).await.unwrap();
    assert_eq!(proof.events, 259);
    let numbers: Vec<i64> = links(&world).await.iter().map(|link| link.entry.number).collect();
    assert!(numbers.is_sorted(), "in the order in which they were written");
}

/// The server may read the chain and nothing else.
#[sqlx::test(migrations = "../../migrations")]
async fn the_server_role_cannot_write_the_chain(pool: PgPool) {
    let world = World::new(&pool);
    world.sql("set role pimento_app; insert into audit_events (action, outcome) values ('signed-in', 'done'); reset role").await;
    for statement in [
        "insert into audit_chain (position, seq, chained_at, hash) values (9, 9, clock(), sha256(''))",
        "update audit_chain set hash = sha256('')",
        "delete from audit_chain",
        "truncate audit_chain",
        "delete from audit_anchors",
        "select audit_append(e) from audit_events e",
        "alter table audit_events disable trigger chained",
    ] {
        let mut tx = pool.begin().await.unwrap();
        sqlx::query("set local role pimento_app").execute(&mut *tx).await.unwrap();
        let refused =
            sqlx::query(sqlx::AssertSqlSafe(statement)).execute(&mut *tx).await.expect_err(statement);
        let code = refused.as_database_error().and_then(|error| error.code()).map(|code| code.into_owned());
        assert_eq!(code.as_deref(), Some("42501"), "{statement}");
    }
    verified(&world, Vec::new()).await.unwrap();
}
