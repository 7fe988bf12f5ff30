//! Loads what the rules must know of a person and a target ([`domain::activation::Standing`]), in few statements.

mod look;

use self::look::{Held, Look, OfGroup, Open};
use crate::db::requests::{self, RequestRow};
use crate::db::{groups, policies, targets};
use crate::grounds::Ways;
use crate::{Error, Result, approvers, nesting};
use chrono::{DateTime, Utc};
use domain::activation::{Before, Eligibility, Ground, Standing};
use domain::approval;
use domain::effective::{self, Path};
use domain::ids::{AssignmentId, GroupId, PersonId, RequestId, RequestKey, TargetId};
use domain::target::Target;
use sqlx::PgConnection;
use std::collections::BTreeMap;
use uuid::Uuid;

/// The standing of a person towards a target, with what else a use case needs from the same look.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// For the rules.
    pub standing: Standing,
    /// What it is about.
    pub target: Target,
    /// The policy in force.
    pub policy: policies::Versioned,
    /// The activation that runs.
    pub running: Option<AssignmentId>,
    /// How she lies in the groups through which she is eligible.
    pub paths: BTreeMap<GroupId, Path>,
    /// Groups she lies in are eligible that did not count, because they are not held.
    pub more_ways: bool,
}

/// Loads at `now`. The slot must be locked when something is decided by it; `filer` asked or would ask; `but` is the
/// request that is being decided and must not stand in its own way. Whoever grants counts only the `ways` it holds.
///
/// # Errors
/// Not found: the target is unknown, or its group is deleted. Or the database can't be reached.
pub async fn load(
    conn: &mut PgConnection,
    person: PersonId,
    filer: PersonId,
    target_id: TargetId,
    but: Option<RequestId>,
    now: DateTime<Utc>,
    ways: Option<&Ways>,
) -> Result<Loaded> {
    let look = look::look(conn, person, target_id, but, None).await?.ok_or_else(Error::not_found)?;
    weigh(conn, look, filer, now, ways).await
}

/// What a form asks for.
pub enum Asking {
    /// Something new, at this time, in this standing.
    New(DateTime<Utc>, Box<Loaded>),
    /// What was asked with the same form before.
    Again(Box<RequestRow>),
}

/// Reads the clock and loads for `person`, for whom `filer` asks with a form, in one statement: the one after the locks.
///
/// # Errors
/// As [`load`].
pub async fn load_asked(
    conn: &mut PgConnection,
    person: PersonId,
    filer: PersonId,
    target_id: TargetId,
    key: RequestKey,
    ways: &Ways,
) -> Result<Asking> {
    let look = look::look(conn, person, target_id, None, Some((filer, key))).await?;
    if look.as_ref().is_none_or(|look| look.first.is_some())
        && let Some(first) = requests::find_by_key(conn, filer, key).await?
    {
        return Ok(Asking::Again(Box::new(first)));
    }
    let look = look.ok_or_else(Error::not_found)?;
    let now = look.now;
    Ok(Asking::New(now, Box::new(weigh(conn, look, filer, now, Some(ways)).await?)))
}

async fn weigh(
    conn: &mut PgConnection,
    look: Look,
    filer: PersonId,
    now: DateTime<Utc>,
    ways: Option<&Ways>,
) -> Result<Loaded> {
    let Look { target_id, target, name, open, user, user_name, policy, held, through, asked, .. } = look;
    let person = user.id;
    let (able, barred) = match &policy.policy.activation.approval {
        None => (0, 0),
        Some(rule) => {
            // also those who may decide later: it need not wait in vain
            let named = approval::countable(&rule.everybody(), target.group());
            let found = approvers::resolve(conn, &named, target.group()).await?;
            let decide = approval::able(&found, person, filer);
            let stand_ins = approvers::stand_ins(conn, [person, filer]).await?;
            let able = approval::may_approve(&decide, [person, filer], &stand_ins).len();
            (able, decide.len() - able)
        }
    };
    let running = held.iter().find(|h| h.origin == "activated" && h.span().contains(now));
    let held_still = |of: &OfGroup| ways.is_none_or(|ways| ways.holds(GroupId(of.group)));
    let (through, missed): (Vec<_>, Vec<_>) = through.into_iter().partition(held_still);
    let paths = paths(conn, person, &through, ways).await?;
    let mut eligibilities: Vec<Eligibility> =
        held.iter().filter(|h| h.kind == "eligible").map(|h| h.eligibility(None)).collect();
    eligibilities.extend(through.iter().filter_map(|of| of.eligibility(&paths)));
    let before = if eligibilities.is_empty() { before(conn, person, target_id).await? } else { Vec::new() };
    let standing = Standing {
        person: user,
        asked_for: (filer != person).then_some(user_name),
        group_open: open,
        eligibilities,
        before,
        running: running.map(Held::span),
        planned: asked.iter().filter_map(Open::planned).collect(),
        waiting_since: asked.iter().find_map(Open::waiting_since),
        open_requests: asked.len(),
        rules: policy.policy.activation.clone(),
        approvers_able: able,
        approvers_barred: barred,
        group_name: name,
        owner_names: owner_names(
            conn,
            target.group(),
            policy.policy.activation.approval.is_some() && able == 0,
        )
        .await?,
    };
    let running = running.map(|h| AssignmentId(h.id));
    Ok(Loaded { standing, target, policy, running, paths, more_ways: !missed.is_empty() })
}

impl Held {
    fn eligibility(&self, through: Option<GroupId>) -> Eligibility {
        Eligibility { ground: Ground { eligibility: AssignmentId(self.id), through }, span: self.span() }
    }
}

impl OfGroup {
    /// As long as she is known to be in the group.
    fn eligibility(&self, paths: &BTreeMap<GroupId, Path>) -> Option<Eligibility> {
        let group = GroupId(self.group);
        let path = paths.get(&group)?;
        let whole = self.held.eligibility(Some(group));
        Some(Eligibility { span: path.until.map_or(whole.span, |until| whole.span.cut(until)), ..whole })
    }
}

/// How she lies in the groups that are eligible, by what is held still if anything has to be.
async fn paths(
    conn: &mut PgConnection,
    person: PersonId,
    through: &[OfGroup],
    ways: Option<&Ways>,
) -> Result<BTreeMap<GroupId, Path>> {
    if through.is_empty() {
        return Ok(BTreeMap::new());
    }
    let mut edges = nesting::of_people(conn, &[person]).await?.remove(&person).unwrap_or_default();
    edges.retain(|edge| ways.is_none_or(|ways| ways.holds(edge.group)));
    let mut paths = effective::lasting(person.into(), &edges);
    paths.retain(|group, _| through.iter().any(|of| of.group == group.0));
    Ok(paths)
}

/// Groups that she may switch on and then would be eligible through.
async fn before(conn: &mut PgConnection, person: PersonId, target: TargetId) -> Result<Vec<Before>> {
    let rows: Vec<(String, String)> = sqlx::query_as(
        "select distinct g.key, g.display_name from assignments own \
         join targets t on t.id = own.target_id and t.kind = 'member' \
         join groups g on g.id = t.group_id and g.deleted_at is null and g.managed_at is not null \
         cross join lateral groups_above(g.id) up \
         join assignments e on e.principal_id = up.id and e.target_id = $2 and e.kind = 'eligible' \
           and e.starts_at <= clock() and (e.ends_at is null or e.ends_at > greatest(clock(), e.starts_at)) \
         where own.principal_id = $1 and own.kind = 'eligible' and own.starts_at <= clock() \
           and (own.ends_at is null or own.ends_at > greatest(clock(), own.starts_at)) order by g.display_name, g.key",
    )
    .bind(person.0)
    .bind(target.0)
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|(key, name)| Before { key, name }).collect())
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

/// Takes the slot of a person and then holds her and the policy, in that order, in one statement: the way in of whoever
/// locks no request and no assignment. Read the clock in the next statement. What is unknown is not locked, and
/// [`load`] does not find it either.
///
/// # Errors
/// The database can't be reached.
pub async fn enter(conn: &mut PgConnection, person: PersonId, target: TargetId) -> Result<()> {
    // each part begins when the one before has its lock
    let enter = "with slot as (select 1 from slots where principal_id = $1 and target_id = $2 for update), \
           person as (select 1 from users where id = $1 and exists (select from slot) for share), \
           policy as (select 1 from targets where id = $2 and exists (select from person) for share) \
         select exists (select from policy)";
    let entered: bool = sqlx::query_scalar(enter).bind(person.0).bind(target.0).fetch_one(&mut *conn).await?;
    if !entered {
        targets::make_slot(conn, person.into(), target).await?;
        sqlx::query(enter).bind(person.0).bind(target.0).execute(conn).await?;
    }
    Ok(())
}

/// Owners are only read when a sentence will name them.
async fn owner_names(conn: &mut PgConnection, group: Option<GroupId>, needed: bool) -> Result<Vec<String>> {
    match group.filter(|_| needed) {
        Some(group) => groups::owner_names(conn, group).await,
        None => Ok(Vec::new()),
    }
}
