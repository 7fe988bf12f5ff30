//! Sets another window on an assignment that is not over. Activations that rest on it are cut where it now ends.

use crate::act::assign::{duplicate, held, is_duplicate, is_own};
use crate::ask::thing::{Pick, Place};
use crate::audit::{self, About};
use crate::db::admin_requests::{self, AdminRequest};
use crate::db::assignments::{self, AssignmentRow};
use crate::db::principals;
use crate::db::targets::{self, Hold};
use crate::desk::{self, Desk};
use crate::grounds::{self, Left};
use crate::settle::settle;
use crate::{Ctx, Engine, Error, Result, Tx, clock, guard, ids, step_up};
use chrono::{DateTime, Utc};
use domain::assignment::{self, Kind, Wanted};
use domain::audit::Event;
use domain::ids::{AssignmentId, PrincipalId, RequestId, RequestKey};
use domain::refusal::{Code, Refusal};
use domain::span::Span;
use serde_json::json;
use sqlx::PgConnection;

/// What the form says.
#[derive(Clone, Debug)]
pub struct Input {
    /// The group or role that the address names.
    pub at: Place,
    /// Which.
    pub assignment: AssignmentId,
    /// Another start, for one that has not begun.
    pub start: Option<DateTime<Utc>>,
    /// Another end; `None` is no end.
    pub end: Option<DateTime<Utc>>,
    /// Why.
    pub reason: String,
    /// Second-factor code, if one was asked.
    pub code: String,
    /// Of the form.
    pub key: RequestKey,
}

/// Changes the window and gives the new one.
///
/// # Errors
/// Refused: not the actor's to manage, over already, beyond the policy, nothing changed, the code.
pub async fn update_assignment(engine: &Engine, ctx: &Ctx, input: Input) -> Result<Span> {
    let mut tx = engine.begin().await?;
    let mut about = About { reason: input.reason.clone(), ..About::default() };
    let outcome = attempt(engine, &mut tx, ctx, &input, &mut about).await;
    settle(engine, &ctx.by(), tx, Event::AssignmentUpdated, about, outcome).await
}

async fn attempt(engine: &Engine, tx: &mut Tx, ctx: &Ctx, input: &Input, about: &mut About) -> Result<Span> {
    let row = assignments::find(tx, input.assignment).await?.ok_or_else(Error::not_found)?;
    let mut desk = desk_of(tx, ctx, &input.at, &row, about).await?;
    let principal = PrincipalId(row.principal_id);
    grounds::loosen(tx, desk.as_principal().into_iter().chain([principal])).await?;
    targets::lock_slot(tx, principal, desk.target_id).await?;
    let row = assignments::lock(tx, input.assignment).await?.ok_or_else(Error::not_found)?;
    desk.refresh(tx, ctx, Hold::Change).await?;
    let now = clock::now(tx).await?;
    if admin_requests::written(tx, ctx.person(), input.key).await? {
        return Ok(row.span());
    }
    let span = decide(tx, ctx, &desk, &row, input, now).await?;
    let kind = row.kind()?;
    let longer = row.ends_at.is_some_and(|old| span.end.is_none_or(|new| new > old));
    let proof = if longer && kind == Kind::Active && desk.policy.policy.active.proof {
        let subject = format!("{}:{}", row.id, span.end.map_or_else(String::new, |end| end.to_rfc3339()));
        step_up::demand(engine, tx, ctx, &input.code, step_up::ASSIGN, &[subject], now).await?.pop()
    } else {
        None
    };
    about.proof = proof;
    write(tx, ctx, &desk, &row, span, input, about, now).await?;
    Ok(span)
}

/// The desk of the target that an assignment is about; the address must name its group or role.
pub(super) async fn desk_of(
    conn: &mut PgConnection,
    ctx: &Ctx,
    at: &Place,
    row: &AssignmentRow,
    about: &mut About,
) -> Result<Desk> {
    let target =
        targets::find(conn, domain::ids::TargetId(row.target_id)).await?.ok_or_else(Error::not_found)?;
    let pick = Pick { key: at.key().to_owned(), kind: target.kind() };
    let desk = desk::open(conn, ctx, &pick, about).await?;
    if desk.target != target {
        return Err(Error::not_found());
    }
    about.principal = Some(PrincipalId(row.principal_id));
    about.assignment = Some(AssignmentId(row.id));
    Ok(desk)
}

async fn decide(
    conn: &mut PgConnection,
    ctx: &Ctx,
    desk: &Desk,
    row: &AssignmentRow,
    input: &Input,
    now: DateTime<Utc>,
) -> Result<Span> {
    if row.origin == "activated" {
        let text = "An activation keeps its window. The person can extend it; you can end it.";
        return Err(Refusal::new(Code::BadValue, text).at("end").into());
    }
    let kind = row.kind()?;
    let wanted = Wanted { kind, start: input.start, end: input.end, reason: input.reason.clone() };
    let span = assignment::update(&desk.policy.policy, row.span(), &wanted, now)?;
    let own = is_own(conn, ctx, PrincipalId(row.principal_id)).await?;
    let mut unmet: Vec<Refusal> = Vec::new();
    unmet.extend(assignment::own_lengthening(kind, own, row.span(), span));
    let id = AssignmentId(row.id);
    let others = held(conn, PrincipalId(row.principal_id), desk.target_id, kind, Some(id), now).await?;
    if others.iter().any(|other| other.overlaps(&span)) {
        unmet.push(duplicate().at("end"));
    }
    let able = principals::find(conn, PrincipalId(row.principal_id)).await?.is_some_and(|found| found.able);
    if !able {
        unmet.push(Refusal::new(Code::PersonDisabled, "The account is disabled or deleted.").at("end"));
    }
    if unmet.is_empty() { Ok(span) } else { Err(unmet.into()) }
}

/// Writes request, window and audit row, and cuts what would outlast it. The slot, the assignment and the target's row
/// are locked, the latter for a change.
///
/// # Errors
/// The window meets another assignment; the last owner or administrator would be lost; the database can't be reached.
#[expect(clippy::too_many_arguments, reason = "one write of everything that was decided before")]
pub(super) async fn write(
    conn: &mut PgConnection,
    ctx: &Ctx,
    desk: &Desk,
    row: &AssignmentRow,
    span: Span,
    input: &Input,
    about: &mut About,
    now: DateTime<Utc>,
) -> Result<()> {
    let id = AssignmentId(row.id);
    let request = AdminRequest {
        id: RequestId(ids::new()),
        action: "adminUpdate",
        target: desk.target_id,
        principal: PrincipalId(row.principal_id),
        filer: ctx.person(),
        kind: row.kind()?,
        span,
        reason: input.reason.clone(),
        assignment: Some(id),
        policy_version: desk.policy.version,
        rules: desk.policy.policy.activation.clone(),
        key: input.key,
    };
    admin_requests::insert(conn, &request, now).await?;
    let watch = guard::watch(conn, desk.target).await?;
    assignments::set_span(conn, id, span)
        .await
        .map_err(|error| if is_duplicate(&error) { duplicate().at("end").into() } else { error })?;
    let cut = assignments::cut_resting_on(conn, id, span.end).await?;
    let mut left = cut.clone();
    left.extend((row.kind()? == Kind::Active).then_some(PrincipalId(row.principal_id)));
    let left: Vec<Left> = desk
        .target
        .member_of()
        .into_iter()
        .flat_map(|group| left.iter().map(move |who| (*who, group)))
        .collect();
    let settled = grounds::settle(conn, &ctx.by(), &left, now).await?;
    watch.check(conn).await?;
    about.request = Some(request.id);
    about.policy_version = Some(desk.policy.version);
    about.facts = Some(json!({
        "kind": row.kind, "before": row.span(), "after": span,
        "to_self": is_own(conn, ctx, PrincipalId(row.principal_id)).await?, "activations_cut": cut.len() + settled.activations,
    }));
    audit::done(conn, &ctx.by(), Event::AssignmentUpdated, about).await
}
