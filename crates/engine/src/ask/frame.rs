//! What surrounds every page of a signed-in person, in one statement: who she is, what she may open, what waits for
//! her, what is on.

use crate::approvers::{NAMED_IN_FORCE, naming};
use crate::ask::access_reviewing::REVIEWING;
use crate::ask::alerts::Show;
use crate::ask::renewals;
use crate::ask::who::Who;
use crate::authority::COULD;
use crate::{Ctx, Engine, Error, Result};
use chrono::{DateTime, Utc};
use domain::activation::LAST_CALL;
use domain::approval::Seats;
use domain::authz::{Action, ReviewFacts, allows};
use domain::ids::{AssignmentId, GroupId, PersonId};
use domain::policy::stricter::stricter;
use domain::policy::{ActivationRules, Policy, escalation};
use domain::target::TargetKind;
use serde::Deserialize;
use sqlx::types::Json;
use sqlx::{AssertSqlSafe, PgConnection};
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// What the shell shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Who is signed in.
    pub who: Who,
    /// `system`, `light` or `dark`.
    pub theme: String,
    /// Name of the zone that times are shown in, for example `Europe/Berlin`.
    pub time_zone: String,
    /// The database's time when this was read.
    pub now: DateTime<Utc>,
    /// Requests that this very person can decide now.
    pub waiting: usize,
    /// Of them, assignments to extend or renew in groups that she manages.
    pub renewals: usize,
    /// Her activations that are on.
    pub active: i64,
    /// When the next of them ends.
    pub next_end: Option<DateTime<Utc>>,
    /// Those of them that end shortly, the soonest first.
    pub ending: Vec<On>,
    /// Uses of break glass by others that nobody has reviewed, for those who watch over them.
    pub unreviewed: i64,
    /// Access reviews in which something is left that she is asked first about.
    pub reviews: i64,
    /// Alerts that nobody has acknowledged, for those who see them.
    pub alerts: i64,
    /// Entries beyond what everybody has.
    pub may: May,
}

/// An activation that is on.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct On {
    /// Which.
    pub assignment: AssignmentId,
    /// Name of the group or role.
    pub name: String,
    /// Member, owner or role.
    pub kind: TargetKind,
    /// When it ends.
    pub ends: DateTime<Utc>,
}

/// Which entries of the side bar lead somewhere for this person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct May {
    /// Decides on requests, or did once.
    pub approvals: bool,
    /// An access review runs that may ask her, or in which she decided.
    pub reviews: bool,
    /// Looks people up.
    pub people: bool,
    /// Sees who holds directory roles.
    pub roles: bool,
    /// Sees uses of break glass.
    pub glass: bool,
    /// Reads the whole audit.
    pub audit: bool,
    /// Sees alerts.
    pub alerts: bool,
    /// Sees how mail goes out.
    pub mail: bool,
    /// Sees where events are sent.
    pub hooks: bool,
    /// Sees how applications follow the groups.
    pub applications: bool,
    /// Reads a directory export into the directory.
    pub import: bool,
}

#[derive(sqlx::FromRow)]
struct Row {
    #[sqlx(flatten)]
    who: Who,
    theme: String,
    time_zone: String,
    now: DateTime<Utc>,
    lit: Json<Vec<On>>,
    approver: bool,
    seats: Json<Vec<(PersonId, GroupId)>>,
    asked: Json<Vec<Asked>>,
    renewals: i64,
    unreviewed: i64,
    alerts: i64,
    reviews: i64,
    reviewer: bool,
}

/// A waiting request that named her when it was made.
#[derive(Deserialize)]
struct Asked {
    group: Option<GroupId>,
    made_under: ActivationRules,
    asked: escalation::Asked,
    /// Who gets it, and who asked.
    asks: [PersonId; 2],
    /// For whom it was decided.
    taken: BTreeSet<PersonId>,
    current: Option<Policy>,
}

impl Asked {
    /// Whether it is hers to decide still: the stricter of the two policies names her, or somebody she stands in for.
    fn counts(&self, person: PersonId, seats: &Seats, now: DateTime<Utc>) -> bool {
        let current = self.current.clone().unwrap_or_default().activation;
        stricter(&self.made_under, &current).approval.is_some_and(|rule| {
            let rule = rule.at(self.asked, now);
            let counting = seats.counting(person, self.group, &rule, self.asks);
            counting.iter().any(|seat| !self.taken.contains(seat))
        })
    }
}

const SQL: &str = concat!(
    "\
{could}, \
     sits as materialized (select $1::uuid as seat, id from own union all select s.person_id, up.id \
       from stand_ins s cross join lateral groups_above(s.person_id) up where s.delegate_id = $1), \
     named as materialized ({named}), \
     asking as materialized (select id, status, deadline_at, principal_id, filer_id, target_id, rules, created_at, escalated_early_at from requests \
       where rules -> 'approval' <> 'null' and named_in(rules -> 'approval') @> any (",
    naming!("(select distinct id from sits) sits"),
    ")), \
     reviewing as materialized ({reviewing}), \
     lit as (select jsonb_build_object('assignment', a.id, 'name', t.display_name, 'kind', t.kind, 'ends', a.ends_at) \
         as what, a.ends_at \
       from active_now a join things t on t.id = a.target_id and t.deleted_at is null \
       where a.principal_id = $1 and a.origin = 'activated') \
select u.id, u.display_name as name, u.user_name, coalesce(u.department, '') as department, u.theme, u.time_zone, \
  clock() as now, coalesce((select jsonb_agg(what order by ends_at) from lit), '[]') as lit, \
  exists (select from votes where approver_id = $1) \
    or exists (select from named) or exists (select from sits where seat <> $1) as approver, \
  (select jsonb_agg(jsonb_build_array(seat, id)) from sits) as seats, \
  coalesce((select jsonb_agg(jsonb_build_object('group', t.group_id, 'made_under', r.rules, 'asked', jsonb_build_object('at', r.created_at, 'early', r.escalated_early_at), \
      'asks', jsonb_build_array(r.principal_id, coalesce(r.filer_id, r.principal_id)), \
      'taken', array(select coalesce(v.for_id, v.approver_id) from votes v \
        join users b on b.id = v.approver_id and b.enabled and b.deleted_at is null where v.request_id = r.id), \
      'current', (select settings from policies p where p.target_id = t.id order by version desc limit 1))) \
    from asking r join targets t on t.id = r.target_id \
    where r.status = 'PendingApproval' and r.deadline_at > clock() and r.principal_id <> $1 \
      and r.filer_id is distinct from $1 \
      and not exists (select from votes v where v.request_id = r.id and v.approver_id = $1)), '[]') as asked, \
  (select count(*) from requests r join things t on t.id = r.target_id \
    where {hers_to_answer}) as renewals, \
  (select count(*) from glass_reviews where closed_at is null and person_id <> $1) as unreviewed, \
  case when $4 then (select count(*) from alerts a where {open_alerts}) else 0 end as alerts, \
  (select count(distinct r.id) from reviewing r where r.part = 'self' and exists ( \
      select from access_review_items i join assignments a on a.id = i.assignment_id \
        and (a.ends_at is null or a.ends_at > clock()) \
      where i.round_id = r.id and i.principal_id = $1 and i.decision is null) \
    or r.part = 'first' and exists ( \
      select from access_review_items i join assignments a on a.id = i.assignment_id \
        and (a.ends_at is null or a.ends_at > clock()) \
      where i.round_id = r.id and i.decision is null and not i.oneself \
        and i.principal_id not in (select id from own union select id from could))) as reviews, \
  exists (select from reviewing) as reviewer \
from users u where u.id = $1 and u.enabled and u.deleted_at is null"
);

/// The same text for every page of everybody, put together once.
static STATEMENT: LazyLock<String> = LazyLock::new(|| {
    SQL.replace("{hers_to_answer}", renewals::HERS_TO_ANSWER)
        .replace("{named}", NAMED_IN_FORCE)
        .replace("{could}", COULD)
        .replace("{reviewing}", REVIEWING)
        .replace("{open_alerts}", Show::Open.which())
});

/// Loads the frame.
///
/// # Errors
/// Not found: the person was disabled meanwhile. Or the database can't be reached.
pub async fn load(conn: &mut PgConnection, ctx: &Ctx) -> Result<Frame> {
    let person = ctx.person();
    let [plain, role_assignable] = renewals::managed_by_role(ctx);
    let alerts = allows(&ctx.actor, &Action::ReadAlerts);
    let row = sqlx::query_as(AssertSqlSafe(STATEMENT.as_str()))
        .bind(person.0)
        .bind(plain)
        .bind(role_assignable)
        .bind(alerts);
    let row: Option<Row> = row.fetch_optional(&mut *conn).await?;
    let row = row.ok_or_else(Error::not_found)?;
    let mut seats = Seats::default();
    row.seats.0.into_iter().for_each(|(seat, group)| seats.add(seat, group));
    let (now, lit) = (row.now, row.lit.0);
    let glass = allows(
        &ctx.actor,
        &Action::SeeReview(ReviewFacts { own: false, owner: false, role_assignable: false }),
    );
    let renewals = usize::try_from(row.renewals).unwrap_or_default();
    let waiting = row.asked.0.iter().filter(|asked| asked.counts(person, &seats, now)).count() + renewals;
    Ok(Frame {
        who: row.who,
        theme: row.theme,
        time_zone: row.time_zone,
        now,
        waiting,
        renewals,
        active: i64::try_from(lit.len()).unwrap_or(i64::MAX),
        next_end: lit.first().map(|on| on.ends),
        ending: lit.into_iter().filter(|on| on.ends - now <= LAST_CALL.delta()).collect(),
        unreviewed: if glass { row.unreviewed } else { 0 },
        reviews: row.reviews,
        alerts: row.alerts,
        may: May {
            glass,
            alerts,
            approvals: row.approver || waiting > 0,
            reviews: row.reviewer,
            people: allows(&ctx.actor, &Action::ListPeople),
            roles: allows(&ctx.actor, &Action::SeeRoles),
            audit: allows(&ctx.actor, &Action::ReadAudit),
            mail: allows(&ctx.actor, &Action::ReadMail),
            hooks: allows(&ctx.actor, &Action::ReadHooks),
            applications: allows(&ctx.actor, &Action::ReadApplications),
            import: allows(&ctx.actor, &Action::Import),
        },
    })
}

/// The database's time and the name of the person's zone, for reading a local time that she typed.
///
/// # Errors
/// Not found: the person was disabled meanwhile. Or the database can't be reached.
pub async fn clock(engine: &Engine, ctx: &Ctx) -> Result<(DateTime<Utc>, String)> {
    let mut conn = engine.pool.acquire().await?;
    clock_on(&mut conn, ctx).await
}

/// The same on a connection that is there.
pub(crate) async fn clock_on(conn: &mut PgConnection, ctx: &Ctx) -> Result<(DateTime<Utc>, String)> {
    let found = sqlx::query_as("select clock(), time_zone from users where id = $1").bind(ctx.person().0);
    found.fetch_optional(conn).await?.ok_or_else(Error::not_found)
}
