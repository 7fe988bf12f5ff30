//! Acknowledges an alert: somebody knows, and says why it is right or what is done. It is not counted until its term is over
//! or it gets worse.

use crate::alert::keep;
use crate::db::alerts;
use crate::{Ctx, Engine, Error, Result, Tx, audit, authority, clock};
use domain::alert::course::{REASON, Term};
use domain::audit::Event;
use domain::authz::{Action, allows};
use domain::policy::evaluate;
use domain::refusal::{Code, Refusal};
use serde_json::json;
use uuid::Uuid;

/// What the form says.
#[derive(Clone, Debug)]
pub struct Input {
    /// Which.
    pub alert: Uuid,
    /// Why.
    pub reason: String,
    /// For how many days, as sent.
    pub days: String,
}

/// Acknowledges. One that was acknowledged already gets the new reason and term.
///
/// # Errors
/// Not found (or not allowed); about oneself; over; no reason, or no term.
pub async fn acknowledge_alert(engine: &Engine, ctx: &Ctx, input: Input) -> Result<()> {
    authority::require(ctx, &Action::AcknowledgeAlert { own: false })?;
    let mut tx = engine.begin().await?;
    let (kind, known) = alerts::lock(&mut tx, input.alert).await?.ok_or_else(Error::not_found)?;
    let mut about = keep::about(&mut tx, kind, &known.subject, &known.facts, None).await?;
    about.reason = input.reason.trim().to_owned();
    let own = about.principal.is_some_and(|principal| principal.0 == ctx.person().0);
    let term = match judge(ctx, own, known.before.closed_at.is_some(), &input) {
        Ok(term) => term,
        Err(refusals) => {
            drop(tx);
            return Err(audit::refused(engine, &ctx.by(), Event::AlertAcknowledged, about, refusals).await);
        }
    };
    write(tx, ctx, &input, term, about).await
}

fn judge(ctx: &Ctx, own: bool, over: bool, input: &Input) -> Result<Term, Vec<Refusal>> {
    if !allows(&ctx.actor, &Action::AcknowledgeAlert { own }) {
        let text = "Somebody else must acknowledge what is about you.";
        return Err(Refusal::new(Code::NotForSelf, text).into());
    }
    if over {
        let text = "This alert is over: what it told of is not so any more.";
        return Err(Refusal::new(Code::AlreadyClosed, text).into());
    }
    let term = Term::parse(&input.days);
    let mut wrong: Vec<Refusal> = evaluate::justification(REASON, &input.reason).into_iter().collect();
    if term.is_none() {
        wrong.push(Refusal::new(Code::Missing, "Choose for how long.").at("days"));
    }
    match term {
        Some(term) if wrong.is_empty() => Ok(term),
        _ => Err(wrong),
    }
}

async fn write(mut tx: Tx, ctx: &Ctx, input: &Input, term: Term, mut about: audit::About) -> Result<()> {
    let now = clock::now(&mut tx).await?;
    alerts::acknowledge(&mut tx, input.alert, ctx.person(), &about.reason, term, now).await?;
    if let Some(facts) = about.facts.as_mut().and_then(serde_json::Value::as_object_mut) {
        facts.insert("until".into(), json!(term.end(now)));
    }
    audit::done(&mut tx, &ctx.by(), Event::AlertAcknowledged, &about).await?;
    tx.commit().await
}
