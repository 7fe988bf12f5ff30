//! Loads what the rules of extending and renewing must know of assignments ([`domain::renewal`]).

use crate::db::requests::RequestRow;
use crate::{Error, Result};
use chrono::{DateTime, Utc};
use domain::assignment::{EndReason, Kind, Origin};
use domain::ids::{AssignmentId, GroupId, PrincipalId, TargetId};
use domain::renewal::{Held, Waiting};
use domain::span::Span;
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

/// An assignment of a person with what else she holds of the kind.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// Which.
    pub id: AssignmentId,
    /// Of what.
    pub target: TargetId,
    /// Of which group, unless it is a directory role.
    pub group: Option<GroupId>,
    /// Whose.
    pub principal: PrincipalId,
    /// Eligible or active.
    pub kind: Kind,
    /// When it holds.
    pub span: Span,
    /// Under management, not deleted.
    pub group_open: bool,
    /// The person is enabled and not deleted.
    pub person_able: bool,
    /// Her name.
    pub name: String,
    origin: Origin,
    end_reason: Option<EndReason>,
    others: Vec<Span>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    target_id: Uuid,
    group_id: Option<Uuid>,
    principal_id: Uuid,
    kind: String,
    origin: String,
    starts_at: DateTime<Utc>,
    ends_at: Option<DateTime<Utc>>,
    end_reason: Option<String>,
    group_open: bool,
    person_able: bool,
    name: String,
    others: Json<Vec<Span>>,
}

/// Those of these assignments that people hold. Under their slots when something is decided by it.
///
/// # Errors
/// The database can't be reached, or a word in a row is unknown.
pub async fn find(conn: &mut PgConnection, ids: &[AssignmentId]) -> Result<Vec<Loaded>> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let rows: Vec<Row> = sqlx::query_as(
        "select a.id, a.target_id, t.group_id, a.principal_id, a.kind, a.origin, a.starts_at, a.ends_at, a.end_reason, \
           t.open and t.deleted_at is null as group_open, \
           u.enabled and u.deleted_at is null as person_able, u.display_name as name, \
           coalesce((select jsonb_agg(jsonb_build_object('start', o.starts_at, 'end', o.ends_at)) from assignments o \
             where o.principal_id = a.principal_id and o.target_id = a.target_id and o.kind = a.kind \
               and o.origin <> 'activated' and o.id <> a.id), '[]') as others \
         from assignments a join things t on t.id = a.target_id \
         join users u on u.id = a.principal_id where a.id = any ($1)",
    )
    .bind(&ids)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Row::loaded).collect()
}

/// The assignment that a request is about.
///
/// # Errors
/// It is about none, or the database can't be reached.
pub async fn of(conn: &mut PgConnection, request: &RequestRow) -> Result<Loaded> {
    let gone = || Error::inconsistent("requests", request.id, "about no assignment of a person");
    let id = request.extends_id.map(AssignmentId).ok_or_else(gone)?;
    find(conn, &[id]).await?.pop().ok_or_else(gone)
}

impl Row {
    fn loaded(self) -> Result<Loaded> {
        let odd = |what| Error::inconsistent("assignments", self.id, what);
        Ok(Loaded {
            id: AssignmentId(self.id),
            target: TargetId(self.target_id),
            group: self.group_id.map(GroupId),
            principal: PrincipalId(self.principal_id),
            kind: Kind::parse(&self.kind).ok_or_else(|| odd("kind"))?,
            origin: Origin::parse(&self.origin).ok_or_else(|| odd("origin"))?,
            end_reason: self.end_reason.as_deref().and_then(EndReason::parse),
            span: Span { start: self.starts_at, end: self.ends_at },
            group_open: self.group_open,
            person_able: self.person_able,
            name: self.name,
            others: self.others.0,
        })
    }
}

impl Loaded {
    /// For the rules.
    pub fn held(&self) -> Held<'_> {
        Held { origin: self.origin, span: self.span, end_reason: self.end_reason, others: &self.others }
    }

    /// For the rules about a request that waits; one without a deadline has lapsed.
    pub fn waiting(&self, deadline: Option<DateTime<Utc>>) -> Waiting<'_> {
        Waiting {
            held: self.held(),
            kind: self.kind,
            deadline: deadline.unwrap_or_default(),
            person_able: self.person_able,
            group_open: self.group_open,
        }
    }
}
