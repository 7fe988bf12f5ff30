//! The lock that is held across a deadline (security.md section 0, point 1; INJ-7): whoever waited for it is judged by
//! the time after the wait.

use crate::support::*;
use domain::role::Role;
use engine::act::set_person_state;
use sqlx::PgPool;
use std::time::Duration;

#[sqlx::test(migrations = "../../migrations")]
async fn an_approval_that_waited_for_the_lock_past_the_deadline_does_not_count(pool: PgPool) {
    let cast = cast(&pool, 1).await;
    // as often as INJ-7 wants it, also where other races are run less
    for round in 0..rounds().max(200) {
        let request = cast.ask().await.request;
        // lapses in 20 ms; somebody holds the request's slot for 40 ms
        sqlx::query("update requests set deadline_at = clock() + interval '20 milliseconds' where id = $1")
            .bind(request.0)
            .execute(&pool)
            .await
            .unwrap();
        let mut holder = pool.begin().await.unwrap();
        let lock = if round % 2 == 0 {
            "select 1 from slots for update"
        } else {
            "select 1 from requests where status = 'PendingApproval' for update"
        };
        sqlx::query(lock).execute(&mut *holder).await.unwrap();
        let yes = tokio::spawn(cast.deciding(cast.ben, request, Verdict::Approve).await);
        tokio::time::sleep(Duration::from_millis(25)).await;
        holder.rollback().await.unwrap();
        let refusal = yes.await.unwrap().unwrap().remove(0).result.unwrap_err();
        assert_eq!(refusal.code, Code::Lapsed, "round {round} (I-12)");
        assert_eq!(cast.world.status(request).await, "TimedOut");
        assert!(!cast.world.is_member(cast.ann, cast.group).await);
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn approve_meets_the_time_out_and_exactly_one_wins(pool: PgPool) {
    let cast = cast(&pool, 1).await;
    for _ in 0..rounds() {
        let request = cast.ask().await.request;
        sqlx::query("update requests set deadline_at = clock() + interval '3 milliseconds' where id = $1")
            .bind(request.0)
            .execute(&pool)
            .await
            .unwrap();
        let yes = cast.deciding(cast.ben, request, Verdict::Approve).await;
        let engine = cast.world.engine.clone();
        let (decided, swept) = together(yes, async move {
            tokio::time::sleep(Duration::from_millis(2)).await;
            sweep(&engine).await
        })
        .await;
        swept.unwrap();
        let member = cast.world.is_member(cast.ann, cast.group).await;
        assert_eq!(member, recorded(&decided));
        tokio::time::sleep(Duration::from_millis(3)).await;
        sweep(&cast.world.engine).await.unwrap();
        let status = cast.world.status(request).await;
        assert_eq!(status, if member { "Provisioned" } else { "TimedOut" });
        cast.clear().await;
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn disabling_meets_approval_and_never_leaves_access(pool: PgPool) {
    let cast = cast(&pool, 1).await;
    let admin = cast.world.person("Uma Admin").await;
    cast.world.role(admin, Role::UserAdministrator).await;
    for _ in 0..rounds() {
        let request = cast.ask().await.request;
        let yes = cast.deciding(cast.ben, request, Verdict::Approve).await;
        let (engine, admin) = (cast.world.engine.clone(), cast.world.ctx(admin).await);
        let input = set_person_state::Input { person: cast.ann, enabled: false, reason: "left".into() };
        let disable = async move { set_person_state::set_person_state(&engine, &admin, input).await };
        let (decided, disabled) = together(yes, disable).await;
        disabled.unwrap();
        assert!(decided.is_ok());
        let active = cast.world.count("select count(*) from active_now where origin = 'activated'").await;
        assert_eq!(active, 0, "a disabled person has nothing on (I-09)");
        cast.world.sql("update users set enabled = true").await;
        cast.clear().await;
    }
}

/// What a worker does with an end that is due, held up until `others` wait for the row.
async fn written_down_by_a_worker_while(
    cast: &Cast,
    row: uuid::Uuid,
    others: impl Future<Output = ()> + Send + 'static,
) {
    let pool = &cast.world.engine.pool;
    sqlx::query("update assignments set ends_at = clock() + interval '40 milliseconds' where id = $1")
        .bind(row)
        .execute(pool)
        .await
        .unwrap();
    let mut worker = pool.begin().await.unwrap();
    sqlx::query("select 1 from assignments where id = $1 for update")
        .bind(row)
        .execute(&mut *worker)
        .await
        .unwrap();
    let others = tokio::spawn(others);
    tokio::time::sleep(Duration::from_millis(45)).await;
    sqlx::query("update assignments set end_recorded = true, end_reason = 'expired' where id = $1")
        .bind(row)
        .execute(&mut *worker)
        .await
        .unwrap();
    worker.commit().await.unwrap();
    others.await.unwrap();
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_end_that_was_written_down_meanwhile_is_not_written_again(pool: PgPool) {
    let cast = cast(&pool, 0).await;
    let admin = cast.world.person("Uma Admin").await;
    cast.world.role(admin, Role::UserAdministrator).await;
    for round in 0..6 {
        let request = cast.ask().await.request;
        let row: uuid::Uuid = sqlx::query_scalar("select assignment_id from requests where id = $1")
            .bind(request.0)
            .fetch_one(&pool)
            .await
            .unwrap();
        let (engine, ann) = (cast.world.engine.clone(), cast.world.ctx(cast.ann).await);
        if round % 2 == 0 {
            let off = async move { deactivate(&engine, &ann, AssignmentId(row), key()).await.unwrap() };
            written_down_by_a_worker_while(&cast, row, off).await;
        } else {
            let admin = cast.world.ctx(admin).await;
            let input = set_person_state::Input { person: cast.ann, enabled: false, reason: "left".into() };
            let off = async move {
                set_person_state::set_person_state(&engine, &admin, input).await.unwrap();
            };
            written_down_by_a_worker_while(&cast, row, off).await;
            cast.world.sql("update users set enabled = true").await;
        }
        let why: String = sqlx::query_scalar("select end_reason from assignments where id = $1")
            .bind(row)
            .fetch_one(&pool)
            .await
            .unwrap();
        assert_eq!(why, "expired", "round {round}");
        let again = cast
            .world
            .count("select count(*) from audit_events where action in ('activation-deactivated', 'activation-ended')")
            .await;
        assert_eq!(again, 0, "round {round}: only the worker writes this end");
        cast.clear().await;
    }
}
