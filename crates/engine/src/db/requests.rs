//! Requests: everything that was asked for. Append-only but for their status, which moves once or twice and then rests.

use crate::db::rows::Rows;
use crate::{Error, Result};
use chrono::{DateTime, Utc};
use domain::activation::{Ground, Pending, Status};
use domain::duration::Minutes;
use domain::ids::{AssignmentId, PersonId, PrincipalId, RequestId, RequestKey, TargetId};
use domain::policy::ActivationRules;
use domain::policy::escalation::Asked;
use domain::span::Span;
use sha2::{Digest, Sha256};
use sqlx::{AssertSqlSafe, PgConnection};
use uuid::Uuid;

/// A row of `requests`.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct RequestRow {
    /// Id.
    pub id: Uuid,
    /// R-number.
    pub number: i64,
    /// Of what.
    pub target_id: Uuid,
    /// For whom.
    pub principal_id: Uuid,
    /// By whom.
    pub filer_id: Option<Uuid>,
    /// Graph's action word.
    pub action: String,
    /// Graph's status word.
    pub status: String,
    /// Eligible or active, when it is about an assignment.
    pub kind: Option<String>,
    /// Asked start.
    pub asked_start: Option<DateTime<Utc>>,
    /// Asked length.
    pub asked_minutes: Option<i32>,
    /// As written.
    pub reason: String,
    /// As written.
    pub ticket: String,
    /// What it rests on.
    pub eligibility_id: Option<Uuid>,
    /// What it continues.
    pub extends_id: Option<Uuid>,
    /// What came of it.
    pub assignment_id: Option<Uuid>,
    /// Made under.
    pub policy_version: i32,
    /// Made under.
    pub rules: serde_json::Value,
    /// Lapses then.
    pub deadline_at: Option<DateTime<Utc>>,
    /// What a decision is bound to.
    pub content_hash: String,
    /// Asked at.
    pub created_at: DateTime<Utc>,
    /// Others may decide since then, before their time.
    pub escalated_early_at: Option<DateTime<Utc>>,
}

/// The word people say.
pub fn name(number: i64) -> String {
    format!("R-{number}")
}

/// From the word people say, or its digits.
pub fn parse_name(word: &str) -> Option<i64> {
    word.strip_prefix("R-").unwrap_or(word).parse().ok().filter(|number| *number > 0)
}

impl RequestRow {
    /// Typed id.
    pub fn request_id(&self) -> RequestId {
        RequestId(self.id)
    }

    /// As a rule about who may decide by now knows it.
    pub fn asked(&self) -> Asked {
        Asked { at: self.created_at, early: self.escalated_early_at }
    }

    /// Where it stands.
    ///
    /// # Errors
    /// A word in the row is unknown.
    pub fn status(&self) -> Result<Status> {
        Status::parse(&self.status).ok_or_else(|| Error::inconsistent("requests", self.id, "status"))
    }

    /// Whether it asks to extend or renew an assignment.
    pub fn is_renewal(&self) -> bool {
        self.kind.is_some() && self.action.starts_with("self")
    }

    /// The demands it was made under.
    ///
    /// # Errors
    /// They can't be read.
    pub fn made_under(&self) -> Result<ActivationRules> {
        serde_json::from_value(self.rules.clone())
            .map_err(|error| Error::inconsistent("requests", self.id, error))
    }

    /// As the rules about its later fate know it; `extends` is the span of the activation it continues.
    ///
    /// # Errors
    /// The stored rules can't be read.
    pub fn pending(&self, extends: Option<Span>) -> Result<Pending> {
        let minutes = self.asked_minutes.and_then(|m| u32::try_from(m).ok());
        Ok(Pending {
            start: self.asked_start,
            length: Minutes(minutes.ok_or_else(|| Error::inconsistent("requests", self.id, "no length"))?),
            reason: self.reason.clone(),
            ticket: self.ticket.clone(),
            made_under: self.made_under()?,
            deadline: self.deadline_at,
            extends,
        })
    }
}

/// A new row.
#[derive(Clone, Debug)]
pub struct NewRequest {
    /// Id.
    pub id: RequestId,
    /// Of what.
    pub target: TargetId,
    /// For whom.
    pub principal: PrincipalId,
    /// By whom.
    pub filer: PersonId,
    /// Graph's action word.
    pub action: &'static str,
    /// Where it stands from the start.
    pub status: Status,
    /// Asked start.
    pub start: Option<DateTime<Utc>>,
    /// Asked length.
    pub length: Option<Minutes>,
    /// As written.
    pub reason: String,
    /// As written.
    pub ticket: String,
    /// What it rests on.
    pub ground: Option<Ground>,
    /// What it continues.
    pub extends: Option<AssignmentId>,
    /// Made under.
    pub policy_version: i32,
    /// Made under.
    pub rules: ActivationRules,
    /// Lapses then.
    pub deadline: Option<DateTime<Utc>>,
    /// What came of it at once.
    pub assignment: Option<AssignmentId>,
    /// From the form.
    pub key: RequestKey,
}

impl NewRequest {
    /// What a decision is bound to: everything the approver reads (SEC-10).
    pub fn content_hash(&self) -> String {
        let mut hash = Sha256::new();
        let parts = [
            self.target.to_string(),
            self.principal.to_string(),
            self.filer.to_string(),
            self.action.to_owned(),
            self.start.map_or_else(String::new, |start| start.to_rfc3339()),
            self.length.map_or_else(String::new, |length| length.to_string()),
            self.reason.clone(),
            self.ticket.clone(),
            self.policy_version.to_string(),
        ];
        for part in parts {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part.as_bytes());
        }
        hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// Writes a new row; `created_at` becomes `now`. Closed from the start when its status is final. Gives the R-number.
///
/// # Errors
/// The database can't be reached, or refuses a doubled open request that slipped through.
pub async fn insert(conn: &mut PgConnection, new: &NewRequest, now: DateTime<Utc>) -> Result<i64> {
    let mut rows = Rows::default();
    put(&mut rows, new, now)?;
    rows.write_for(conn, NUMBER).await
}

/// The column that the database fills.
pub(crate) const NUMBER: &str = "number";

/// As [`insert`], to be written together with other rows.
pub(crate) fn put(rows: &mut Rows, new: &NewRequest, now: DateTime<Utc>) -> Result<()> {
    let rules = serde_json::to_value(&new.rules).map_err(|error| Error::Internal(error.to_string()))?;
    let waits = new.rules.approval.as_ref().filter(|_| new.deadline.is_some());
    let escalates_at = waits.and_then(|rule| rule.escalates_at(Asked::at(now)));
    rows.row("requests")
        .set("id", new.id.0)
        .set("target_id", new.target.0)
        .set("principal_id", new.principal.0)
        .set("filer_id", new.filer.0)
        .set("action", new.action)
        .set("status", new.status.wire())
        .set("asked_start", new.start)
        .set("asked_minutes", new.length.map(|length| i32::try_from(length.0).unwrap_or(i32::MAX)))
        .set("reason", &new.reason)
        .set("ticket", &new.ticket)
        .set("eligibility_id", new.ground.map(|ground| ground.eligibility.0))
        .set("through_id", new.ground.and_then(|ground| ground.through).map(|group| group.0))
        .set("extends_id", new.extends.map(|id| id.0))
        .set("policy_version", new.policy_version)
        .set("rules", rules)
        .set("deadline_at", new.deadline)
        .set("escalates_at", escalates_at)
        .set("content_hash", new.content_hash())
        .set("request_key", new.key.0)
        .set("created_at", now)
        .set("closed_at", (!new.status.is_open()).then_some(now))
        .set("assignment_id", new.assignment.map(|id| id.0));
    Ok(())
}

/// The columns of a row.
const COLUMNS: &str = "id, number, target_id, principal_id, filer_id, action, status, kind, asked_start, asked_minutes, reason, \
    ticket, eligibility_id, extends_id, assignment_id, policy_version, rules, deadline_at, content_hash, created_at, escalated_early_at";

/// Finds what this person asked with this form before.
///
/// # Errors
/// The database can't be reached.
pub async fn find_by_key(
    conn: &mut PgConnection,
    filer: PersonId,
    key: RequestKey,
) -> Result<Option<RequestRow>> {
    let sql = format!("select {COLUMNS} from requests where filer_id = $1 and request_key = $2");
    Ok(sqlx::query_as(AssertSqlSafe(sql)).bind(filer.0).bind(key.0).fetch_optional(conn).await?)
}

/// Finds a row by id, without a lock.
///
/// # Errors
/// The database can't be reached.
pub async fn find(conn: &mut PgConnection, id: RequestId) -> Result<Option<RequestRow>> {
    let sql = format!("select {COLUMNS} from requests where id = $1");
    Ok(sqlx::query_as(AssertSqlSafe(sql)).bind(id.0).fetch_optional(conn).await?)
}

/// Finds a row by its number, without a lock.
///
/// # Errors
/// The database can't be reached.
pub async fn by_number(conn: &mut PgConnection, number: i64) -> Result<Option<RequestRow>> {
    let id: Option<Uuid> = sqlx::query_scalar("select id from requests where number = $1")
        .bind(number)
        .fetch_optional(&mut *conn)
        .await?;
    match id {
        Some(id) => find(conn, RequestId(id)).await,
        None => Ok(None),
    }
}

/// Locks a row. Its slot must be locked first; read the clock in the next statement.
///
/// # Errors
/// The database can't be reached.
pub async fn lock(conn: &mut PgConnection, id: RequestId) -> Result<Option<RequestRow>> {
    sqlx::query("select 1 from requests where id = $1 for update").bind(id.0).execute(&mut *conn).await?;
    find(conn, id).await
}

/// Moves a locked request on.
#[derive(Clone, Debug)]
pub struct Move {
    /// To where.
    pub status: Status,
    /// By whom; `None` is the system.
    pub by: Option<PersonId>,
    /// Why, as others read it.
    pub reason: String,
    /// What came of it.
    pub assignment: Option<AssignmentId>,
}

/// Writes a move. The database refuses to move a closed request (I-06).
///
/// # Errors
/// The database can't be reached, or the request was closed.
pub async fn update(conn: &mut PgConnection, id: RequestId, to: &Move, now: DateTime<Utc>) -> Result<()> {
    let done = sqlx::query(
        "update requests set status = $2, closed_by = $3, close_reason = left($4, 2000), \
         assignment_id = coalesce($5, assignment_id), closed_at = $6 \
         where id = $1 and status in ('PendingApproval', 'Granted', 'PendingAdminDecision')",
    )
    .bind(id.0)
    .bind(to.status.wire())
    .bind(to.by.map(|id| id.0))
    .bind(&to.reason)
    .bind(to.assignment.map(|id| id.0))
    .bind((!to.status.is_open()).then_some(now))
    .execute(conn)
    .await?;
    if done.rows_affected() == 1 { Ok(()) } else { Err(Error::inconsistent("requests", id, "not open")) }
}

/// Lets those named second decide from now on on a locked request that waits.
///
/// # Errors
/// The database can't be reached, or they were let decide before.
pub async fn escalate(conn: &mut PgConnection, id: RequestId, now: DateTime<Utc>) -> Result<()> {
    let done = sqlx::query(
        "update requests set escalated_early_at = $2, escalates_at = least(escalates_at, $2) \
         where id = $1 and status = 'PendingApproval' and escalated_early_at is null",
    )
    .bind(id.0)
    .bind(now)
    .execute(conn)
    .await?;
    if done.rows_affected() == 1 {
        Ok(())
    } else {
        Err(Error::inconsistent("requests", id, "escalated already"))
    }
}
