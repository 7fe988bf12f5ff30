//! The background loop: sweeps once a second, and once more when it is told to stop.

use crate::{Engine, act};
use std::time::Duration;
use tokio::sync::watch;

/// How often the worker looks.
const EVERY: Duration = Duration::from_secs(1);

/// Runs until `stop` says so, then ends after the transaction it is in. Errors are logged and the next round tries
/// again: a stopped worker delays the audit and planned starts, never the end of access.
pub async fn run(engine: Engine, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        match act::sweep::sweep(&engine).await {
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
pub(crate) async fn pause(stop: &mut watch::Receiver<bool>) -> Result<(), watch::error::RecvError> {
    tokio::select! {
        () = tokio::time::sleep(EVERY) => Ok(()),
        changed = stop.changed() => changed,
    }
}
