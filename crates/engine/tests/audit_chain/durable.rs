//! What a use case answers is on disk by then, although its commit does not wait for that while it holds the chain.

use super::super::support::*;
use engine::Engine;
use engine::testkit;
use sqlx::postgres::PgPoolOptions;

/// An engine on a server that promises durability, as the one of the tests does not.
async fn promising(pool: &PgPool) -> Engine {
    let options = (*pool.connect_options()).clone().options([("synchronous_commit", "on")]);
    testkit::engine(&PgPoolOptions::new().max_connections(12).connect_with(options).await.unwrap())
}

/// Writes and chains an event, and looks whether its place in the log is flushed once the commit has answered.
async fn on_disk(engine: &Engine) -> bool {
    let mut tx = engine.begin().await.unwrap();
    for statement in [
        "insert into audit_events (action, outcome) values ('signed-in', 'done')",
        "set constraints all immediate",
    ] {
        sqlx::query(statement).execute(&mut *tx).await.unwrap();
    }
    let place = "select pg_current_wal_insert_lsn()::text";
    let place: String = sqlx::query_scalar(place).fetch_one(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    let flushed = sqlx::query_scalar("select pg_current_wal_flush_lsn() >= $1::pg_lsn").bind(place);
    flushed.fetch_one(&engine.pool).await.unwrap()
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_was_committed_is_on_disk_when_it_answers(pool: PgPool) {
    let engine = promising(&pool).await;
    for _ in 0..20 {
        assert!(on_disk(&engine).await);
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn who_shares_a_flush_is_on_disk_too(pool: PgPool) {
    let engine = promising(&pool).await;
    let writers: Vec<_> = (0..8)
        .map(|_| {
            let engine = engine.clone();
            tokio::spawn(async move {
                for _ in 0..10 {
                    assert!(on_disk(&engine).await);
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
}
