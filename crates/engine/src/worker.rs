//! The background loop: sweeps once a second, and once more when it is told to stop.

use crate::{Engine, Result, act};
use sqlx::PgConnection;
use std::time::Duration;
use tokio::sync::watch::{self, error::RecvError};

/// How often the worker looks.
const EVERY: Duration = Duration::from_secs(1);

/// Runs until `stop` says so, then ends after the transaction it is in. Errors are logged and the next round tries
/// again: a stopped worker delays the audit and planned starts, never the end of access.
pub async fn run(engine: Engine, mut stop: watch::Receiver<bool>) {
    engine.pulse.begin("sweep");
    while !*stop.borrow() {
        let swept = act::sweep::sweep(&engine).await;
        engine.pulse.note("sweep", &swept);
        match swept {
            Ok(swept) if swept != act::sweep::Swept::default() => tracing::info!(?swept, "swept"),
            Ok(_) => {}
            Err(error) => tracing::error!(?error, "sweep failed; trying again"),
        }
        if pause(&mut stop).await.is_err() {
            return;
        }
    }
}

/// Waits for the next round, or until `stop` says something.
///
/// # Errors
/// Nobody is left who could say it.
pub(crate) async fn pause(stop: &mut watch::Receiver<bool>) -> Result<(), RecvError> {
    rest(1, stop).await
}

/// Waits for so many rounds, or until `stop` says something.
///
/// # Errors
/// Nobody is left who could say it.
pub(crate) async fn rest(rounds: u32, stop: &mut watch::Receiver<bool>) -> Result<(), RecvError> {
    tokio::select! {
        () = tokio::time::sleep(EVERY * rounds) => Ok(()),
        changed = stop.changed() => changed,
    }
}

/// Whether this transaction is the only one at this work, on whichever server: until it ends, nobody else is.
///
/// # Errors
/// The database can't be reached.
pub(crate) async fn alone(conn: &mut PgConnection, work: &str) -> Result<bool> {
    let lock = "select pg_try_advisory_xact_lock(hashtextextended($1, 0))";
    Ok(sqlx::query_scalar(lock).bind(work).fetch_one(conn).await?)
}
