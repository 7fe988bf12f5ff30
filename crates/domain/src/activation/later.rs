//! What happens to a request after it was made: approval and planned start. Both judge everything again.

use super::behalf::whose;
use super::{Ground, Next, Plan, Standing, Status, eligibility, window};
use crate::duration::Minutes;
use crate::policy::ActivationRules;
use crate::policy::evaluate;
use crate::policy::stricter::stricter;
use crate::refusal::{Code, Refusal};
use crate::span::Span;
use crate::text::Text;
use chrono::{DateTime, Utc};

/// A request that waits for approval or for its start.
#[derive(Clone, Debug)]
pub struct Pending {
    /// Asked start; `None` was "at once".
    pub start: Option<DateTime<Utc>>,
    /// Asked length.
    pub length: Minutes,
    /// Justification as written.
    pub reason: String,
    /// Ticket as written.
    pub ticket: String,
    /// The demands it was made under.
    pub made_under: ActivationRules,
    /// Lapses unanswered then; `None` once granted.
    pub deadline: Option<DateTime<Utc>>,
    /// For a request to extend: the activation it continues.
    pub extends: Option<Span>,
}

/// A request that can't go on: its final state and why.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Closed {
    /// [`Status::TimedOut`] or [`Status::Revoked`].
    pub status: Status,
    /// What to tell everybody.
    pub why: Refusal,
}

fn revoked(why: Refusal) -> Closed {
    Closed { status: Status::Revoked, why }
}

fn timed_out(code: Code, text: Text) -> Closed {
    Closed { status: Status::TimedOut, why: Refusal::new(code, text) }
}

/// The last approval came in at `now`: what happens.
///
/// # Errors
/// The request is closed instead: too late, or something it rests on is gone.
pub fn approve(pending: &Pending, standing: &Standing, now: DateTime<Utc>) -> Result<Plan, Closed> {
    if let Some(deadline) = pending.deadline.filter(|deadline| *deadline <= now) {
        return Err(timed_out(Code::Lapsed, Text::say("It lapsed at ").at(deadline).then(".")));
    }
    let length = pending.length.delta();
    if let Some(end) = pending.start.map(|start| start + length).filter(|end| *end <= now) {
        return Err(timed_out(
            Code::WindowPassed,
            Text::say("The asked window was over at ").at(end).then("."),
        ));
    }
    // waiting does not eat the time: the whole length counts from the approval if the asked start has passed
    let start = pending.start.map_or(now, |start| start.max(now));
    let asked = Span::lasting(start, length);
    let (ground, span) = recheck(pending, standing, asked, now)?;
    if let Some(old) = pending.extends
        && old.is_over(now)
    {
        let text = Text::say("The activation that was to be extended is over. Activate anew.");
        return Err(revoked(Refusal::new(Code::NotActive, text)));
    }
    let next = if start > now { Next::Scheduled(span) } else { Next::Live(span) };
    Ok(Plan { ground, next })
}

/// The start of a granted activation has come at `now`. A start that was missed until after the window's own end
/// never happens (C09).
///
/// # Errors
/// The request is closed instead.
pub fn start_planned(pending: &Pending, standing: &Standing, now: DateTime<Utc>) -> Result<Plan, Closed> {
    let start = pending.start.unwrap_or(now);
    let planned = Span::lasting(start, pending.length.delta());
    if planned.is_over(now) {
        let text = Text::say("Its window passed before it could be switched on.");
        return Err(timed_out(Code::WindowPassed, text));
    }
    let left = Span { start: now.max(start), end: planned.end };
    let (ground, span) = recheck(pending, standing, left, now)?;
    Ok(Plan { ground, next: Next::Live(span) })
}

/// Person, group, eligibility and the stricter of the two policies, again.
fn recheck(
    pending: &Pending,
    standing: &Standing,
    asked: Span,
    now: DateTime<Utc>,
) -> Result<(Ground, Span), Closed> {
    if !standing.person.able() {
        let text = match &standing.asked_for {
            None => Text::say("The account of the person who asked is disabled."),
            Some(_) => whose(standing, "account").then(" is disabled."),
        };
        return Err(revoked(Refusal::new(Code::PersonDisabled, text)));
    }
    if !standing.group_open {
        return Err(revoked(Refusal::new(Code::GroupClosed, "The group is closed.")));
    }
    let eligibility = eligibility(standing, asked.start, now).map_err(revoked)?;
    let rules = stricter(&pending.made_under, &standing.rules);
    let unmet = evaluate::length(rules.max, Some(pending.length))
        .or_else(|| evaluate::justification(rules.justification, &pending.reason))
        .or_else(|| evaluate::ticket(rules.ticket, &pending.ticket));
    if let Some(unmet) = unmet {
        let text = Text::say("The policy changed since it was asked for. ");
        let text = Text([text.0, unmet.text.0].concat()).then(" Ask again.");
        return Err(revoked(Refusal::new(Code::PolicyChanged, text)));
    }
    // An extension begins where the running one is cut; anything else keeps clear of what is on or planned.
    let others = standing.planned.iter().chain(standing.running.iter().filter(|_| pending.extends.is_none()));
    if let Some(other) = others.clone().find(|other| other.contains(asked.start)) {
        let text = Text::say("Another activation already covers this time, from ").at(other.start).then(".");
        return Err(revoked(Refusal::new(Code::MeetsPlanned, text)));
    }
    let clear =
        others.filter(|other| other.start > asked.start).fold(asked, |span, other| span.cut(other.start));
    let span = window(standing, eligibility.span, asked.start, clear).map_err(revoked)?;
    Ok((eligibility.ground, span))
}
