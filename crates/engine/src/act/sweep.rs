//! What the worker does by itself: writes ends down, closes what lapsed or lost its ground, starts what was planned.
//!
//! Nothing here decides who has access: that is a comparison with the clock on every read. Each sweep looks for what is
//! due, takes one case at a time under its locks, looks again and acts. It can be stopped, repeated and run by several
//! workers at once: who comes second finds nothing left to do.

mod ends;
mod last;
mod open;
mod planned;
mod renewals;
mod stale;

use crate::{Engine, Result, access_review, alike, grounds};

/// Keys of names that one sweep fills in: a million people take a few minutes, and nobody waits for a batch.
const KEYS: i64 = 5_000;

/// How much one sweep did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Ends written into the audit.
    pub ends: usize,
    /// Requests that lapsed.
    pub lapsed: usize,
    /// Requests closed because what they rest on is gone.
    pub revoked: usize,
    /// Planned activations switched on.
    pub started: usize,
    /// Spans of last holders that were moved on.
    pub kept: usize,
    /// Rounds of access reviews that began, reminders of them, and decisions applied.
    pub reviewed: usize,
    /// Rows of sign-in that nothing reads any more.
    pub stale: u64,
    /// Names that had no key to find those by that look like them.
    pub keyed: u64,
}

/// Does everything that is due now.
///
/// # Errors
/// The database can't be reached; what was done so far stays done.
pub async fn sweep(engine: &Engine) -> Result<Swept> {
    grounds::sweep(engine).await?;
    let (lapsed, revoked) = open::sweep(engine).await?;
    // before ends are written down
    let kept = last::sweep(engine).await?;
    let (unanswered, groundless) = renewals::sweep(engine).await?;
    Ok(Swept {
        ends: ends::sweep(engine).await?,
        lapsed: lapsed + unanswered,
        revoked: revoked + groundless,
        started: planned::sweep(engine).await?,
        kept,
        reviewed: access_reviews(engine).await?,
        stale: stale::sweep(engine).await?,
        keyed: alike::fill(engine, KEYS).await?,
    })
}

async fn access_reviews(engine: &Engine) -> Result<usize> {
    let begun = access_review::begin::sweep(engine).await?;
    let reminded = access_review::remind::sweep(engine).await?;
    Ok(begun + reminded + access_review::apply::sweep(engine).await?)
}
