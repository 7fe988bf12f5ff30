//! Requests to extend or renew an assignment: rows of `requests` that wait for whoever manages the group.

use crate::db::requests::{self, RequestRow};
use crate::{Error, Result};
use chrono::{DateTime, Utc};
use domain::activation::Status;
use domain::assignment::Kind;
use domain::ids::{AssignmentId, PersonId, PrincipalId, RequestId, RequestKey, TargetId};
use domain::policy::ActivationRules;
use domain::renewal::Offer;
use sqlx::PgConnection;
use uuid::Uuid;

/// A new row.
#[derive(Clone, Debug)]
pub struct NewRenewal {
    /// Id.
    pub id: RequestId,
    /// Extend or renew.
    pub offer: Offer,
    /// Which assignment.
    pub assignment: AssignmentId,
    /// Of what.
    pub target: TargetId,
    /// Of which kind.
    pub kind: Kind,
    /// Who asks, for herself.
    pub person: PersonId,
    /// As written.
    pub reason: String,
    /// Asked under.
    pub policy_version: i32,
    /// The demands on activation, but for approval: approvers of activations have no say here.
    pub rules: ActivationRules,
    /// Lapses then.
    pub deadline: DateTime<Utc>,
    /// From the form.
    pub key: RequestKey,
}

/// Writes a row that waits from `now` on, and gives its R-number.
///
/// # Errors
/// The database can't be reached, or refuses a doubled open request that slipped through.
pub async fn insert(conn: &mut PgConnection, new: &NewRenewal, now: DateTime<Utc>) -> Result<i64> {
    let rules = ActivationRules { approval: None, ..new.rules.clone() };
    let rules = serde_json::to_value(rules).map_err(|error| Error::Internal(error.to_string()))?;
    let number = sqlx::query_scalar(
        "insert into requests (id, target_id, principal_id, filer_id, action, status, kind, reason, extends_id, \
         policy_version, rules, deadline_at, content_hash, request_key, created_at) \
         values ($1, $2, $3, $3, $4, $5, $6, $7, $8, $9, $10, $11, '', $12, $13) returning number",
    )
    .bind(new.id.0)
    .bind(new.target.0)
    .bind(new.person.0)
    .bind(new.offer.wire())
    .bind(Status::PendingAdminDecision.wire())
    .bind(new.kind.wire())
    .bind(&new.reason)
    .bind(new.assignment.0)
    .bind(new.policy_version)
    .bind(rules)
    .bind(new.deadline)
    .bind(new.key.0)
    .bind(now)
    .fetch_one(conn)
    .await?;
    Ok(number)
}

/// Locks the request of this person, target and kind that waits, if one does. Its slot must be locked first.
///
/// # Errors
/// The database can't be reached.
pub async fn lock_open(
    conn: &mut PgConnection,
    principal: PrincipalId,
    target: TargetId,
    kind: Kind,
) -> Result<Option<RequestRow>> {
    let id: Option<Uuid> = sqlx::query_scalar(
        "select id from requests where principal_id = $1 and target_id = $2 and kind = $3 \
         and status = 'PendingAdminDecision' for update",
    )
    .bind(principal.0)
    .bind(target.0)
    .bind(kind.wire())
    .fetch_optional(&mut *conn)
    .await?;
    match id {
        Some(id) => requests::find(conn, RequestId(id)).await,
        None => Ok(None),
    }
}
