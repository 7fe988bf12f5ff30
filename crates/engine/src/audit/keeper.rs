//! The loop beside the worker's that anchors the chain and verifies it.

use super::check::{self, Found, Round};
use super::{anchors, spool};
use crate::worker::pause;
use crate::{Engine, Result};
use tokio::sync::watch;

/// Rounds of about a second between two complaints about the same bad event.
const COMPLAIN: u32 = 60;

/// Runs until `stop` says so. Errors are logged and the next round tries again.
pub async fn run(engine: Engine, mut stop: watch::Receiver<bool>) {
    let mut round = 0_u32;
    let pulse = &engine.pulse;
    for part in ["audit-spool", "audit-anchors", "audit-verification"] {
        pulse.begin(part);
    }
    while !*stop.borrow() {
        let merged = spool::merge(&engine).await;
        pulse.note("audit-spool", &merged);
        match merged {
            Ok(0) => {}
            Ok(moved) => tracing::warn!(moved, "events from the spool are in the audit now"),
            Err(error) => tracing::error!(?error, "the audit can't be written; events wait in the spool"),
        }
        let anchored = anchors::make(&engine).await;
        pulse.note("audit-anchors", &anchored);
        if let Err(error) = anchored {
            tracing::error!(?error, "the audit could not be anchored; trying again");
        }
        let verified = verify(&engine, round).await;
        pulse.note("audit-verification", &verified);
        match verified {
            // while there is more, only a breath
            Ok(Round::More) => {
                tokio::task::yield_now().await;
                continue;
            }
            Ok(_) => {}
            Err(error) => tracing::error!(?error, "the audit could not be verified; trying again"),
        }
        round = round.wrapping_add(1);
        if pause(&mut stop).await.is_err() {
            return;
        }
    }
}

async fn verify(engine: &Engine, round: u32) -> Result<Round> {
    let done = check::slice(engine).await?;
    match &done {
        Round::Broken(fault) => tracing::error!(%fault, "THE AUDIT WAS TAMPERED WITH"),
        Round::Rests if round.is_multiple_of(COMPLAIN) => {
            let mut conn = engine.pool.acquire().await?;
            if let Found::Bad { position, what, at } = check::found(&mut conn).await? {
                tracing::error!(position, what, %at, "THE AUDIT WAS TAMPERED WITH; see pimento audit verify --database");
            }
        }
        Round::More | Round::End | Round::Rests => {}
    }
    Ok(done)
}
