//! Takes assignments of one group or role away, one or several, at once. What rests on an eligibility ends with it: running
//! activations and open requests (product.md 4.3). All of them go in one transaction, or none.

use crate::act::assign::{self, Given};
use crate::act::update_assignment::desk_of;
use crate::ask::thing::Place;
use crate::audit::spool::surely;
use crate::audit::{self, About};
use crate::ctx::By;
use crate::db::admin_requests::{self, AdminRequest};
use crate::db::assignments::{self, AssignmentRow};
use crate::db::policies::{self, Versioned};
use crate::db::principals;
use crate::db::requests::{self, Move, RequestRow};
use crate::db::targets::{self, Hold};
use crate::desk::{self, Desk};
use crate::settle::settle;
use crate::{Ctx, Engine, Error, Result, Tx, clock, grounds, guard, ids, step_up};
use chrono::{DateTime, Utc};
use domain::activation::Status;
use domain::assignment::{EndReason, Kind, Wanted, ended};
use domain::audit::Event;
use domain::ids::{AssignmentId, PersonId, PrincipalId, RequestId, RequestKey, TargetId};
use domain::policy::{JustificationRule, evaluate};
use domain::refusal::{Code, Refusal};
use domain::target::{Access, Target};
use serde_json::json;
use sqlx::PgConnection;
use std::collections::BTreeSet;

/// Most assignments that one form removes.
pub const MAX_AT_ONCE: usize = 200;

/// What the form says.
#[derive(Clone, Debug)]
pub struct Input {
    /// The group or role that the address names.
    pub at: Place,
    /// Which.
    pub assignments: Vec<AssignmentId>,
    /// Why; the people read it.
    pub reason: String,
    /// Becomes an active owner in the same step, so that the last owner can go.
    pub successor: Option<PersonId>,
    /// Second-factor code, if making the successor an owner asks for one.
    pub code: String,
    /// Of the form.
    pub key: RequestKey,
}

/// What was taken away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Removed {
    /// Assignments that ended or never begin.
    pub assignments: usize,
    /// Activations that ended with their eligibility.
    pub activations: usize,
    /// Open requests that were closed.
    pub requests: usize,
}

/// Removes.
///
/// # Errors
/// Refused: not the actor's to manage, nothing chosen, the last owner or administrator, the successor does not fit.
pub async fn remove_assignment(engine: &Engine, ctx: &Ctx, input: Input) -> Result<Removed> {
    if input.successor.is_some() {
        // this gives as well
        return once(engine, ctx, &input).await;
    }
    surely(|| once(engine, ctx, &input)).await
}

async fn once(engine: &Engine, ctx: &Ctx, input: &Input) -> Result<Removed> {
    let mut tx = engine.begin().await?;
    let mut about = About { reason: input.reason.clone(), ..About::default() };
    let outcome = attempt(engine, &mut tx, ctx, input, &mut about).await;
    settle(engine, &ctx.by(), tx, Event::AssignmentRemoved, about, outcome).await
}

async fn attempt(
    engine: &Engine,
    tx: &mut Tx,
    ctx: &Ctx,
    input: &Input,
    about: &mut About,
) -> Result<Removed> {
    let optional = JustificationRule { required: false, min_length: 0 };
    if let Some(refusal) = evaluate::justification(optional, &input.reason) {
        return Err(refusal.into());
    }
    let (rows, mut desks) = load(tx, ctx, input, about).await?;
    // who leaves the group, and groups that lose what they are eligible for
    let groups = rows.iter().map(|row| PrincipalId(row.principal_id));
    grounds::loosen(tx, groups.chain(desks.first().and_then(Desk::as_principal))).await?;
    lock(tx, &rows, input.successor, &desks).await?;
    for desk in &mut desks {
        desk.refresh(tx, ctx, Hold::Change).await?;
    }
    let mut watches = Vec::with_capacity(desks.len());
    for desk in &desks {
        watches.push(guard::watch(tx, desk.target).await?);
    }
    let now = clock::now(tx).await?;
    let (mut removed, mut left) = (Removed::default(), Vec::new());
    let by = ctx.by();
    let how = Removal { by: &by, filer: ctx.person(), reason: &input.reason, key: input.key };
    for row in &rows {
        let Some(desk) = desks.iter().find(|desk| desk.target_id.0 == row.target_id) else { continue };
        for principal in take(tx, &how, (desk.target, &desk.policy), row, now, &mut removed).await? {
            left.extend(desk.target.member_of().map(|group| (principal, group)));
        }
    }
    let settled = grounds::settle(tx, &ctx.by(), &left, now).await?;
    removed.activations += settled.activations;
    removed.requests += settled.requests;
    if let Some(successor) = input.successor {
        name_successor(engine, tx, ctx, &desks, successor, input, now).await?;
    }
    for watch in &watches {
        watch.check(tx).await?;
    }
    Ok(removed)
}

/// The chosen rows and a desk for each target they are about.
async fn load(
    conn: &mut PgConnection,
    ctx: &Ctx,
    input: &Input,
    about: &mut About,
) -> Result<(Vec<AssignmentRow>, Vec<Desk>)> {
    let ids: BTreeSet<AssignmentId> = input.assignments.iter().copied().collect();
    if ids.is_empty() || ids.len() > MAX_AT_ONCE {
        let text = format!("Choose 1 to {MAX_AT_ONCE} assignments.");
        return Err(Refusal::new(Code::Missing, text.as_str()).at("assignment").into());
    }
    let mut rows = Vec::with_capacity(ids.len());
    let mut desks: Vec<Desk> = Vec::new();
    for id in ids {
        let row = assignments::find(conn, id).await?.ok_or_else(Error::not_found)?;
        if !desks.iter().any(|desk| desk.target_id.0 == row.target_id) {
            desks.push(desk_of(conn, ctx, &input.at, &row, about).await?);
        }
        rows.push(row);
    }
    if rows.len() > 1 {
        (about.principal, about.assignment) = (None, None);
    }
    if input.successor.is_some() && !desks.iter().any(|desk| desk.target.access() == Some(Access::Owner)) {
        desks.push(desk::open(conn, ctx, &input.at.pick(Access::Owner), about).await?);
    }
    desks.sort_by_key(|desk| desk.target_id);
    Ok((rows, desks))
}

/// How something is taken away: by whom, in whose name, why.
pub(crate) struct Removal<'a> {
    /// For the audit.
    pub(crate) by: &'a By,
    /// Who asked for it.
    pub(crate) filer: PersonId,
    /// Why; the people read it.
    pub(crate) reason: &'a str,
    /// Of the form, or of what else asks for it once.
    pub(crate) key: RequestKey,
}

/// Takes one assignment away with everything that rests on it, under all locks and guards, for whoever has the right to:
/// the caller saw to that. `unless` looks at it once more under the locks, and may say why nothing is done.
///
/// # Errors
/// Refused: the last owner or administrator. Or the database can't be reached.
pub(crate) async fn take_one(
    tx: &mut Tx,
    how: &Removal<'_>,
    row: &AssignmentRow,
    unless: impl FnOnce(&AssignmentRow, DateTime<Utc>) -> Option<&'static str>,
) -> Result<Result<Removed, &'static str>> {
    let target_id = TargetId(row.target_id);
    let target = targets::find(tx, target_id).await?.ok_or_else(Error::not_found)?;
    let groups = target.group().map(PrincipalId::from).into_iter().chain([PrincipalId(row.principal_id)]);
    grounds::loosen(tx, groups).await?;
    lock(tx, std::slice::from_ref(row), None, &[]).await?;
    targets::lock(tx, target_id, Hold::Change).await?;
    let watch = guard::watch(tx, target).await?;
    let now = clock::now(tx).await?;
    let row = assignments::find(tx, AssignmentId(row.id)).await?.ok_or_else(Error::not_found)?;
    if let Some(why) = unless(&row, now) {
        return Ok(Err(why));
    }
    let policy = policies::current(tx, target_id).await?;
    let mut removed = Removed::default();
    let left = take(tx, how, (target, &policy), &row, now, &mut removed).await?;
    let left: Vec<_> =
        left.into_iter().flat_map(|principal| target.member_of().map(|group| (principal, group))).collect();
    let settled = grounds::settle(tx, how.by, &left, now).await?;
    removed.activations += settled.activations;
    removed.requests += settled.requests;
    watch.check(tx).await?;
    Ok(Ok(removed))
}

/// Slots, then requests, then assignments, each in one order for everybody.
async fn lock(
    conn: &mut PgConnection,
    rows: &[AssignmentRow],
    successor: Option<PersonId>,
    desks: &[Desk],
) -> Result<()> {
    let mut slots: BTreeSet<(PrincipalId, TargetId)> =
        rows.iter().map(|row| (PrincipalId(row.principal_id), TargetId(row.target_id))).collect();
    let owner = desks.iter().find(|desk| desk.target.access() == Some(Access::Owner));
    if let (Some(person), Some(owner)) = (successor, owner) {
        if principals::find(conn, person.into()).await?.is_none() {
            let text = "Nobody like that is here.";
            return Err(Refusal::new(Code::UnknownReference, text).at("successor").into());
        }
        slots.insert((person.into(), owner.target_id));
    }
    for (principal, target) in slots {
        targets::lock_slot(conn, principal, target).await?;
    }
    let ids: Vec<uuid::Uuid> = rows.iter().map(|row| row.id).collect();
    sqlx::query(
        "select 1 from requests where (eligibility_id = any ($1) or extends_id = any ($1)) \
         and status in ('PendingApproval', 'Granted', 'PendingAdminDecision') order by id for update",
    )
    .bind(&ids)
    .execute(&mut *conn)
    .await?;
    sqlx::query(
        "select 1 from assignments where id = any ($1) or eligibility_id = any ($1) order by id for update",
    )
    .bind(&ids)
    .execute(conn)
    .await?;
    Ok(())
}

/// Ends one assignment and everything that rests on it, and gives who lost access by it. One that is over already is
/// passed by.
async fn take(
    conn: &mut PgConnection,
    how: &Removal<'_>,
    (target, policy): (Target, &Versioned),
    row: &AssignmentRow,
    now: DateTime<Utc>,
    removed: &mut Removed,
) -> Result<Vec<PrincipalId>> {
    let (id, principal) = (AssignmentId(row.id), PrincipalId(row.principal_id));
    if !assignments::end(conn, id, now, EndReason::Removed).await? {
        return Ok(Vec::new());
    }
    removed.assignments += 1;
    let request = AdminRequest {
        id: RequestId(ids::new()),
        action: "adminRemove",
        target: TargetId(row.target_id),
        principal,
        filer: how.filer,
        kind: row.kind()?,
        span: ended(row.span(), now),
        reason: how.reason.to_owned(),
        assignment: Some(id),
        policy_version: policy.version,
        rules: policy.policy.activation.clone(),
        key: admin_requests::key_for(how.key, row.id),
    };
    admin_requests::insert(conn, &request, now).await?;
    let about = About {
        principal: Some(principal),
        group: target.group(),
        target: Some(TargetId(row.target_id)),
        request: Some(request.id),
        assignment: Some(id),
        reason: how.reason.to_owned(),
        policy_version: Some(policy.version),
        facts: Some(json!({ "kind": row.kind, "origin": row.origin, "before": row.span(), "end": now })),
        ..About::default()
    };
    audit::done(conn, how.by, Event::AssignmentRemoved, &about).await?;
    let mut left = Vec::new();
    left.extend((row.kind()? == Kind::Active).then_some(principal));
    removed.requests += close_requests(conn, how, &about, id, now).await?;
    for activation in assignments::end_resting_on(conn, id, now, EndReason::EligibilityEnded).await? {
        removed.activations += 1;
        left.push(PrincipalId(activation.principal_id));
        let about = About {
            principal: Some(PrincipalId(activation.principal_id)),
            assignment: Some(AssignmentId(activation.id)),
            request: activation.request_id.map(RequestId),
            facts: Some(json!({ "why": EndReason::EligibilityEnded, "end": now, "eligibility": id })),
            ..about.clone()
        };
        audit::done(conn, how.by, Event::ActivationEnded, &about).await?;
    }
    Ok(left)
}

/// Closes what waits for approval or for its start and rests on what was taken away.
async fn close_requests(
    conn: &mut PgConnection,
    how: &Removal<'_>,
    removal: &About,
    assignment: AssignmentId,
    now: DateTime<Utc>,
) -> Result<usize> {
    let open: Vec<uuid::Uuid> = sqlx::query_scalar(
        "select id from requests where (eligibility_id = $1 or extends_id = $1) \
         and status in ('PendingApproval', 'Granted', 'PendingAdminDecision') order by id",
    )
    .bind(assignment.0)
    .fetch_all(&mut *conn)
    .await?;
    let why = "What it rests on was removed.";
    for id in &open {
        let id = RequestId(*id);
        let to =
            Move { status: Status::Revoked, by: how.by.person, reason: why.to_owned(), assignment: None };
        requests::update(conn, id, &to, now).await?;
        let row: Option<RequestRow> = requests::find(conn, id).await?;
        let about = About {
            principal: row.map(|row| PrincipalId(row.principal_id)).or(removal.principal),
            request: Some(id),
            facts: Some(json!({ "why": why, "removed": assignment })),
            ..removal.clone()
        };
        audit::done(conn, how.by, Event::RequestRevoked, &about).await?;
    }
    Ok(open.len())
}

/// Makes the successor an active owner for as long as the policy allows.
async fn name_successor(
    engine: &Engine,
    tx: &mut Tx,
    ctx: &Ctx,
    desks: &[Desk],
    successor: PersonId,
    input: &Input,
    now: DateTime<Utc>,
) -> Result<()> {
    let owner = desks.iter().find(|desk| desk.target.access() == Some(Access::Owner));
    let desk = owner.ok_or_else(Error::not_found)?;
    let rules = desk.policy.policy.active.length;
    let end = (!rules.permanent).then(|| now + rules.max.delta());
    let wanted = Wanted { kind: Kind::Active, start: None, end, reason: input.reason.clone() };
    let principal = principals::find(tx, successor.into()).await?.ok_or_else(Error::not_found)?;
    let moved = |refusal: Refusal| match refusal.field.as_deref() {
        Some("reason") => refusal,
        _ => refusal.at("successor"),
    };
    let span = assign::decide(tx, ctx, desk, &principal, &wanted, now)
        .await?
        .map_err(|refusals| Error::Refused(refusals.into_iter().map(moved).collect()))?;
    let proof = if assign::asks_for_code(desk, Kind::Active) {
        let subject = format!("{}:{}", desk.target_id, successor);
        step_up::demand(engine, tx, ctx, &input.code, step_up::ASSIGN, &[subject], now).await?.pop()
    } else {
        None
    };
    let given = Given { principal: successor.into(), kind: Kind::Active, span, reason: &input.reason, proof };
    assign::write(tx, ctx, desk, &given, input.key, now)
        .await?
        .map(drop)
        .map_err(|refusal| refusal.at("successor").into())
}
