//! Demands a fresh second-factor proof for an act of management. Called last, when nothing else stands in the way, so
//! that a code is never used up by a form with another mistake.

use crate::proof::{self, Purpose};
use crate::{Ctx, Engine, Result, Tx};
use chrono::{DateTime, Utc};
use domain::duration::Minutes;
use domain::policy::ProofRule;
use domain::policy::evaluate;
use uuid::Uuid;

/// Oldest proof that counts for acts of management.
const MAX_AGE: Minutes = Minutes(5);

/// Giving or changing standing access.
pub const ASSIGN: Purpose = Purpose::Assign;
/// Taking the audit out.
pub const EXPORT: Purpose = Purpose::AdminOp;
/// Saving a policy.
pub const POLICY: Purpose = Purpose::PolicyChange;

/// Uses up the code for these subjects and gives one proof for each.
///
/// # Errors
/// The refusal at the field `code`, or the database can't be reached.
pub async fn demand(
    engine: &Engine,
    tx: &mut Tx,
    ctx: &Ctx,
    code: &str,
    purpose: Purpose,
    subjects: &[String],
    now: DateTime<Utc>,
) -> Result<Vec<Uuid>> {
    let given = proof::give(engine, tx, ctx, code, purpose, subjects).await?;
    let rule = ProofRule::Fresh { max_age: MAX_AGE };
    match evaluate::proof(rule, given.given, ctx.session.factor_at, now) {
        None => Ok(given.proofs),
        Some(refusal) => Err(refusal.into()),
    }
}
