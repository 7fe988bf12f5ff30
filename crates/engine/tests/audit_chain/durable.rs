//! What a use case answers is on disk by then, although its commit does not wait for that while it holds the chain.

use super::super::support::*;
use engine::Engine;
use engine::Error;
use engine::testkit;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

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

#[sqlx::test(migrations = "../../migrations")]
async fn what_could_not_be_flushed_is_not_said_to_be_undone(pool: PgPool) {
    let open = PgPoolOptions::new()
        .max_connections(1)
        .connect_with((*pool.connect_options()).clone())
        .await
        .unwrap();
    // connections of before go on; there are no new ones
    open.set_connect_options(
        PgConnectOptions::new_without_pgpass().host("127.0.0.1").port(1).username("nobody"),
    );
    let engine = testkit::engine(&open);
    let mut tx = engine.begin().await.unwrap();
    sqlx::query("insert into audit_events (action, outcome) values ('signed-in', 'done')")
        .execute(&mut *tx)
        .await
        .unwrap();
    let answer = tx.commit().await;
    assert!(matches!(answer, Err(Error::Unconfirmed(_))), "{answer:?}");
    let written = testkit::World::new(&pool).count("select count(*) from audit_events").await;
    assert_eq!(written, 1, "it is true all the same");
}
