//! The policy form: what holds now, every saved version, and what a change would do before it is saved.

mod past;

use crate::act::set_policy;
use crate::approvers::{self, Named};
use crate::ask::at_a_glance;
use crate::ask::group_header::{self, Header};
use crate::ask::thing::{Pick, Place};
use crate::audit::About;
use crate::db::policies::{self, Versioned};
use crate::db::targets;
use crate::subject::Subject;
use crate::{Ctx, Engine, Error, Result, circle, desk};
use chrono::{DateTime, Utc};
use domain::approval;
use domain::authz::Action;
use domain::ids::TargetId;
use domain::policy::change::{self, Change, Setting};
use domain::policy::notifications::{Audience, Notifications};
use domain::policy::rehearsal::{Rehearsal, rehearse};
use domain::policy::{ApprovalRule, Approver, Policy};
use domain::refusal::Refusal;
use domain::target::{Access, Target, TargetKind};
use sqlx::PgConnection;
use std::collections::BTreeMap;

/// The page.
#[derive(Clone, Debug)]
pub struct PolicyForm {
    /// Above the tabs.
    pub header: Header,
    /// Becoming a member or an owner, or holding the role.
    pub kind: TargetKind,
    /// In force.
    pub current: Versioned,
    /// Approvers of it, with names.
    pub approvers: Vec<Named>,
    /// Those who may decide later too.
    pub later: Vec<Named>,
    /// How many people the columns of the matrix of mails mean.
    pub audience: Audience,
    /// Newest first; the last 50.
    pub versions: Vec<Version>,
    /// All of it in words.
    pub settings: Vec<Setting>,
    /// What it leaves open.
    pub warnings: Vec<&'static str>,
    /// Why nobody can approve now, if that is so.
    pub gap: Option<String>,
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
pub async fn policy_form(engine: &Engine, ctx: &Ctx, place: &Place, access: Access) -> Result<PolicyForm> {
    let mut conn = engine.pool.acquire().await?;
    let (subject, header) = group_header::load_any(&mut conn, ctx, place, Action::InspectAccess).await?;
    let (of, target) = managed_target(&mut conn, &subject, access).await?;
    let current = policies::current(&mut conn, target).await?;
    let approvers = approvers::names(&mut conn, &first(&current.policy)).await?;
    let later = approvers::names(&mut conn, &later(&current.policy)).await?;
    let audience = audience(&mut conn, &current.policy, of, target).await?;
    let versions = sqlx::query_as(
        "select p.version, p.saved_at, u.display_name as saved_by, p.reason from policies p \
         left join users u on u.id = p.saved_by where p.target_id = $1 order by p.version desc limit 50",
    )
    .bind(target.0)
    .fetch_all(&mut *conn)
    .await?;
    let warnings = change::warnings(&current.policy, subject.role_assignable());
    let settings = in_words(&mut conn, &current.policy).await?;
    let gap = at_a_glance::gap(&mut conn, of, target, &current.policy).await?;
    let kind = of.kind();
    Ok(PolicyForm { header, kind, current, approvers, later, audience, versions, settings, warnings, gap })
}

/// The target that has the policy, while its group is managed.
async fn managed_target(
    conn: &mut PgConnection,
    subject: &Subject,
    access: Access,
) -> Result<(Target, TargetId)> {
    let target = subject.target(subject.kind(access)).filter(|_| subject.managed());
    let target = target.ok_or_else(Error::not_found)?;
    Ok((target, targets::ensure(conn, target).await?))
}

/// Everybody whom a policy names as approver.
pub fn named(policy: &Policy) -> Vec<Approver> {
    policy.activation.approval.as_ref().map(ApprovalRule::everybody).unwrap_or_default()
}

fn first(policy: &Policy) -> Vec<Approver> {
    policy.activation.approval.as_ref().map(|rule| rule.approvers.clone()).unwrap_or_default()
}

fn later(policy: &Policy) -> Vec<Approver> {
    let second = policy.activation.approval.as_ref().and_then(|rule| rule.escalation.as_ref());
    second.map(|second| second.approvers.clone()).unwrap_or_default()
}

/// The policy in force, for whoever may change it.
///
/// # Errors
/// Unknown or not for this person, alike.
pub async fn in_force(engine: &Engine, ctx: &Ctx, pick: &Pick) -> Result<Policy> {
    let mut conn = engine.pool.acquire().await?;
    Ok(desk::open(&mut conn, ctx, pick, &mut About::default()).await?.policy.policy)
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
    /// Names of those who might decide later too.
    pub later: Vec<Named>,
    /// Who has an eligibility now.
    pub eligible: i64,
    /// Activations that run and keep their end.
    pub running: i64,
    /// Requests that wait and are judged by the stricter of both versions.
    pub waiting: i64,
    /// People who could approve under the old and the new version.
    pub able: (usize, usize),
    /// How many people the columns of the matrix of mails mean under the new version.
    pub audience: Audience,
    /// The matrix of the new version.
    pub notifications: Notifications,
    /// What the draft would have made of the requests of the last 90 days.
    pub rehearsal: Rehearsal,
    /// When somebody saved meanwhile: every setting before, theirs and yours, where they differ.
    pub meanwhile: Vec<Three>,
}

/// One setting in three versions.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Three {
    /// What it is called.
    pub setting: &'static str,
    /// What it said when the form was made.
    pub before: String,
    /// What it says now.
    pub theirs: String,
    /// What the form says.
    pub yours: String,
}

/// Shows a manager what saving `policy` would do.
///
/// # Errors
/// Unknown or not for this person, alike.
pub async fn preview(
    engine: &Engine,
    ctx: &Ctx,
    pick: &Pick,
    policy: &Policy,
    based_on: i32,
    reason: &str,
) -> Result<Preview> {
    let mut conn = engine.pool.acquire().await?;
    let desk = desk::open(&mut conn, ctx, pick, &mut About::default()).await?;
    let old = &desk.policy.policy;
    let hidden = set_policy::hidden(&mut conn, ctx, &desk, &named(policy)).await?;
    let mut shown = policy.clone();
    if let Some(rule) = &mut shown.activation.approval {
        let seen = |approver: &Approver| approver.group().is_none_or(|group| !hidden.contains(&group));
        rule.approvers.retain(seen);
        if let Some(second) = &mut rule.escalation {
            second.approvers.retain(seen);
        }
    }
    let approvers = approvers::names(&mut conn, &first(&shown)).await?;
    let later = approvers::names(&mut conn, &later(&shown)).await?;
    let changes = changes(&mut conn, old, &shown).await?;
    let (eligible, running, waiting) = affected(&mut conn, desk.target_id).await?;
    let audience = audience(&mut conn, policy, desk.target, desk.target_id).await?;
    let able = (able(&mut conn, old, desk.target).await?, audience.approvers);
    let rehearsal = rehearse(&past::load(&mut conn, desk.target_id).await?, &policy.activation);
    let refusals = set_policy::judge(&mut conn, ctx, &desk, policy, reason).await?;
    let warnings = change::warnings(policy, desk.subject.role_assignable());
    let meanwhile = meanwhile(&mut conn, &desk, policy, based_on).await?;
    Ok(Preview {
        changes,
        warnings,
        refusals,
        approvers,
        later,
        eligible,
        running,
        waiting,
        able,
        audience,
        notifications: policy.notifications.clone(),
        rehearsal,
        meanwhile,
    })
}

async fn meanwhile(
    conn: &mut PgConnection,
    desk: &desk::Desk,
    yours: &Policy,
    based_on: i32,
) -> Result<Vec<Three>> {
    if based_on == desk.policy.version {
        return Ok(Vec::new());
    }
    let Some(before) = policies::version(conn, desk.target_id, based_on).await? else {
        return Ok(Vec::new());
    };
    let before = in_words(conn, &before).await?;
    let theirs = in_words(conn, &desk.policy.policy).await?;
    let yours = in_words(conn, yours).await?;
    let rows = before.into_iter().zip(theirs).zip(yours).map(|(((setting, before), theirs), yours)| Three {
        setting,
        before,
        theirs: theirs.1,
        yours: yours.1,
    });
    Ok(rows.filter(|row| row.before != row.theirs || row.before != row.yours).collect())
}

/// All settings of a policy, with the names of its approvers.
///
/// # Errors
/// The database can't be reached.
async fn in_words(conn: &mut PgConnection, policy: &Policy) -> Result<Vec<Setting>> {
    let names = names(conn, &named(policy)).await?;
    Ok(change::settings(policy, &|approver| names.get(&approver).cloned().unwrap_or_default()))
}

async fn names(conn: &mut PgConnection, named: &[Approver]) -> Result<BTreeMap<Approver, String>> {
    Ok(approvers::names(conn, named).await?.into_iter().map(|named| (named.approver, named.name)).collect())
}

/// Differences with the names of approvers in them.
///
/// # Errors
/// The database can't be reached.
pub async fn changes(conn: &mut PgConnection, old: &Policy, new: &Policy) -> Result<Vec<Change>> {
    let mut all = named(old);
    all.extend(named(new));
    let names = names(conn, &all).await?;
    Ok(change::changes(old, new, &|approver| names.get(&approver).cloned().unwrap_or_default()))
}

async fn able(conn: &mut PgConnection, policy: &Policy, target: Target) -> Result<usize> {
    let countable = approval::countable(&first(policy), target.group());
    Ok(approvers::resolve(conn, &countable, target.group()).await?.len())
}

async fn audience(
    conn: &mut PgConnection,
    policy: &Policy,
    target: Target,
    id: TargetId,
) -> Result<Audience> {
    Ok(Audience {
        approvers: able(conn, policy, target).await?,
        deciders: circle::deciders_of_renewals(conn, id).await?.len(),
        admins: circle::admins(conn, id).await?.len(),
    })
}

async fn affected(conn: &mut PgConnection, target: TargetId) -> Result<(i64, i64, i64)> {
    let counts = sqlx::query_as(
        "select (select count(distinct principal_id) from assignments where target_id = $1 and kind = 'eligible' \
             and (ends_at is null or ends_at > greatest(clock(), starts_at))), \
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
    /// Becoming a member or an owner, or holding the role.
    pub kind: TargetKind,
    /// When and by whom.
    pub version: Version,
    /// What it said.
    pub policy: Policy,
    /// All of it in words.
    pub settings: Vec<Setting>,
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
    place: &Place,
    access: Access,
    number: i32,
) -> Result<VersionPage> {
    let mut conn = engine.pool.acquire().await?;
    let (subject, header) = group_header::load_any(&mut conn, ctx, place, Action::InspectAccess).await?;
    let (of, target) = managed_target(&mut conn, &subject, access).await?;
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
    let settings = in_words(&mut conn, &policy).await?;
    Ok(VersionPage {
        header,
        kind: of.kind(),
        version,
        policy,
        settings,
        changed,
        since,
        current: current.version,
    })
}

/// The approvers that the ids of a picker mean.
///
/// # Errors
/// The database can't be reached.
pub async fn approvers(engine: &Engine, ids: &[uuid::Uuid]) -> Result<Vec<Approver>> {
    let mut conn = engine.pool.acquire().await?;
    approvers::of_ids(&mut conn, ids).await
}
