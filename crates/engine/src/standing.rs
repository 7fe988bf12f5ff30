//! Loads what the rules must know of a person and a target ([`domain::activation::Standing`]), in few statements.

use crate::db::{groups, policies, targets, users};
use crate::{Error, Result, approvers};
use chrono::{DateTime, TimeDelta, Utc};
use domain::activation::{Eligibility, Standing};
use domain::approval;
use domain::ids::{AssignmentId, GroupId, PersonId, RequestId, TargetId};
use domain::span::Span;
use domain::target::Target;
use sqlx::PgConnection;
use std::collections::BTreeSet;
use uuid::Uuid;

/// The standing of a person towards a target, with what else a use case needs from the same look.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// For the rules.
    pub standing: Standing,
    /// What it is about.
    pub target: Target,
    /// The group.
    pub group: groups::GroupRow,
    /// The policy in force.
    pub policy: policies::Versioned,
    /// Everybody who can approve for this person.
    pub able: BTreeSet<PersonId>,
    /// The activation that runs.
    pub running: Option<AssignmentId>,
}

#[derive(sqlx::FromRow)]
struct Held {
    id: Uuid,
    kind: String,
    origin: String,
    starts_at: DateTime<Utc>,
    ends_at: Option<DateTime<Utc>>,
}

/// Loads at `now`. The slot must be locked when something is decided by it; `filer` asked or would ask; `but` is the
/// request that is being decided and must not stand in its own way.
///
/// # Errors
/// Not found: the target is no group's, or its group is unknown or deleted. Or the database can't be reached.
pub async fn load(
    conn: &mut PgConnection,
    person: PersonId,
    filer: PersonId,
    target_id: TargetId,
    but: Option<RequestId>,
    now: DateTime<Utc>,
) -> Result<Loaded> {
    let target = targets::find(conn, target_id).await?.ok_or_else(Error::not_found)?;
    let group_id = target.group().ok_or_else(Error::not_found)?;
    let group = groups::find(conn, group_id).await?.ok_or_else(Error::not_found)?;
    let user = users::find(conn, person).await?.ok_or_else(Error::not_found)?;
    let policy = policies::current(conn, target_id).await?;
    let held = held(conn, person, target_id, now).await?;
    let open = open(conn, person, target_id, but).await?;
    let able = match &policy.policy.activation.approval {
        None => BTreeSet::new(),
        Some(rule) => {
            let named = approval::countable(&rule.approvers, target);
            approval::able(&approvers::resolve(conn, &named).await?, person, filer)
        }
    };
    let running = held.iter().find(|h| h.origin == "activated" && span(h).contains(now));
    let standing = Standing {
        person: user.person(),
        group_open: group.managed_at.is_some() && group.deleted_at.is_none(),
        eligibilities: held
            .iter()
            .filter(|h| h.kind == "eligible")
            .map(|h| Eligibility { id: AssignmentId(h.id), span: span(h) })
            .collect(),
        running: running.map(span),
        planned: open.planned,
        waiting_since: open.waiting_since,
        open_requests: open.all,
        rules: policy.policy.activation.clone(),
        approvers_able: able.len(),
        group_name: group.display_name.clone(),
        owner_names: owner_names(
            conn,
            group_id,
            policy.policy.activation.approval.is_some() && able.is_empty(),
        )
        .await?,
    };
    let running = running.map(|h| AssignmentId(h.id));
    Ok(Loaded { standing, target, group, policy, able, running })
}

/// Holds people and policy still while something about them is decided: nobody is disabled and no policy saved until
/// this transaction ends. Comes after slot, request and assignment in the lock order.
///
/// # Errors
/// The database can't be reached.
pub async fn hold(conn: &mut PgConnection, people: &[PersonId], target: TargetId) -> Result<()> {
    let people: Vec<Uuid> = people.iter().map(|person| person.0).collect();
    sqlx::query(
        "with people as (select 1 from users where id = any ($1) order by id for share), \
              policy as (select 1 from targets where id = $2 for share) \
         select (select count(*) from people), (select count(*) from policy)",
    )
    .bind(&people)
    .bind(target.0)
    .execute(conn)
    .await?;
    Ok(())
}

/// Owners are only read when a sentence will name them.
async fn owner_names(conn: &mut PgConnection, group: GroupId, needed: bool) -> Result<Vec<String>> {
    if needed { groups::owner_names(conn, group).await } else { Ok(Vec::new()) }
}

fn span(held: &Held) -> Span {
    Span { start: held.starts_at, end: held.ends_at }
}

/// Assignments of the person for the target that are not over, and eligibilities that ended in the last 30 days.
async fn held(
    conn: &mut PgConnection,
    person: PersonId,
    target: TargetId,
    now: DateTime<Utc>,
) -> Result<Vec<Held>> {
    let rows = sqlx::query_as(
        "select id, kind, origin, starts_at, ends_at from assignments \
         where principal_id = $1 and target_id = $2 and (ends_at is null or ends_at > $3)",
    )
    .bind(person.0)
    .bind(target.0)
    .bind(now - TimeDelta::days(30))
    .fetch_all(conn)
    .await?;
    Ok(rows)
}

struct Open {
    planned: Vec<Span>,
    waiting_since: Option<DateTime<Utc>>,
    all: usize,
}

/// Open requests of the person: for the target what they are, for all others how many.
async fn open(
    conn: &mut PgConnection,
    person: PersonId,
    target: TargetId,
    but: Option<RequestId>,
) -> Result<Open> {
    #[derive(sqlx::FromRow)]
    struct Row {
        here: bool,
        status: String,
        asked_start: Option<DateTime<Utc>>,
        asked_minutes: Option<i32>,
        created_at: DateTime<Utc>,
    }
    let rows: Vec<Row> = sqlx::query_as(
        "select target_id = $2 as here, status, asked_start, asked_minutes, created_at from requests \
         where principal_id = $1 and status in ('PendingApproval', 'Granted') \
         and id is distinct from $3",
    )
    .bind(person.0)
    .bind(target.0)
    .bind(but.map(|id| id.0))
    .fetch_all(conn)
    .await?;
    let here = || rows.iter().filter(|row| row.here);
    let planned = here()
        .filter(|row| row.status == "Granted")
        .filter_map(|row| {
            Some(Span::lasting(row.asked_start?, TimeDelta::minutes(i64::from(row.asked_minutes?))))
        })
        .collect();
    let waiting_since = here().find(|row| row.status == "PendingApproval").map(|row| row.created_at);
    Ok(Open { planned, waiting_since, all: rows.len() })
}
