//! Taking access away does not wait for the audit (SEC-45). When the event of such an act can't be written or chained,
//! the act is done again with its event in a table of its own, in the same transaction; as soon as the audit can be
//! written, the event goes where it belongs. Nothing that gives access passes here.

use crate::{Engine, Error, Result};

tokio::task_local! {
    /// Set while an act writes its events into the spool.
    static SPOOLING: ();
}

/// Somebody else was in the way: serialization failure, deadlock, lock not available.
const BAD_MOMENT: [&str; 3] = ["40001", "40P01", "55P03"];

/// Most events that are moved at once: whoever writes meanwhile waits for the chain.
const MOST: i32 = 500;

/// Where events belong.
pub(crate) const AUDIT: &str = "audit_events";

/// The table that events are written to.
pub(crate) fn table() -> &'static str {
    if SPOOLING.try_with(|()| ()).is_ok() { "audit_spool" } else { AUDIT }
}

/// Does what takes access away, and only that. Each try is one transaction, so the one before has left nothing. What only
/// came at a bad moment is tried again before the spool is.
///
/// # Errors
/// Those of the act. That of the first try if the last fails too: then it was not the audit. Where it is not known whether
/// the database heard of it, it is not tried again.
pub(crate) async fn surely<T, F: Future<Output = Result<T>>>(act: impl Fn() -> F) -> Result<T> {
    // on the heap: three of these futures would make those of the callers large
    let (first, passes) = match Box::pin(act()).await {
        Err(Error::Database(sqlx::Error::Database(error))) => {
            let passes = error.code().is_some_and(|code| BAD_MOMENT.contains(&&*code));
            (sqlx::Error::Database(error), passes)
        }
        other => return other,
    };
    if passes {
        match Box::pin(act()).await {
            Err(Error::Database(sqlx::Error::Database(_))) => {}
            other => return other,
        }
    }
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
    let moved = sqlx::query_scalar::<_, i64>("select audit_merge($1)").bind(MOST).fetch_one(&mut *tx).await;
    match moved {
        Ok(moved) => tx.commit().await.map(|()| Ok(moved.unsigned_abs()))?,
        Err(error) => {
            // not left to the drop: until then what waits is locked, and the next round would pass over it
            tx.rollback().await?;
            Err(error.into())
        }
    }
}
