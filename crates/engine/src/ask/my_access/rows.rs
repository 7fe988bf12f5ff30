//! What the database knows of a person's access, for all targets at once.

use super::REMEMBERED;
use crate::Result;
use crate::ask::last::Last;
use crate::ask::thing::{COLUMNS, Thing};
use chrono::{DateTime, TimeDelta, Utc};
use domain::assignment::{Kind, Origin};
use domain::ids::PersonId;
use domain::policy::{ActivationRules, escalation};
use domain::span::Span;
use serde::Deserialize;
use sqlx::types::Json;
use sqlx::{AssertSqlSafe, PgConnection};
use uuid::Uuid;

/// An activation that is on, or an eligibility or standing access that is not over or ended lately.
#[derive(Debug, sqlx::FromRow)]
pub(super) struct Held {
    #[sqlx(flatten)]
    pub thing: Thing,
    pub assignment: Uuid,
    pub eligible: bool,
    pub origin: String,
    pub starts_at: DateTime<Utc>,
    pub ends_at: Option<DateTime<Utc>>,
    pub end_reason: Option<String>,
    pub reason: String,
    pub open: bool,
    pub used: i64,
    /// The group that is eligible, when it is not she herself.
    pub through: Option<Uuid>,
    /// The memberships of the groups she lies in; only with what comes through one of them.
    pub ways: Option<Json<Vec<Way>>>,
    /// The group by which she switched it on, when she is not eligible herself.
    pub by_key: Option<String>,
    pub by_name: Option<String>,
    /// What she would have to switch on first.
    pub before_key: Option<String>,
    pub before_name: Option<String>,
    /// The request to extend or renew it that waits.
    pub renewal: Option<i64>,
    /// Marked by her.
    pub favourite: bool,
    /// What she asked for here last, in the last 90 days; only with eligibilities.
    pub last: Option<Json<Last>>,
}

impl Held {
    pub fn kind(&self) -> Kind {
        if self.eligible { Kind::Eligible } else { Kind::Active }
    }

    pub fn activated(&self) -> bool {
        self.origin == Origin::Activated.wire()
    }

    /// Hers, and not a group's that she is or could be in.
    pub fn own(&self) -> bool {
        self.through.is_none() && self.before_key.is_none()
    }

    /// Active without activation.
    pub fn standing(&self) -> bool {
        !self.eligible && !self.activated()
    }

    pub fn span(&self) -> Span {
        Span { start: self.starts_at, end: self.ends_at }
    }
}

/// A membership of a group she lies in.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Way {
    pub holder: Uuid,
    pub group_id: Uuid,
    pub key: String,
    pub name: String,
    pub ends_at: Option<DateTime<Utc>>,
}

/// Eligibilities of groups that she lies in (`through`, with the memberships that lead there), and of groups that she
/// would lie in if she switched on what she is eligible for (`before`).
const WITHIN: &str = "with recursive up (id) as ( \
       select $1::uuid \
       union \
       select t.group_id from up join active_now a on a.principal_id = up.id \
       join targets t on t.id = a.target_id and t.kind = 'member' \
       join groups g on g.id = t.group_id and g.deleted_at is null \
     ), ways as ( \
       select coalesce(a.through_id, up.id) as holder, t.group_id, g.key, g.display_name as name, \
         case when bool_or(a.ends_at is null) then null else max(a.ends_at) end as ends_at \
       from up join active_now a on a.principal_id = up.id join targets t on t.id = a.target_id and t.kind = 'member' \
       join groups g on g.id = t.group_id and g.deleted_at is null group by 1, 2, 3, 4 \
     ), through as ( \
       select e.id, up.id as through from up join assignments e on e.principal_id = up.id and e.kind = 'eligible' \
         and (e.ends_at is null or e.ends_at > greatest(clock(), e.starts_at)) where up.id <> $1 \
     ), before as ( \
       select distinct on (e.id) e.id, g.key as before_key, g.display_name as before_name from assignments own \
       join targets t on t.id = own.target_id and t.kind = 'member' \
       join groups g on g.id = t.group_id and g.deleted_at is null and g.managed_at is not null \
       cross join lateral groups_above(g.id) above \
       join assignments e on e.principal_id = above.id and e.kind = 'eligible' \
         and e.starts_at <= clock() and (e.ends_at is null or e.ends_at > greatest(clock(), e.starts_at)) \
       where own.principal_id = $1 and own.kind = 'eligible' and own.starts_at <= clock() \
         and (own.ends_at is null or own.ends_at > greatest(clock(), own.starts_at)) order by e.id, g.display_name, g.key)";

/// Loads what is held; groups that are deleted are left out.
pub(super) async fn held(conn: &mut PgConnection, person: PersonId, now: DateTime<Utc>) -> Result<Vec<Held>> {
    let sql = format!(
        "{WITHIN} select {COLUMNS}, a.id as assignment, a.kind = 'eligible' as eligible, a.origin, a.starts_at, a.ends_at, a.end_reason, a.reason, \
           t.open, \
           (select count(*) from assignments u where u.principal_id = $1 and u.target_id = a.target_id \
              and u.origin = 'activated' and u.starts_at > $3) as used, \
           exists (select from favourites f where f.person_id = $1 and f.target_id = a.target_id) as favourite, \
           case when a.kind = 'eligible' then (select json_build_object('number', q.number, 'minutes', q.asked_minutes, \
              'reason', q.reason) from requests q where q.principal_id = $1 and q.created_at > $3 \
              and q.target_id = a.target_id and q.action = 'selfActivate' order by q.created_at desc, q.id desc limit 1) end as last, \
           (select r.number from requests r where r.principal_id = $1 and r.target_id = a.target_id \
              and r.kind = a.kind and r.extends_id = a.id and r.status = 'PendingAdminDecision' \
              and r.deadline_at > $2) as renewal, \
           w.through, case when w.through is not null then (select json_agg(ways) from ways) end as ways, \
           by.key as by_key, by.display_name as by_name, w.before_key, w.before_name \
         from (select id, null::uuid as through, null as before_key, null as before_name from assignments where principal_id = $1 \
           union all select id, through, null, null from through \
           union all select id, null, before_key, before_name from before) w \
         join assignments a on a.id = w.id join things t on t.id = a.target_id and t.deleted_at is null \
         left join groups by on by.id = a.through_id and a.origin = 'activated' \
         where (((a.kind = 'eligible' or a.origin = 'assigned') and (a.ends_at is null or a.ends_at > $4) and a.ends_at is distinct from a.starts_at) \
             or (a.origin = 'activated' and a.starts_at <= $2 and a.ends_at > $2)) \
         order by a.starts_at, a.id"
    );
    let rows = sqlx::query_as(AssertSqlSafe(sql))
        .bind(person.0)
        .bind(now)
        .bind(now - TimeDelta::days(90))
        .bind(now - REMEMBERED)
        .fetch_all(conn)
        .await?;
    Ok(rows)
}

/// An open request.
#[derive(Debug, sqlx::FromRow)]
pub(super) struct Asked {
    #[sqlx(flatten)]
    pub thing: Thing,
    pub number: i64,
    pub waits: bool,
    pub extends: bool,
    pub asked_start: Option<DateTime<Utc>>,
    pub asked_minutes: i32,
    pub created_at: DateTime<Utc>,
    pub escalated_early_at: Option<DateTime<Utc>>,
    pub deadline_at: Option<DateTime<Utc>>,
    pub reason: String,
    /// Who asked for her, when that is not she.
    pub filer_id: Option<Uuid>,
    pub asked_by: Option<String>,
    pub rules: Json<ActivationRules>,
    pub approved_by: Vec<String>,
}

impl Asked {
    /// As a rule about who may decide by now knows it.
    pub fn asked(&self) -> escalation::Asked {
        escalation::Asked { at: self.created_at, early: self.escalated_early_at }
    }

    /// The window it asks for, if it names a start.
    pub fn window(&self) -> Option<Span> {
        Some(Span::lasting(self.asked_start?, TimeDelta::minutes(i64::from(self.asked_minutes))))
    }
}

/// Loads the person's open requests, oldest first.
pub(super) async fn asked(conn: &mut PgConnection, person: PersonId) -> Result<Vec<Asked>> {
    let sql = format!(
        "select {COLUMNS}, r.number, r.status = 'PendingApproval' as waits, r.extends_id is not null as extends, \
           r.asked_start, coalesce(r.asked_minutes, 0) as asked_minutes, r.created_at, r.escalated_early_at, r.deadline_at, r.reason, r.rules, f.id as filer_id, f.display_name as asked_by, \
           array(select u.display_name from votes v join users u on u.id = v.approver_id \
                 where v.request_id = r.id and v.verdict = 'approve' order by v.cast_at) as approved_by \
         from requests r join things t on t.id = r.target_id \
         left join users f on f.id = r.filer_id and f.id <> r.principal_id \
         where r.principal_id = $1 and r.status in ('PendingApproval', 'Granted') \
         order by r.created_at, r.id"
    );
    Ok(sqlx::query_as(AssertSqlSafe(sql)).bind(person.0).fetch_all(conn).await?)
}
