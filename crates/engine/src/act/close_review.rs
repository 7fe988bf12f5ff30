//! Closes the review of a broken glass with a finding: never the person's own.

use crate::audit;
use crate::audit::About;
use crate::db::{glass_reviews, targets};
use crate::settle::settle;
use crate::{Ctx, Engine, Error, Result, authority, clock};
use domain::audit::Event;
use domain::authz::Action;
use domain::ids::{PersonId, RequestId, TargetId};
use domain::policy::JustificationRule;
use domain::policy::evaluate;
use domain::refusal::{Code, Refusal};
use sqlx::PgConnection;

/// What the form says.
#[derive(Clone, Debug)]
pub struct Input {
    /// R-number of the request by which the glass was broken.
    pub number: i64,
    /// What was found.
    pub finding: String,
}

/// A finding says something.
const FINDING: JustificationRule = JustificationRule { required: true, min_length: 10 };

/// Closes.
///
/// # Errors
/// Not found (or not allowed); one's own; closed already; no finding.
pub async fn close_review(engine: &Engine, ctx: &Ctx, input: Input) -> Result<()> {
    let mut tx = engine.begin().await?;
    let mut about = About { reason: input.finding.clone(), ..About::default() };
    let outcome = attempt(&mut tx, ctx, &input, &mut about).await;
    settle(engine, &ctx.by(), tx, Event::GlassReviewed, about, outcome).await
}

async fn attempt(conn: &mut PgConnection, ctx: &Ctx, input: &Input, about: &mut About) -> Result<()> {
    let row = glass_reviews::lock(conn, input.number).await?.ok_or_else(Error::not_found)?;
    let target = targets::find(conn, TargetId(row.target_id)).await?.ok_or_else(Error::not_found)?;
    let facts = authority::review_facts(conn, ctx, PersonId(row.person_id), target).await?;
    authority::require(ctx, &Action::SeeReview(facts))?;
    about.principal = Some(PersonId(row.person_id).into());
    (about.group, about.target) = (target.group(), Some(TargetId(row.target_id)));
    about.request = Some(RequestId(row.request_id));
    if authority::require(ctx, &Action::CloseReview(facts)).is_err() {
        let text = if facts.own {
            "Somebody else must close the review of what you did."
        } else {
            "Only who manages access or owns the group can close this review."
        };
        return Err(Refusal::new(Code::NotAllowed, text).into());
    }
    if row.closed_at.is_some() {
        return Err(Refusal::new(Code::NothingChanged, "This review was closed already.").into());
    }
    if let Some(refusal) = evaluate::justification(FINDING, &input.finding) {
        return Err(refusal.at("finding").into());
    }
    let now = clock::now(conn).await?;
    glass_reviews::close(conn, row.request_id, ctx.person(), input.finding.trim(), now).await?;
    audit::done(conn, &ctx.by(), Event::GlassReviewed, about).await
}
