//! Deletes rows of sign-in that nothing reads any more. What happened stands in the audit; these are only in the way.

use crate::{Engine, Result};

/// Rows per statement: small enough not to hold anybody up. What is left goes with the next round.
const BATCH: i64 = 1_000;

/// Each with the condition under which no rule can look at the row again: sessions past their absolute end, links a week
/// past theirs, counts of failures and results of bulk assignments a month old. Proofs stay: the audit says by them how somebody confirmed.
const STALE: [&str; 4] = [
    "delete from sessions where id_hash in (select id_hash from sessions where expires_at <= clock() limit $1)",
    "delete from invitations where token_hash in (select token_hash from invitations \
     where expires_at <= clock() - interval '7 days' limit $1)",
    "delete from throttles where (scope, subject) in (select scope, subject from throttles \
     where last_at <= clock() - interval '30 days' limit $1)",
    "delete from bulk_results where id in (select id from bulk_results where created_at <= clock() - interval '30 days' limit $1)",
];

pub(super) async fn sweep(engine: &Engine) -> Result<u64> {
    let mut deleted = 0;
    for statement in STALE {
        deleted += sqlx::query(statement).bind(BATCH).execute(&engine.pool).await?.rows_affected();
    }
    Ok(deleted)
}
