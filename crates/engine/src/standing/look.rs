//! One statement that looks at everything a decision rests on: with a round trip for each table, an activation would
//! spend more time on the way than in the database.

use crate::Result;
use crate::db::policies::{self, Versioned};
use crate::db::targets;
use chrono::{DateTime, TimeDelta, Utc};
use domain::ids::{PersonId, RequestId, RequestKey, TargetId};
use domain::principal::Person;
use domain::span::Span;
use domain::target::Target;
use serde::Deserialize;
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

/// What was seen.
pub(super) struct Look {
    /// The database's time.
    pub(super) now: DateTime<Utc>,
    /// What was asked with the same form before.
    pub(super) first: Option<RequestId>,
    pub(super) target_id: TargetId,
    pub(super) target: Target,
    /// Name of the group or role.
    pub(super) name: String,
    /// Under management and not deleted; roles always are.
    pub(super) open: bool,
    pub(super) user: Person,
    /// What she is called.
    pub(super) user_name: String,
    pub(super) policy: Versioned,
    /// Assignments of the person for the target that are not over, and those that ended in the last 30 days.
    pub(super) held: Vec<Held>,
    /// Eligibilities for the target of groups she lies in, not over.
    pub(super) through: Vec<OfGroup>,
    /// Open requests of the person, for every target.
    pub(super) asked: Vec<Open>,
}

/// An assignment.
#[derive(Deserialize)]
pub(super) struct Held {
    pub(super) id: Uuid,
    pub(super) kind: String,
    pub(super) origin: String,
    starts_at: DateTime<Utc>,
    ends_at: Option<DateTime<Utc>>,
}

impl Held {
    pub(super) fn span(&self) -> Span {
        Span { start: self.starts_at, end: self.ends_at }
    }
}

/// An eligibility of a group.
#[derive(Deserialize)]
pub(super) struct OfGroup {
    pub(super) group: Uuid,
    #[serde(flatten)]
    pub(super) held: Held,
}

/// A request.
#[derive(Deserialize)]
pub(super) struct Open {
    here: bool,
    status: String,
    asked_start: Option<DateTime<Utc>>,
    asked_minutes: Option<i32>,
    created_at: DateTime<Utc>,
}

impl Open {
    /// The window of a planned activation of this target.
    pub(super) fn planned(&self) -> Option<Span> {
        let granted = self.here && self.status == "Granted";
        let minutes = self.asked_minutes.filter(|_| granted)?;
        Some(Span::lasting(self.asked_start?, TimeDelta::minutes(i64::from(minutes))))
    }

    /// Since when it waits for approval, if it does and is for this target.
    pub(super) fn waiting_since(&self) -> Option<DateTime<Utc>> {
        (self.here && self.status == "PendingApproval").then_some(self.created_at)
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    now: DateTime<Utc>,
    first: Option<Uuid>,
    target_kind: String,
    group_id: Option<Uuid>,
    role: Option<String>,
    group_name: Option<String>,
    managed: bool,
    person_name: String,
    enabled: bool,
    user_deleted: bool,
    version: Option<i32>,
    settings: Option<serde_json::Value>,
    held: Json<Vec<Held>>,
    through: Json<Vec<OfGroup>>,
    asked: Json<Vec<Open>>,
}

/// Looks; `but` is left out of the open requests, `form` is who asks with which form. `None`: the target's group is deleted, or target or
/// person are unknown.
pub(super) async fn look(
    conn: &mut PgConnection,
    person: PersonId,
    target_id: TargetId,
    but: Option<RequestId>,
    form: Option<(PersonId, RequestKey)>,
) -> Result<Option<Look>> {
    let row: Option<Row> = sqlx::query_as(
        "with recursive up (id) as ( \
           select $1::uuid \
           union \
           select t.group_id from up join active_now a on a.principal_id = up.id \
           join targets t on t.id = a.target_id and t.kind = 'member' \
           join groups g on g.id = t.group_id and g.deleted_at is null \
         ) select clock() as now, \
           (select id from requests where filer_id = $5 and request_key = $4) as first, t.kind as target_kind, t.group_id, t.role, g.display_name as group_name, \
           t.role is not null or g.managed_at is not null as managed, u.display_name as person_name, u.enabled, u.deleted_at is not null as user_deleted, \
           p.version, p.settings, \
           (select coalesce(json_agg(json_build_object('id', a.id, 'kind', a.kind, 'origin', a.origin, \
              'starts_at', a.starts_at, 'ends_at', a.ends_at)), '[]') from assignments a \
            where a.principal_id = $1 and a.target_id = $2 and (a.ends_at is null or a.ends_at > clock() - interval '30 days')) as held, \
           (select coalesce(json_agg(json_build_object('group', up.id, 'id', a.id, 'kind', a.kind, 'origin', a.origin, \
              'starts_at', a.starts_at, 'ends_at', a.ends_at)), '[]') from up join assignments a \
              on a.principal_id = up.id and a.target_id = $2 and a.kind = 'eligible' and (a.ends_at is null or a.ends_at > greatest(clock(), a.starts_at)) \
            where up.id <> $1) as through, \
           (select coalesce(json_agg(json_build_object('here', r.target_id = $2, 'status', r.status, \
              'asked_start', r.asked_start, 'asked_minutes', r.asked_minutes, 'created_at', r.created_at)), '[]') \
            from requests r where r.principal_id = $1 and r.status in ('PendingApproval', 'Granted') \
              and r.id is distinct from $3) as asked \
         from targets t left join groups g on g.id = t.group_id and g.deleted_at is null join users u on u.id = $1 \
         left join lateral (select version, settings from policies where target_id = t.id \
           order by version desc limit 1) p on true \
         where t.id = $2 and (t.role is not null or g.id is not null)",
    )
    .bind(person.0)
    .bind(target_id.0)
    .bind(but.map(|id| id.0))
    .bind(form.map(|(_, key)| key.0))
    .bind(form.map(|(filer, _)| filer.0))
    .fetch_optional(conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let target = targets::read(target_id, &row.target_kind, row.group_id, row.role.as_deref())?;
    Ok(Some(Look {
        now: row.now,
        first: row.first.map(RequestId),
        target_id,
        name: match target {
            Target::Role(role) => role.name().to_owned(),
            Target::Member(_) | Target::Owner(_) => row.group_name.unwrap_or_default(),
        },
        target,
        open: row.managed,
        user_name: row.person_name,
        user: Person { id: person, enabled: row.enabled, deleted: row.user_deleted },
        policy: policies::versioned(target_id, row.version.zip(row.settings))?,
        held: row.held.0,
        through: row.through.0,
        asked: row.asked.0,
    }))
}
