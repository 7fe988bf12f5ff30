//! A person switches on what she is eligible for: at once, later, or after approval.

use super::grant::{self, Granting};
use crate::audit::{self, About};
use crate::db::requests::{self, NewRequest, RequestRow};
use crate::db::rows::Rows;
use crate::grounds::{self, Ways};
use crate::proof::{self, Purpose};
use crate::standing::{self, Asking, Loaded};
use crate::{Ctx, Engine, Error, Result, Tx, authority, ids};
use chrono::{DateTime, Utc};
use domain::activation::{self, Factor, Next, Plan, Status};
use domain::audit::Event;
use domain::duration::Minutes;
use domain::ids::{AssignmentId, PersonId, PrincipalId, RequestId, RequestKey, TargetId};
use domain::policy::ProofRule;
use domain::policy::evaluate::{Answers, ProofGiven};
use domain::refusal::Refusal;
use domain::span::Span;
use sqlx::PgConnection;
use uuid::Uuid;

/// What the form said.
#[derive(Clone, Debug)]
pub struct Activate {
    /// What to switch on.
    pub target: TargetId,
    /// Start, length, reason, ticket.
    pub answers: Answers,
    /// Code of the second factor; empty when none was asked.
    pub code: String,
    /// The same key gives the first result back.
    pub key: RequestKey,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Activated {
    /// The request.
    pub request: RequestId,
    /// Its R-number.
    pub number: i64,
    /// On, planned or waiting.
    pub next: Next,
}

/// Activates.
///
/// # Errors
/// Every unmet demand at once; nothing was changed, and a code that was given is still good.
pub async fn activate(engine: &Engine, ctx: &Ctx, input: Activate) -> Result<Activated> {
    let mut tx = engine.begin().await?;
    let person = ctx.person();
    let mut asking = enter(&mut tx, person, &input, &Ways::default()).await?;
    if matches!(&asking, Asking::New(_, loaded) if loaded.more_ways) {
        // a group she is in is eligible too: begin anew and hold the ways there, which has to come before the slot
        tx.rollback().await?;
        tx = engine.begin().await?;
        let ways = grounds::hold(&mut tx, &[(person, input.target)]).await?;
        asking = enter(&mut tx, person, &input, &ways).await?;
    }
    let (now, loaded) = match asking {
        Asking::New(now, loaded) => (now, *loaded),
        Asking::Again(first) => return again(tx, &first).await,
    };
    hide_from_strangers(&mut tx, ctx, &loaded).await?;

    let subject = subject(&input);
    let decide = |factor| activation::request(&loaded.standing, &input.answers, factor, now);
    let judged = judge(
        engine,
        &mut tx,
        ctx,
        loaded.standing.rules.proof,
        &input.code,
        Purpose::Activate,
        &subject,
        now,
        decide,
    )
    .await?;
    let about = about(input.target, &input.answers, &loaded);
    let (plan, proof) = match judged {
        Ok(judged) => judged,
        Err(refusals) => {
            drop(tx);
            return Err(audit::refused(engine, &ctx.by(), Event::ActivationRequested, about, refusals).await);
        }
    };
    let asked = Asked { action: "selfActivate", extends: None, answers: &input.answers, key: input.key };
    let done = write(&mut tx, ctx, &loaded, &asked, plan, About { proof, ..about }, now).await?;
    tx.commit().await?;
    Ok(done)
}

/// Takes the locks and looks.
async fn enter(tx: &mut Tx, person: PersonId, input: &Activate, ways: &Ways) -> Result<Asking> {
    standing::enter(tx, person, input.target).await?;
    standing::load_asked(tx, person, person, input.target, input.key, ways).await
}

/// What the event of an activation tells, whatever comes of it.
pub(super) fn about(target: TargetId, answers: &Answers, loaded: &Loaded) -> About {
    About {
        principal: Some(loaded.standing.person.id.into()),
        group: loaded.target.group(),
        target: Some(target),
        reason: answers.reason.clone(),
        ticket: answers.ticket.clone(),
        policy_version: Some(loaded.policy.version),
        ..About::default()
    }
}

/// What was asked, for the row.
pub(super) struct Asked<'a> {
    pub action: &'static str,
    pub extends: Option<AssignmentId>,
    pub answers: &'a Answers,
    pub key: RequestKey,
}

/// Writes the request for the person of the standing, what comes of it at once, and its events.
pub(super) async fn write(
    conn: &mut PgConnection,
    ctx: &Ctx,
    loaded: &Loaded,
    asked: &Asked<'_>,
    plan: Plan,
    about: About,
    now: DateTime<Utc>,
) -> Result<Activated> {
    let person = loaded.standing.person.id;
    let request = RequestId(ids::new());
    let (status, deadline, assignment) = match plan.next {
        Next::Live(_) => (Status::Provisioned, None, Some(AssignmentId(ids::new()))),
        Next::Scheduled(_) => (Status::Granted, None, None),
        Next::Awaiting { deadline } => (Status::PendingApproval, Some(deadline), None),
    };
    let target = about.target.ok_or_else(|| Error::Internal("an activation without a target".into()))?;
    let new = NewRequest {
        id: request,
        target,
        principal: person.into(),
        filer: ctx.person(),
        action: asked.action,
        status,
        start: asked.answers.start,
        length: asked.answers.length,
        reason: asked.answers.reason.clone(),
        ticket: asked.answers.ticket.clone(),
        ground: Some(plan.ground),
        extends: asked.extends,
        policy_version: loaded.policy.version,
        rules: loaded.policy.policy.activation.clone(),
        deadline,
        assignment,
        key: asked.key,
    };
    let mut rows = Rows::default();
    requests::put(&mut rows, &new, now)?;
    let about = About { request: Some(request), ..about };
    let event = if asked.extends.is_some() { Event::ExtensionRequested } else { Event::ActivationRequested };
    match (plan.next, assignment) {
        (Next::Live(span), Some(assignment)) => {
            let granting = Granting {
                request,
                assignment,
                target,
                principal: PrincipalId(person.0),
                ground: plan.ground,
                extends: asked.extends,
                reason: &asked.answers.reason,
            };
            grant::cut(conn, &granting, now).await?;
            grant::put(&mut rows, &ctx.by(), &granting, span, about);
        }
        (Next::Scheduled(span), _) => {
            let facts = Some(serde_json::json!({ "start": span.start, "end": span.end }));
            audit::put(&mut rows, &ctx.by(), Event::ActivationPlanned, &About { facts, ..about });
        }
        _ => {
            let facts = Some(serde_json::json!({
                "start": asked.answers.start, "length": asked.answers.length, "lapses": deadline,
                "on_behalf": person != ctx.person(),
            }));
            audit::put(&mut rows, &ctx.by(), event, &About { facts, ..about });
        }
    }
    let number = rows.write_for(conn, requests::NUMBER).await?;
    Ok(Activated { request, number, next: plan.next })
}

/// A group that this person may not even see stays hidden; one she sees gets an honest reason.
pub(super) async fn hide_from_strangers(conn: &mut PgConnection, ctx: &Ctx, loaded: &Loaded) -> Result<()> {
    if loaded.standing.eligibilities.is_empty() && loaded.standing.before.is_empty() {
        authority::require_known(conn, ctx, loaded.target).await?;
    }
    Ok(())
}

/// What can be said before a code is looked at.
pub(super) enum Early {
    /// No, whatever code comes.
    Refused(Vec<Refusal>),
    /// Yes, without one.
    Passed(Plan),
    /// Yes, if the code is right.
    NeedsCode,
}

/// Judges as if the factor were given, so that a code is not burned by a form that has another mistake.
pub(super) fn before_code<D>(
    rule: ProofRule,
    code: &str,
    in_session: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
    decide: D,
) -> Early
where
    D: Fn(Factor) -> Result<Plan, Vec<Refusal>>,
{
    match decide(Factor { given: ProofGiven::Verified { at: now }, in_session }) {
        Err(mut refusals) => {
            // a form with two mistakes is told of both
            let missing = domain::policy::evaluate::proof(rule, ProofGiven::Missing, in_session, now);
            refusals.extend(missing.filter(|_| code.trim().is_empty()));
            Early::Refused(refusals)
        }
        Ok(plan) if rule == ProofRule::None || (rule == ProofRule::Session && in_session.is_some()) => {
            Early::Passed(plan)
        }
        Ok(_) => Early::NeedsCode,
    }
}

/// Judges, and uses the code up when nothing else is missing.
#[expect(clippy::too_many_arguments, reason = "the pieces of one decision; a struct would only rename them")]
pub(super) async fn judge<D>(
    engine: &Engine,
    tx: &mut Tx,
    ctx: &Ctx,
    rule: ProofRule,
    code: &str,
    purpose: Purpose,
    subject: &str,
    now: DateTime<Utc>,
    decide: D,
) -> Result<Result<(Plan, Option<Uuid>), Vec<Refusal>>>
where
    D: Fn(Factor) -> Result<Plan, Vec<Refusal>>,
{
    let in_session = ctx.session.factor_at;
    match before_code(rule, code, in_session, now, &decide) {
        Early::Refused(refusals) => return Ok(Err(refusals)),
        Early::Passed(plan) => return Ok(Ok((plan, None))),
        Early::NeedsCode => {}
    }
    let given = proof::give(engine, tx, ctx, code, purpose, &[subject.to_owned()]).await?;
    let proof = given.proofs.first().copied();
    Ok(decide(Factor { given: given.given, in_session }).map(|plan| (plan, proof)))
}

/// What the proof is bound to: everything the person was shown.
pub(super) fn subject(input: &Activate) -> String {
    let Answers { start, length, reason, ticket } = &input.answers;
    format!("{}|{:?}|{:?}|{}|{}|{}", input.target, start, length, reason, ticket, input.key)
}

/// Answers a form that was sent twice, once what the first one did is durable too.
pub(super) async fn again(mut tx: Tx, first: &RequestRow) -> Result<Activated> {
    let done = repeated(&mut tx, first).await?;
    tx.commit().await?;
    Ok(done)
}

/// The first result of the same form, as it stands.
pub(super) async fn repeated(conn: &mut PgConnection, first: &RequestRow) -> Result<Activated> {
    let minutes = first.asked_minutes.and_then(|m| u32::try_from(m).ok()).unwrap_or(0);
    let planned = Span::lasting(first.asked_start.unwrap_or(first.created_at), Minutes(minutes).delta());
    let next = match (first.assignment_id, first.deadline_at, first.status()?) {
        (Some(id), _, _) => {
            let row = crate::db::assignments::find(conn, AssignmentId(id)).await?;
            Next::Live(row.map_or(planned, |row| row.span()))
        }
        (None, Some(deadline), status) if status != Status::Granted => Next::Awaiting { deadline },
        _ => Next::Scheduled(planned),
    };
    Ok(Activated { request: first.request_id(), number: first.number, next })
}
