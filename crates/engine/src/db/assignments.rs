//! Assignments.

use crate::db::rows::Rows;
use crate::{Error, Result};
use chrono::{DateTime, Utc};
use domain::activation::Ground;
use domain::assignment::{EndReason, Kind, Origin};
use domain::ids::{AssignmentId, GroupId, PersonId, PrincipalId, RequestId, TargetId};
use domain::span::Span;
use sqlx::PgConnection;
use uuid::Uuid;

/// A row of `assignments`.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct AssignmentRow {
    /// Id.
    pub id: Uuid,
    /// Of what.
    pub target_id: Uuid,
    /// To whom.
    pub principal_id: Uuid,
    /// Eligible or active.
    pub kind: String,
    /// Where from.
    pub origin: String,
    /// First instant.
    pub starts_at: DateTime<Utc>,
    /// First instant outside.
    pub ends_at: Option<DateTime<Utc>>,
    /// For an activation.
    pub eligibility_id: Option<Uuid>,
    /// The group through which she was eligible for it.
    pub through_id: Option<Uuid>,
    /// From which request.
    pub request_id: Option<Uuid>,
    /// Why it was given.
    pub reason: String,
}

impl AssignmentRow {
    /// When it holds.
    pub fn span(&self) -> Span {
        Span { start: self.starts_at, end: self.ends_at }
    }

    /// What an activation rests on.
    pub fn ground(&self) -> Option<Ground> {
        let eligibility = AssignmentId(self.eligibility_id?);
        Some(Ground { eligibility, through: self.through_id.map(GroupId) })
    }

    /// Eligible or active.
    ///
    /// # Errors
    /// A word in the row is unknown.
    pub fn kind(&self) -> Result<Kind> {
        Kind::parse(&self.kind).ok_or_else(|| Error::inconsistent("assignments", self.id, "kind"))
    }
}

/// A new row.
#[derive(Clone, Debug)]
pub struct NewAssignment {
    /// Id.
    pub id: AssignmentId,
    /// Of what.
    pub target: TargetId,
    /// To whom.
    pub principal: PrincipalId,
    /// Eligible or active.
    pub kind: Kind,
    /// Where from.
    pub origin: Origin,
    /// When it holds.
    pub span: Span,
    /// For an activation.
    pub ground: Option<Ground>,
    /// From which request.
    pub request: Option<RequestId>,
    /// Who gave it.
    pub created_by: Option<PersonId>,
    /// Why.
    pub reason: String,
}

/// Writes a new row.
///
/// # Errors
/// The database can't be reached, or refuses an overlap that slipped through.
pub async fn insert(conn: &mut PgConnection, new: &NewAssignment) -> Result<()> {
    let mut rows = Rows::default();
    put(&mut rows, new);
    rows.write(conn).await
}

/// As [`insert`], to be written together with other rows.
pub(crate) fn put(rows: &mut Rows, new: &NewAssignment) {
    rows.row("assignments")
        .set("id", new.id.0)
        .set("target_id", new.target.0)
        .set("principal_id", new.principal.0)
        .set("kind", new.kind.wire())
        .set("origin", new.origin.wire())
        .set("starts_at", new.span.start)
        .set("ends_at", new.span.end)
        .set("planned_end", new.span.end)
        .set("eligibility_id", new.ground.map(|ground| ground.eligibility.0))
        .set("through_id", new.ground.and_then(|ground| ground.through).map(|group| group.0))
        .set("request_id", new.request.map(|id| id.0))
        .set("created_by", new.created_by.map(|id| id.0))
        .set("reason", &new.reason);
}

/// Finds a row.
///
/// # Errors
/// The database can't be reached.
pub async fn find(conn: &mut PgConnection, id: AssignmentId) -> Result<Option<AssignmentRow>> {
    let row = sqlx::query_as(
        "select id, target_id, principal_id, kind, origin, starts_at, ends_at, eligibility_id, through_id, request_id, reason \
         from assignments where id = $1",
    )
    .bind(id.0)
    .fetch_optional(conn)
    .await?;
    Ok(row)
}

/// Finds a row and locks it. Its slot must be locked first.
///
/// # Errors
/// The database can't be reached.
pub async fn lock(conn: &mut PgConnection, id: AssignmentId) -> Result<Option<AssignmentRow>> {
    let row = sqlx::query_as(
        "select id, target_id, principal_id, kind, origin, starts_at, ends_at, eligibility_id, through_id, request_id, reason \
         from assignments where id = $1 for update",
    )
    .bind(id.0)
    .fetch_optional(conn)
    .await?;
    Ok(row)
}

/// Ends a running or future assignment at `at` (never before its start) and writes why. One that is over already is
/// left alone, also when its end was written down after `at` was read; the answer says whether this call ended it.
///
/// # Errors
/// The database can't be reached.
pub async fn end(
    conn: &mut PgConnection,
    id: AssignmentId,
    at: DateTime<Utc>,
    why: EndReason,
) -> Result<bool> {
    let ended: Option<Uuid> = sqlx::query_scalar(
        "update assignments set ends_at = greatest($2, starts_at), end_reason = $3, end_recorded = true \
         where id = $1 and not end_recorded and (ends_at is null or ends_at > $2) returning id",
    )
    .bind(id.0)
    .bind(at)
    .bind(why.wire())
    .fetch_optional(conn)
    .await?;
    Ok(ended.is_some())
}

/// Ends every activation that rests on an eligibility, and gives what was ended.
///
/// # Errors
/// The database can't be reached.
pub async fn end_resting_on(
    conn: &mut PgConnection,
    eligibility: AssignmentId,
    at: DateTime<Utc>,
    why: EndReason,
) -> Result<Vec<AssignmentRow>> {
    let rows = sqlx::query_as(
        "update assignments set ends_at = greatest($2, starts_at), end_reason = $3, end_recorded = true \
         where eligibility_id = $1 and not end_recorded and ends_at > $2 \
         returning id, target_id, principal_id, kind, origin, starts_at, ends_at, eligibility_id, through_id, request_id, reason",
    )
    .bind(eligibility.0)
    .bind(at)
    .bind(why.wire())
    .fetch_all(conn)
    .await?;
    Ok(rows)
}

/// Sets another window on an assigned span.
///
/// # Errors
/// The database can't be reached, or the row is gone.
pub async fn set_span(conn: &mut PgConnection, id: AssignmentId, span: Span) -> Result<()> {
    let done =
        sqlx::query("update assignments set starts_at = $2, ends_at = $3, planned_end = $3 where id = $1")
            .bind(id.0)
            .bind(span.start)
            .bind(span.end)
            .execute(conn)
            .await?;
    if done.rows_affected() == 1 { Ok(()) } else { Err(Error::inconsistent("assignments", id, "gone")) }
}

/// Cuts a running activation: it ends at `end` at the latest.
///
/// # Errors
/// The database can't be reached.
pub async fn cut(conn: &mut PgConnection, id: AssignmentId, end: DateTime<Utc>) -> Result<()> {
    sqlx::query(
        "update assignments set ends_at = greatest($2, starts_at) where id = $1 and not end_recorded and ends_at > $2",
    )
    .bind(id.0)
    .bind(end)
    .execute(conn)
    .await?;
    Ok(())
}

/// Cuts activations that would outlast the eligibility they rest on (product.md 4.3), and gives whose they are.
///
/// # Errors
/// The database can't be reached.
pub async fn cut_resting_on(
    conn: &mut PgConnection,
    eligibility: AssignmentId,
    end: Option<DateTime<Utc>>,
) -> Result<Vec<PrincipalId>> {
    let cut: Vec<Uuid> = sqlx::query_scalar(
        "update assignments set ends_at = greatest($2, starts_at) \
         where eligibility_id = $1 and ends_at > $2 and ends_at > clock() returning principal_id",
    )
    .bind(eligibility.0)
    .bind(end)
    .fetch_all(conn)
    .await?;
    Ok(cut.into_iter().map(PrincipalId).collect())
}
