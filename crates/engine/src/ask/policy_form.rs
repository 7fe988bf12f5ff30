//! The policy form: what holds now, every saved version, and what a change would do before it is saved.

use crate::act::set_policy;
use crate::approvers::{self, Named};
use crate::ask::group_header::{self, Header};
use crate::audit::About;
use crate::db::policies::{self, Versioned};
use crate::db::targets;
use crate::{Ctx, Engine, Error, Result, desk};
use chrono::{DateTime, Utc};
use domain::approval;
use domain::authz::Action;
use domain::ids::TargetId;
use domain::policy::change::{self, Change};
use domain::policy::{Approver, Policy};
use domain::refusal::Refusal;
use domain::target::{Access, Target};
use sqlx::PgConnection;
use std::collections::BTreeMap;

/// The page.
#[derive(Clone, Debug)]
pub struct PolicyForm {
    /// Above the tabs.
    pub header: Header,
    /// Becoming a member or an owner.
    pub access: Access,
    /// In force.
    pub current: Versioned,
    /// Approvers of it, with names.
    pub approvers: Vec<Named>,
    /// Newest first; the last 50.
    pub versions: Vec<Version>,
    /// What it leaves open.
    pub warnings: Vec<&'static str>,
}

/// When a version was saved, and by whom.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Version {
    /// Which.
    pub version: i32,
    /// When.
    pub saved_at: DateTime<Utc>,
    /// Who; `None` is the system.
    pub saved_by: Option<String>,
    /// Why.
    pub reason: String,
}

/// Loads the page for whoever may see the policy.
///
/// # Errors
/// Unknown or not for this person, alike.
pub async fn policy_form(engine: &Engine, ctx: &Ctx, key: &str, access: Access) -> Result<PolicyForm> {
    let mut conn = engine.pool.acquire().await?;
    let (group, header) = group_header::load(&mut conn, ctx, key, Action::InspectAccess).await?;
    if group.managed_at.is_none() {
        return Err(Error::not_found());
    }
    let target = targets::ensure(&mut conn, Target::of(group.group_id(), access)).await?;
    let current = policies::current(&mut conn, target).await?;
    let approvers = approvers::names(&mut conn, &named(&current.policy)).await?;
    let versions = sqlx::query_as(
        "select p.version, p.saved_at, u.display_name as saved_by, p.reason from policies p \
         left join users u on u.id = p.saved_by where p.target_id = $1 order by p.version desc limit 50",
    )
    .bind(target.0)
    .fetch_all(&mut *conn)
    .await?;
    let warnings = change::warnings(&current.policy, group.role_assignable);
    Ok(PolicyForm { header, access, current, approvers, versions, warnings })
}

/// The approvers that a policy names.
pub fn named(policy: &Policy) -> Vec<Approver> {
    policy.activation.approval.as_ref().map(|rule| rule.approvers.clone()).unwrap_or_default()
}

/// What saving would do.
#[derive(Clone, Debug)]
pub struct Preview {
    /// In the order of the form.
    pub changes: Vec<Change>,
    /// What it would leave open.
    pub warnings: Vec<&'static str>,
    /// What stands against saving it.
    pub refusals: Vec<Refusal>,
    /// Names of the new approvers.
    pub approvers: Vec<Named>,
    /// Who has an eligibility now.
    pub eligible: i64,
    /// Activations that run and keep their end.
    pub running: i64,
    /// Requests that wait and are judged by the stricter of both versions.
    pub waiting: i64,
    /// People who could approve under the old and the new version.
    pub able: (usize, usize),
}

/// Shows a manager what saving `policy` would do.
///
/// # Errors
/// Unknown or not for this person, alike.
pub async fn preview(
    engine: &Engine,
    ctx: &Ctx,
    key: &str,
    access: Access,
    policy: &Policy,
    reason: &str,
) -> Result<Preview> {
    let mut conn = engine.pool.acquire().await?;
    let desk = desk::open(&mut conn, ctx, key, access, &mut About::default()).await?;
    let old = &desk.policy.policy;
    let approvers = approvers::names(&mut conn, &named(policy)).await?;
    let changes = changes(&mut conn, old, policy).await?;
    let (eligible, running, waiting) = affected(&mut conn, desk.target_id).await?;
    let able = (able(&mut conn, old, desk.target).await?, able(&mut conn, policy, desk.target).await?);
    let refusals = set_policy::judge(&mut conn, &desk, policy, reason).await?;
    let warnings = change::warnings(policy, desk.group.role_assignable);
    Ok(Preview { changes, warnings, refusals, approvers, eligible, running, waiting, able })
}

/// Differences with the names of approvers in them.
///
/// # Errors
/// The database can't be reached.
pub async fn changes(conn: &mut PgConnection, old: &Policy, new: &Policy) -> Result<Vec<Change>> {
    let mut all = named(old);
    all.extend(named(new));
    let names: BTreeMap<Approver, String> =
        approvers::names(conn, &all).await?.into_iter().map(|named| (named.approver, named.name)).collect();
    Ok(change::changes(old, new, &|approver| names.get(&approver).cloned().unwrap_or_default()))
}

async fn able(conn: &mut PgConnection, policy: &Policy, target: Target) -> Result<usize> {
    let countable = approval::countable(&named(policy), target);
    Ok(approvers::resolve(conn, &countable).await?.len())
}

async fn affected(conn: &mut PgConnection, target: TargetId) -> Result<(i64, i64, i64)> {
    let counts = sqlx::query_as(
        "select (select count(distinct principal_id) from assignments where target_id = $1 and kind = 'eligible' \
             and (ends_at is null or ends_at > clock())), \
           (select count(*) from active_now where target_id = $1 and origin = 'activated'), \
           (select count(*) from requests where target_id = $1 and status = 'PendingApproval')",
    )
    .bind(target.0)
    .fetch_one(conn)
    .await?;
    Ok(counts)
}

/// One saved version beside the one before it and the one in force.
#[derive(Clone, Debug)]
pub struct VersionPage {
    /// Above the tabs.
    pub header: Header,
    /// Becoming a member or an owner.
    pub access: Access,
    /// When and by whom.
    pub version: Version,
    /// What it said.
    pub policy: Policy,
    /// Names of its approvers.
    pub approvers: Vec<Named>,
    /// What it changed.
    pub changed: Vec<Change>,
    /// What restoring it would change now.
    pub since: Vec<Change>,
    /// In force now.
    pub current: i32,
}

/// Loads one version for whoever may see the policy.
///
/// # Errors
/// Unknown or not for this person, alike.
pub async fn version(
    engine: &Engine,
    ctx: &Ctx,
    key: &str,
    access: Access,
    number: i32,
) -> Result<VersionPage> {
    let mut conn = engine.pool.acquire().await?;
    let (group, header) = group_header::load(&mut conn, ctx, key, Action::InspectAccess).await?;
    if group.managed_at.is_none() {
        return Err(Error::not_found());
    }
    let target = targets::ensure(&mut conn, Target::of(group.group_id(), access)).await?;
    let version: Version = sqlx::query_as(
        "select p.version, p.saved_at, u.display_name as saved_by, p.reason from policies p \
         left join users u on u.id = p.saved_by where p.target_id = $1 and p.version = $2",
    )
    .bind(target.0)
    .bind(number)
    .fetch_optional(&mut *conn)
    .await?
    .ok_or_else(Error::not_found)?;
    let policy = policies::version(&mut conn, target, number).await?.ok_or_else(Error::not_found)?;
    let before = policies::version(&mut conn, target, number - 1).await?;
    let current = policies::current(&mut conn, target).await?;
    let changed = match before {
        Some(before) => changes(&mut conn, &before, &policy).await?,
        None => Vec::new(),
    };
    let since = changes(&mut conn, &current.policy, &policy).await?;
    let approvers = approvers::names(&mut conn, &named(&policy)).await?;
    Ok(VersionPage { header, access, version, policy, approvers, changed, since, current: current.version })
}
