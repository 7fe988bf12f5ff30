//! Everything about some requests that their approvers read, in one statement, and their votes in another.

use super::super::named::CURRENT;
use super::{Before, Voted};
use crate::act::request_for::ACTION;
use crate::ask::thing::Thing;
use crate::ask::who::{self, Who};
use crate::{Error, Result};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::activation::Status;
use domain::approval::Verdict;
use domain::duration::Minutes;
use domain::ids::PersonId;
use domain::policy::escalation::Asked;
use domain::policy::stricter::stricter;
use domain::policy::{ActivationRules, Policy};
use sqlx::types::Json;
use sqlx::{AssertSqlSafe, PgConnection};
use std::collections::BTreeMap;
use uuid::Uuid;

/// A request with its people, its group and its past.
#[derive(sqlx::FromRow)]
pub(super) struct Row {
    pub id: Uuid,
    pub number: i64,
    #[sqlx(flatten)]
    pub thing: Thing,
    pub principal_id: Uuid,
    pub filer_id: Option<Uuid>,
    pub action: String,
    #[sqlx(try_from = "String")]
    pub status: Status,
    pub asked_start: Option<DateTime<Utc>>,
    pub asked_minutes: Option<i32>,
    pub reason: String,
    pub ticket: String,
    pub content_hash: String,
    pub created_at: DateTime<Utc>,
    escalated_early_at: Option<DateTime<Utc>>,
    pub deadline_at: Option<DateTime<Utc>>,
    pub closed_at: Option<DateTime<Utc>>,
    pub close_reason: String,
    pub made_under: Json<ActivationRules>,
    current: Option<Json<Policy>>,
    #[sqlx(rename = "person_name")]
    pub name: String,
    user_name: String,
    department: String,
    pub account_since: DateTime<Utc>,
    pub factor_since: Option<DateTime<Utc>>,
    filer_name: Option<String>,
    filer_user_name: Option<String>,
    filer_department: Option<String>,
    closer_id: Option<Uuid>,
    closer_name: Option<String>,
    closer_user_name: Option<String>,
    closer_department: Option<String>,
    pub eligible_since: Option<DateTime<Utc>>,
    eligible_until: Option<DateTime<Utc>>,
    pub eligible_by: Option<Uuid>,
    pub eligible_by_name: Option<String>,
    eligible_through: Option<String>,
    pub requests_ever: i64,
    pub times: i64,
    pub times_recently: i64,
    last_start: Option<DateTime<Utc>>,
    last_end: Option<DateTime<Utc>>,
    time_zone: String,
    /// When she usually starts: what others asked for on her behalf began in their hours.
    pub starts: Vec<DateTime<Utc>>,
    pub leads_to_role: bool,
}

/// $1: ids of requests.
const SQL: &str = "\
select r.id, r.number, r.principal_id, r.filer_id, r.action, r.status, r.asked_start, r.asked_minutes, r.reason, \
  r.ticket, r.content_hash, r.created_at, r.escalated_early_at, r.deadline_at, r.closed_at, r.close_reason, r.rules as made_under, \
  u.display_name as person_name, u.user_name, coalesce(u.department, '') as department, \
  u.time_zone, u.created_at as account_since, f.confirmed_at as factor_since, \
  a.display_name as filer_name, a.user_name as filer_user_name, a.department as filer_department, \
  c.id as closer_id, c.display_name as closer_name, c.user_name as closer_user_name, c.department as closer_department, \
  e.starts_at as eligible_since, e.ends_at as eligible_until, e.created_by as eligible_by, \
  b.display_name as eligible_by_name, g.display_name as eligible_through, h.times, h.times_recently, h.last_start, h.last_end, \
  (select count(*) from requests o where o.principal_id = r.principal_id and o.created_at < r.created_at \
     and o.action in ('selfActivate', 'adminActivate', 'selfExtend')) as requests_ever, \
  array(select s.starts_at from requests o join assignments s on s.id = o.assignment_id \
     where o.principal_id = r.principal_id and o.action = 'selfActivate' and o.status = 'Provisioned' \
       and o.created_at < r.created_at and s.starts_at > r.created_at - interval '90 days') as starts, \
  t.role is not null or exists (select from groups_above(t.group_id) up join assignments a on a.principal_id = up.id \
     join targets x on x.id = a.target_id and x.kind = 'role' where a.ends_at is null or a.ends_at > greatest(clock(), a.starts_at)) \
    as leads_to_role";

const FROM: &str = "\
from requests r join users u on u.id = r.principal_id join things t on t.id = r.target_id \
  left join totp_factors f on f.user_id = u.id \
  left join users a on a.id = r.filer_id and a.id <> r.principal_id \
  left join users c on c.id = r.closed_by left join assignments e on e.id = r.eligibility_id \
  left join users b on b.id = e.created_by left join groups g on g.id = r.through_id \
  cross join lateral (select count(*) as times, \
      count(*) filter (where a.starts_at > clock() - interval '90 days') as times_recently, \
      max(a.starts_at) as last_start, (array_agg(a.ends_at order by a.starts_at desc))[1] as last_end \
    from assignments a where a.principal_id = r.principal_id and a.target_id = r.target_id \
      and a.origin = 'activated' and a.starts_at < r.created_at) h \
where r.id = any ($1)";

pub(super) async fn load(conn: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<Row>> {
    let columns = crate::ask::thing::COLUMNS;
    let sql = format!("{SQL}, {columns}, {CURRENT} as current {FROM}");
    Ok(sqlx::query_as(AssertSqlSafe(sql)).bind(ids).fetch_all(conn).await?)
}

#[derive(sqlx::FromRow)]
struct VoteRow {
    request_id: Uuid,
    #[sqlx(flatten)]
    who: Who,
    verdict: String,
    reason: String,
    cast_at: DateTime<Utc>,
    instead_of: Option<Json<Who>>,
    able: bool,
}

/// Votes by request, the oldest first.
pub(super) async fn votes(conn: &mut PgConnection, ids: &[Uuid]) -> Result<BTreeMap<Uuid, Vec<Voted>>> {
    let sql = format!(
        "select v.request_id, v.verdict, v.reason, v.cast_at, {}, case when f.id is not null then {} end as instead_of, \
           u.enabled and u.deleted_at is null as able \
         from votes v join users u on u.id = v.approver_id left join users f on f.id = v.for_id \
         where v.request_id = any ($1) order by v.cast_at, u.id",
        who::columns("u"),
        who::json("f"),
    );
    let rows: Vec<VoteRow> = sqlx::query_as(AssertSqlSafe(sql)).bind(ids).fetch_all(conn).await?;
    let mut found: BTreeMap<Uuid, Vec<Voted>> = BTreeMap::new();
    for VoteRow { request_id, who, verdict, reason, cast_at, instead_of, able } in rows {
        let verdict =
            Verdict::parse(&verdict).ok_or_else(|| Error::inconsistent("votes", request_id, "verdict"))?;
        let instead_of = instead_of.map(|Json(who)| who);
        found.entry(request_id).or_default().push(Voted {
            who,
            verdict,
            reason,
            at: cast_at,
            instead_of,
            able,
        });
    }
    Ok(found)
}

impl Row {
    /// The policy in force.
    pub fn current(&self) -> Policy {
        self.current.as_ref().map(|policy| policy.0.clone()).unwrap_or_default()
    }

    /// As a rule about who may decide by now knows it.
    pub fn asked(&self) -> Asked {
        Asked { at: self.created_at, early: self.escalated_early_at }
    }

    /// The demands it is judged by now: while it waits the stricter of two, afterwards those it was made under.
    pub fn rules(&self, now: DateTime<Utc>) -> ActivationRules {
        let rules = match self.status {
            Status::PendingApproval => stricter(&self.made_under.0, &self.current().activation),
            _ => self.made_under.0.clone(),
        };
        ActivationRules { approval: rules.approval.map(|rule| rule.at(self.asked(), now)), ..rules }
    }

    pub fn length(&self) -> Minutes {
        Minutes(self.asked_minutes.and_then(|minutes| u32::try_from(minutes).ok()).unwrap_or_default())
    }

    /// The zone of the person; UTC where its name is not known (any more).
    pub fn zone(&self) -> Tz {
        self.time_zone.parse().unwrap_or(Tz::UTC)
    }

    /// When it would start as far as it was asked; nothing starts when there is to be more time.
    pub fn starts_anew(&self) -> Option<DateTime<Utc>> {
        let activates = self.action == "selfActivate" || self.action == ACTION;
        activates.then(|| self.asked_start.unwrap_or(self.created_at))
    }

    pub fn who(&self) -> Who {
        Who {
            id: self.principal_id,
            name: self.name.clone(),
            user_name: self.user_name.clone(),
            department: self.department.clone(),
        }
    }

    /// Who would get it, and who asked.
    pub fn asks(&self) -> [PersonId; 2] {
        let beneficiary = PersonId(self.principal_id);
        [beneficiary, self.filer_id.map_or(beneficiary, PersonId)]
    }

    /// Who asked, when that is not the person concerned.
    pub fn filer(&self) -> Option<Who> {
        Some(Who {
            id: self.filer_id?,
            name: self.filer_name.clone()?,
            user_name: self.filer_user_name.clone()?,
            department: self.filer_department.clone().unwrap_or_default(),
        })
    }

    pub fn closer(&self) -> Option<Who> {
        Some(Who {
            id: self.closer_id?,
            name: self.closer_name.clone()?,
            user_name: self.closer_user_name.clone()?,
            department: self.closer_department.clone().unwrap_or_default(),
        })
    }

    pub fn before(&self) -> Before {
        let last = self.last_start.zip(self.last_end);
        Before {
            eligible_since: self.eligible_since,
            eligible_until: self.eligible_until,
            eligible_by: self.eligible_by_name.clone(),
            eligible_through: self.eligible_through.clone(),
            requests_ever: self.requests_ever,
            times: self.times,
            times_recently: self.times_recently,
            last: last.map(|(start, end)| (start, Minutes::floor(end - start))),
        }
    }
}
