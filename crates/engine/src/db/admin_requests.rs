//! What administrators and owners did, kept as requests beside what people asked for themselves: one history of a
//! person and a target. These rows are closed from the start; nothing waits for them.

use crate::{Error, Result};
use chrono::{DateTime, Utc};
use domain::activation::Status;
use domain::assignment::Kind;
use domain::duration::Minutes;
use domain::ids::{AssignmentId, PersonId, PrincipalId, RequestId, RequestKey, TargetId};
use domain::policy::ActivationRules;
use domain::span::Span;
use sha2::{Digest, Sha256};
use sqlx::PgConnection;
use uuid::Uuid;

/// A new row.
#[derive(Clone, Debug)]
pub struct AdminRequest {
    /// Id.
    pub id: RequestId,
    /// Graph's action word: adminAssign, adminUpdate, adminRemove.
    pub action: &'static str,
    /// Of what.
    pub target: TargetId,
    /// For whom.
    pub principal: PrincipalId,
    /// By whom.
    pub filer: PersonId,
    /// Eligible or active.
    pub kind: Kind,
    /// The window as granted.
    pub span: Span,
    /// As written.
    pub reason: String,
    /// The assignment that was there before; `None` when this request makes it.
    pub assignment: Option<AssignmentId>,
    /// Made under.
    pub policy_version: i32,
    /// Made under.
    pub rules: ActivationRules,
    /// From the form, made particular to this row.
    pub key: RequestKey,
}

/// The key of one row of a form that makes several: the same form sent twice finds the same rows.
pub fn key_for(form: RequestKey, row: Uuid) -> RequestKey {
    let digest = Sha256::new().chain_update(form.0.as_bytes()).chain_update(row.as_bytes()).finalize();
    let mut bytes = [0_u8; 16];
    for (byte, from) in bytes.iter_mut().zip(digest.iter()) {
        *byte = *from;
    }
    RequestKey(uuid::Builder::from_custom_bytes(bytes).into_uuid())
}

/// Writes a row that is done at `now`.
///
/// # Errors
/// The database can't be reached.
pub async fn insert(conn: &mut PgConnection, new: &AdminRequest, now: DateTime<Utc>) -> Result<()> {
    let rules = serde_json::to_value(&new.rules).map_err(|error| Error::Internal(error.to_string()))?;
    let minutes = new.span.length().map(|length| Minutes::floor(length).0).filter(|minutes| *minutes > 0);
    sqlx::query(
        "insert into requests (id, target_id, principal_id, filer_id, action, status, kind, asked_start, \
         asked_minutes, reason, assignment_id, policy_version, rules, content_hash, request_key, created_at, \
         closed_at, closed_by) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, '', $14, $15, $15, $4)",
    )
    .bind(new.id.0)
    .bind(new.target.0)
    .bind(new.principal.0)
    .bind(new.filer.0)
    .bind(new.action)
    .bind(Status::Provisioned.wire())
    .bind(new.kind.wire())
    .bind(new.span.start)
    .bind(minutes.map(|minutes| i32::try_from(minutes).unwrap_or(i32::MAX)))
    .bind(&new.reason)
    .bind(new.assignment.map(|id| id.0))
    .bind(new.policy_version)
    .bind(rules)
    .bind(new.key.0)
    .bind(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// Whether a row with this key was written before.
///
/// # Errors
/// The database can't be reached.
pub async fn written(conn: &mut PgConnection, filer: PersonId, key: RequestKey) -> Result<bool> {
    let found =
        sqlx::query_scalar("select exists (select from requests where filer_id = $1 and request_key = $2)")
            .bind(filer.0)
            .bind(key.0)
            .fetch_one(conn)
            .await?;
    Ok(found)
}
