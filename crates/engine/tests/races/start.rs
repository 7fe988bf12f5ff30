//! Starts and ends by the clock against people and against each other.

use crate::support::*;
use domain::assignment::Kind;
use domain::role::Role;
use domain::span::Span;
use engine::act::extend::{Extend, extend};
use sqlx::PgPool;
use std::time::Duration;

/// Ann plans an activation whose start has come when this returns.
async fn due(cast: &Cast) -> RequestId {
    let now = cast.world.now().await;
    let answers = Answers {
        start: Some(now + chrono::TimeDelta::minutes(5)),
        length: Some(Minutes::hours(1)),
        ..Answers::default()
    };
    let form = Activate { target: cast.target, answers, code: String::new(), key: key() };
    let planned = activate(&cast.world.engine, &cast.world.ctx(cast.ann).await, form).await.unwrap();
    sqlx::query("update requests set asked_start = clock() where id = $1")
        .bind(planned.request.0)
        .execute(&cast.world.engine.pool)
        .await
        .unwrap();
    planned.request
}

#[sqlx::test(migrations = "../../migrations")]
async fn two_workers_start_one_planned_activation_once(pool: PgPool) {
    let cast = cast(&pool, 0).await;
    for round in 0..rounds() {
        let request = due(&cast).await;
        let (a, b) = (cast.world.engine.clone(), cast.world.engine.clone());
        let (a, b) = together(async move { sweep(&a).await }, async move { sweep(&b).await }).await;
        assert_eq!(a.unwrap().started + b.unwrap().started, 1, "round {round}");
        assert_eq!(cast.world.status(request).await, "Provisioned");
        cast.clear().await;
    }
    let started =
        cast.world.count("select count(*) from audit_events where action = 'activation-started'").await;
    assert_eq!(started, rounds() as i64, "one start, one event (I-07)");
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_planned_start_meets_the_removal_and_nothing_is_left_on(pool: PgPool) {
    let cast = cast(&pool, 0).await;
    let gwen = cast.world.person("Gwen Admin").await;
    cast.world.role(gwen, Role::GroupsAdministrator).await;
    cast.world
        .sql("update assignments set ends_at = clock(), end_recorded = true where kind = 'eligible'")
        .await;
    let mut handicap = Handicap::default();
    for round in 0..rounds() {
        let span = Span::permanent(cast.world.now().await);
        let eligible = cast.world.assign(cast.ann, cast.target, Kind::Eligible, span).await;
        let request = due(&cast).await;
        let (worker, engine, ctx) =
            (cast.world.engine.clone(), cast.world.engine.clone(), cast.world.ctx(gwen).await);
        let input = taking("prod-db-admins", eligible);
        let (swept, removed) = handicap
            .run(
                async move { sweep(&worker).await },
                async move { remove_assignment(&engine, &ctx, input).await },
            )
            .await;
        swept.unwrap();
        removed.unwrap();
        match cast.world.status(request).await.as_str() {
            "Provisioned" => handicap.won(true),
            "Revoked" => handicap.won(false),
            other => panic!("round {round}: {other}"),
        }
        assert!(!cast.world.is_member(cast.ann, cast.group).await, "round {round}");
    }
    handicap.both_orders();
}

#[sqlx::test(migrations = "../../migrations")]
async fn extend_meets_the_end_and_is_refused_or_continues_without_a_gap(pool: PgPool) {
    let cast = cast(&pool, 0).await;
    let mut handicap = Handicap::default();
    for round in 0..rounds() {
        let on = cast.ask().await;
        let row: uuid::Uuid = sqlx::query_scalar("select assignment_id from requests where id = $1")
            .bind(on.request.0)
            .fetch_one(&pool)
            .await
            .unwrap();
        // her form against the end itself, which no lock holds up
        let ahead = handicap.second();
        sqlx::query("update assignments set ends_at = clock() + make_interval(secs => $2) where id = $1")
            .bind(row)
            .bind(ahead.as_secs_f64())
            .execute(&pool)
            .await
            .unwrap();
        let (engine, ann, sweeper) =
            (cast.world.engine.clone(), cast.world.ctx(cast.ann).await, cast.world.engine.clone());
        let answers = Answers { length: Some(Minutes::hours(2)), ..Answers::default() };
        let form = Extend { assignment: AssignmentId(row), answers, code: String::new(), key: key() };
        let (extended, swept) = handicap
            .run(async move { extend(&engine, &ann, form).await }, async move { sweep(&sweeper).await })
            .await;
        swept.unwrap();
        let member = cast.world.is_member(cast.ann, cast.group).await;
        match extended {
            Ok(_) => {
                let gap = "select count(*) from assignments a join requests r on r.extends_id = a.id \
                     join assignments n on n.id = r.assignment_id where n.starts_at <> a.ends_at";
                assert_eq!(cast.world.count(gap).await, 0, "round {round}: one continuous membership");
                assert!(member);
                handicap.won(true);
            }
            Err(refused) => {
                assert_eq!(refused.refusals()[0].code, Code::NotActive, "round {round}");
                tokio::time::sleep(Duration::from_millis(5)).await;
                assert!(!cast.world.is_member(cast.ann, cast.group).await);
                handicap.won(false);
            }
        }
        cast.clear().await;
    }
    handicap.both_orders();
}
