//! Switching on and off against itself and against losing the ground under it.

use crate::support::*;
use sqlx::PgPool;

#[sqlx::test(migrations = "../../migrations")]
async fn double_activation_with_one_key_gives_the_first_result_back(pool: PgPool) {
    let cast = cast(&pool, 0).await;
    for _ in 0..rounds() {
        let form = cast.form();
        let (engine, ann, again) = (cast.world.engine.clone(), cast.world.ctx(cast.ann).await, form.clone());
        let (other, other_ann) = (engine.clone(), ann.clone());
        let (a, b) = together(async move { activate(&engine, &ann, form).await }, async move {
            activate(&other, &other_ann, again).await
        })
        .await;
        assert_eq!(a.unwrap().request, b.unwrap().request, "both get the same request (I-08)");
        cast.clear().await;
    }
    assert_eq!(
        cast.world.count("select count(*) from assignments where origin = 'activated'").await,
        rounds() as i64
    );
}

#[sqlx::test(migrations = "../../migrations")]
async fn double_activation_from_two_tabs_switches_on_once(pool: PgPool) {
    let cast = cast(&pool, 0).await;
    for _ in 0..rounds() {
        let (one, two) = (cast.form(), cast.form());
        let (engine, ann) = (cast.world.engine.clone(), cast.world.ctx(cast.ann).await);
        let (other, other_ann) = (engine.clone(), ann.clone());
        let (a, b) = together(async move { activate(&engine, &ann, one).await }, async move {
            activate(&other, &other_ann, two).await
        })
        .await;
        assert!(a.is_ok() ^ b.is_ok());
        let refused = a.err().or(b.err()).unwrap();
        assert!(refused.refusals().iter().any(|refusal| refusal.code == Code::AlreadyActive), "I-02");
        cast.clear().await;
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn deactivate_meets_the_end_and_one_event_is_written(pool: PgPool) {
    let cast = cast(&pool, 0).await;
    for _ in 0..rounds() {
        let on = cast.ask().await;
        let id = cast.world.engine.clone();
        let row: uuid::Uuid = sqlx::query_scalar("select assignment_id from requests where id = $1")
            .bind(on.request.0)
            .fetch_one(&id.pool)
            .await
            .unwrap();
        // the end is a few milliseconds away when both start
        sqlx::query("update assignments set ends_at = clock() + interval '2 milliseconds' where id = $1")
            .bind(row)
            .execute(&id.pool)
            .await
            .unwrap();
        let (engine, ann, sweeper) = (id.clone(), cast.world.ctx(cast.ann).await, id);
        let (off, swept) =
            together(async move { deactivate(&engine, &ann, AssignmentId(row), key()).await }, async move {
                tokio::time::sleep(std::time::Duration::from_millis(2)).await;
                sweep(&sweeper).await
            })
            .await;
        off.unwrap();
        swept.unwrap();
        tokio::time::sleep(std::time::Duration::from_millis(3)).await;
        sweep(&cast.world.engine).await.unwrap();
        let events: i64 = sqlx::query_scalar(
            "select count(*) from audit_events where assignment_id = $1 and action in ('activation-deactivated', 'activation-ended')",
        )
        .bind(row)
        .fetch_one(&cast.world.engine.pool)
        .await
        .unwrap();
        assert_eq!(events, 1, "one end, one event");
        assert!(!cast.world.is_member(cast.ann, cast.group).await);
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn two_workers_write_each_end_once(pool: PgPool) {
    let cast = cast(&pool, 0).await;
    for _ in 0..rounds() {
        cast.ask().await;
        cast.world
            .sql("update assignments set ends_at = clock() where origin = 'activated' and ends_at > clock()")
            .await;
        let (a, b) = (cast.world.engine.clone(), cast.world.engine.clone());
        let (a, b) = together(async move { sweep(&a).await }, async move { sweep(&b).await }).await;
        assert_eq!(a.unwrap().ends + b.unwrap().ends, 1);
    }
    let ended = cast.world.count("select count(*) from audit_events where action = 'activation-ended'").await;
    assert_eq!(ended, rounds() as i64);
}
