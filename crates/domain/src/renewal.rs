//! Extending and renewing assignments: the person asks, who manages the group decides (entra-pim-groups.md section 9).
//! More time for an *activation* is another thing: [`crate::activation::extend`].

use crate::activation::{Closed, Status};
use crate::assignment::{self, EndReason, Facts, Kind, Newcomer, Origin, Wanted};
use crate::policy::{JustificationRule, Policy, evaluate};
use crate::refusal::{Code, Refusal};
use crate::span::Span;
use crate::text::Text;
use chrono::{DateTime, TimeDelta, Utc};

/// So long before its end more time can be asked for.
pub const BEFORE: TimeDelta = TimeDelta::days(14);
/// So long after its end it is remembered and can be asked for again.
pub const AFTER: TimeDelta = TimeDelta::days(30);

/// What can be asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Offer {
    /// A later end, before it ended.
    Extend,
    /// Again, after it ended.
    Renew,
}

impl Offer {
    /// Graph's action word, as stored.
    pub const fn wire(self) -> &'static str {
        match self {
            Offer::Extend => "selfExtend",
            Offer::Renew => "selfRenew",
        }
    }
}

/// An assignment of a person, and what else she holds of the same kind and target.
#[derive(Clone, Debug)]
pub struct Held<'a> {
    /// Where it comes from.
    pub origin: Origin,
    /// When it holds.
    pub span: Span,
    /// Why it ended, once that is written down.
    pub end_reason: Option<EndReason>,
    /// Other assignments of this kind for this target, over or not; activations are not among them.
    pub others: &'a [Span],
}

impl Held<'_> {
    fn ended_by_itself(&self) -> bool {
        matches!(self.end_reason, None | Some(EndReason::Expired))
    }

    /// Whether a later assignment took its place: then that one counts.
    fn has_newer(&self) -> bool {
        self.others.iter().any(|other| !other.is_empty() && other.start > self.span.start)
    }
}

/// What the person can ask for now, if anything.
pub fn offer(held: &Held<'_>, now: DateTime<Utc>) -> Option<Offer> {
    let end = held.span.end?;
    let fit = held.origin == Origin::Assigned && !held.span.is_empty() && held.ended_by_itself();
    if !fit || held.has_newer() || held.span.start > now {
        return None;
    }
    if now < end {
        (end - now <= BEFORE).then_some(Offer::Extend)
    } else {
        (now - end < AFTER).then_some(Offer::Renew)
    }
}

/// Why nothing can be asked for.
fn why_not(held: &Held<'_>, now: DateTime<Utc>) -> Refusal {
    let no = |text: &str| Refusal::new(Code::NotRenewable, text);
    let Some(end) = held.span.end else { return no("It has no end. There is nothing to extend.") };
    if held.origin != Origin::Assigned {
        return no("Only what was assigned here can be extended or renewed.");
    }
    if !held.ended_by_itself() {
        return no("It was taken away before its end. The owners of the group can assign you anew.");
    }
    if held.has_newer() {
        return no("A newer assignment took its place.");
    }
    if now < end {
        let text = Text::say("This can be asked for from ").at(end - BEFORE).then(" on.");
        return Refusal::new(Code::RenewalTooEarly, text);
    }
    let text = Text::say("It ended on ").at(end).then(" and could be renewed until ").at(end + AFTER);
    Refusal::new(Code::RenewalTooLate, text.then("."))
}

/// What must be known before a person asks.
#[derive(Clone, Debug)]
pub struct Asking<'a> {
    /// The assignment.
    pub held: Held<'a>,
    /// Enabled and not deleted.
    pub person_able: bool,
    /// Under management, not deleted.
    pub group_open: bool,
    /// Since when a request about this person, target and kind waits.
    pub waiting_since: Option<DateTime<Utc>>,
}

/// A request that can be written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Asked {
    /// Which.
    pub offer: Offer,
    /// Lapses unanswered then.
    pub deadline: DateTime<Utc>,
}

/// Everything that forbids asking, whatever is written.
pub fn obstacles(asking: &Asking<'_>, now: DateTime<Utc>) -> Vec<Refusal> {
    let mut unmet = Vec::new();
    if !asking.person_able {
        unmet.push(Refusal::new(Code::PersonDisabled, "Your account is disabled."));
    }
    if !asking.group_open {
        unmet.push(Refusal::new(Code::GroupClosed, "This group is closed or not managed here."));
    }
    if offer(&asking.held, now).is_none() {
        unmet.push(why_not(&asking.held, now));
    }
    if let Some(since) = asking.waiting_since {
        let text = Text::say("Already asked at ").at(since).then(". The request is waiting for an answer.");
        unmet.push(Refusal::new(Code::AlreadyAsked, text).way("My requests", "/requests"));
    }
    unmet
}

/// Asks for a later end, or for the same again.
///
/// # Errors
/// Every reason at once, each at its field.
pub fn ask(asking: &Asking<'_>, reason: &str, now: DateTime<Utc>) -> Result<Asked, Vec<Refusal>> {
    let mut unmet = obstacles(asking, now);
    unmet.extend(evaluate::justification(JustificationRule { required: true, min_length: 1 }, reason));
    match (offer(&asking.held, now), asking.held.span.end) {
        (Some(offer), Some(end)) if unmet.is_empty() => Ok(Asked { offer, deadline: end + AFTER }),
        _ => Err(unmet),
    }
}

/// A request that waits for whoever manages the group, with what it is about as that is now.
#[derive(Clone, Debug)]
pub struct Waiting<'a> {
    /// The assignment.
    pub held: Held<'a>,
    /// Its kind.
    pub kind: Kind,
    /// Lapses then.
    pub deadline: DateTime<Utc>,
    /// The person is enabled and not deleted.
    pub person_able: bool,
    /// Under management, not deleted.
    pub group_open: bool,
}

/// Whether the request can still be answered.
///
/// # Errors
/// It is closed instead: too late, or what it rests on is gone or was changed.
pub fn ground(waiting: &Waiting<'_>, now: DateTime<Utc>) -> Result<(), Closed> {
    if waiting.deadline <= now {
        let text = Text::say("It lapsed at ").at(waiting.deadline).then(".");
        return Err(Closed { status: Status::TimedOut, why: Refusal::new(Code::Lapsed, text) });
    }
    let revoked = |code, text: &str| Err(Closed { status: Status::Revoked, why: Refusal::new(code, text) });
    if !waiting.person_able {
        return revoked(Code::PersonDisabled, "The account of the person who asked is disabled.");
    }
    if !waiting.group_open {
        return revoked(Code::GroupClosed, "The group is closed.");
    }
    if offer(&waiting.held, now).is_none() {
        return revoked(Code::ChangedMeanwhile, "The assignment was changed, removed or replaced since.");
    }
    Ok(())
}

/// What a decider must know besides.
#[derive(Clone, Debug)]
pub struct Deciding<'a> {
    /// The request.
    pub waiting: Waiting<'a>,
    /// Who decides asked for it, or would get it.
    pub own: bool,
    /// Demands of the target.
    pub policy: &'a Policy,
    /// Spans of the wanted kind that the person holds and that are not over, the one asked about left out.
    pub held_of_wanted: &'a [Span],
    /// Name of the person, for sentences.
    pub name: &'a str,
}

/// What an approval gives.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Given {
    /// The running assignment gets this window.
    Longer(Span),
    /// A new assignment with this window.
    Anew(Span),
}

impl Given {
    /// The window.
    pub const fn span(self) -> Span {
        match self {
            Given::Longer(span) | Given::Anew(span) => span,
        }
    }
}

/// Whether this person can answer this request now, yes or no. Nobody decides on access of her own (I-11).
///
/// # Errors
/// One reason why not.
pub fn answerable(own: bool, waiting: &Waiting<'_>, now: DateTime<Utc>) -> Result<(), Refusal> {
    if own {
        return Err(Refusal::new(Code::OwnRequest, "Not recorded. Nobody can decide on their own request."));
    }
    ground(waiting, now).map_err(|closed| closed.why)
}

/// Approves: more of the same while it runs, else a new assignment. Both obey the rules of assignment and the limits of
/// the policy in force; the start of what runs stays.
///
/// # Errors
/// Every reason at once, each at its field.
pub fn approve(deciding: &Deciding<'_>, wanted: &Wanted, now: DateTime<Utc>) -> Result<Given, Vec<Refusal>> {
    answerable(deciding.own, &deciding.waiting, now)?;
    let held = deciding.waiting.held.span;
    if wanted.kind == deciding.waiting.kind && !held.is_over(now) {
        let wanted = Wanted { start: None, ..wanted.clone() };
        let span = assignment::update(deciding.policy, held, &wanted, now)?;
        return match (span.end, held.end) {
            (Some(new), Some(old)) if new < old => {
                let text = Text::say("It ends on ").at(old).then(" already. Choose a later end.");
                Err(Refusal::new(Code::NothingChanged, text).at("end").into())
            }
            _ => Ok(Given::Longer(span)),
        };
    }
    let facts = Facts {
        policy: deciding.policy,
        group_open: deciding.waiting.group_open,
        newcomer: Newcomer::Person,
        principal_able: deciding.waiting.person_able,
        for_self: deciding.own,
        held: deciding.held_of_wanted,
        name: deciding.name,
    };
    assignment::assign(&facts, wanted, now).map(Given::Anew)
}
