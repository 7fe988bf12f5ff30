//! Taking access away does not wait for the audit (SEC-45). When the event of such an act can't be written or chained,
//! the act is done again with its event in a table of its own, in the same transaction; as soon as the audit can be
//! written, the event goes where it belongs. Nothing that gives access passes here.

use crate::{Engine, Error, Result};

tokio::task_local! {
    /// Set while an act writes its events into the spool.
    static SPOOLING: ();
}

/// The table that events are written to.
pub(crate) fn table() -> &'static str {
    if SPOOLING.try_with(|()| ()).is_ok() { "audit_spool" } else { "audit_events" }
}

/// Does what takes access away, and only that. Each try is one transaction, so the first has left nothing.
///
/// # Errors
/// Those of the act. That of the first try if the second fails too: then it was not the audit.
pub(crate) async fn surely<T, F: Future<Output = Result<T>>>(act: impl Fn() -> F) -> Result<T> {
    // on the heap: two of these futures would make those of the callers large
    let first = match Box::pin(act()).await {
        Err(Error::Database(error)) => error,
        other => return other,
    };
    tracing::error!(error = ?first, "could not be done with its event in the audit; trying with the spool");
    match Box::pin(SPOOLING.scope((), act())).await {
        Err(Error::Database(_)) => Err(Error::Database(first)),
        other => other,
    }
}

/// Moves what waits in the spool into the audit, and says how much that was.
///
/// # Errors
/// The audit still can't be written; the next round tries again.
pub async fn merge(engine: &Engine) -> Result<u64> {
    let waits: bool =
        sqlx::query_scalar("select exists (select from audit_spool)").fetch_one(&engine.pool).await?;
    if !waits {
        return Ok(0);
    }
    let mut tx = engine.begin().await?;
    let moved: i64 = sqlx::query_scalar("select audit_merge()").fetch_one(&mut *tx).await?;
    tx.commit().await?;
    Ok(moved.unsigned_abs())
}
