//! From "I want it on" to "it is over": states and transitions of a request for activation.
//!
//! Every transition re-checks person, group, eligibility and policy (security.md section 0, point 4). The clock starts
//! at the approval if the asked start has passed; waiting never eats the time (product.md 4.5).

mod behalf;
mod emergency;
mod extend;
mod later;
mod offer;
mod status;

pub use behalf::{obstacles_on_behalf, request_on_behalf};
pub use emergency::{Emergency, obstacles_in_emergency, request_in_emergency};
pub use extend::{extend, obstacles_to_more};
pub use later::{Closed, Pending, approve, start_planned};
pub use offer::{Offer, offers, offers_of_more};
pub use status::Status;

use crate::duration::Minutes;
use crate::ids::{AssignmentId, GroupId};
use crate::policy::evaluate::{self, Answers, ProofGiven};
use crate::policy::{ActivationRules, MAX_OPEN, MIN_LENGTH};
use crate::principal::Person;
use crate::refusal::{Code, Refusal};
use crate::span::Span;
use crate::text::Text;
use chrono::{DateTime, Utc};

/// From this long before its end, what is on is called to mind on every page, with the way to more time (ui.md 3).
pub const LAST_CALL: Minutes = Minutes(10);

/// What an activation rests on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ground {
    /// The eligibility: her own, or that of a group she is in.
    pub eligibility: AssignmentId,
    /// The group that is eligible; `None` when she is it herself.
    pub through: Option<GroupId>,
}

/// An eligibility of the person for the target, begun or not, over or not.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Eligibility {
    /// Which, and through which group.
    pub ground: Ground,
    /// When it holds for her: through a group not longer than she is known to be in it.
    pub span: Span,
}

/// A group she could switch on first: it is eligible for the target, and she is in it only by then.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Before {
    /// Its address.
    pub key: String,
    /// Its name.
    pub name: String,
}

/// What must be known of a person and a target before anything about their activation is decided.
#[derive(Clone, Debug)]
pub struct Standing {
    /// Who would get it.
    pub person: Person,
    /// Her name, when somebody else asks for her: sentences then speak of her and not to her.
    pub asked_for: Option<String>,
    /// Under management and not deleted.
    pub group_open: bool,
    /// Her eligibilities for the target, those of groups she is in now among them: not over, or the last one that is.
    pub eligibilities: Vec<Eligibility>,
    /// What she would have to switch on first to be eligible through it; only looked for when she is not eligible.
    pub before: Vec<Before>,
    /// The activation that runs now, if any.
    pub running: Option<Span>,
    /// Windows already granted that have not begun.
    pub planned: Vec<Span>,
    /// When she asked for what is still waiting, if anything is.
    pub waiting_since: Option<DateTime<Utc>>,
    /// All her open requests, for every target.
    pub open_requests: usize,
    /// The demands in force.
    pub rules: ActivationRules,
    /// People who can approve now: enabled, named, neither beneficiary nor filer.
    pub approvers_able: usize,
    /// People who could besides, if they did not stand in for who asks (C12).
    pub approvers_barred: usize,
    /// Name of the group, for sentences.
    pub group_name: String,
    /// Names of its owners, who can help.
    pub owner_names: Vec<String>,
}

/// The second factor, as the act found it.
#[derive(Clone, Copy, Debug)]
pub struct Factor {
    /// What came with the act.
    pub given: ProofGiven,
    /// When the session's own second factor was given.
    pub in_session: Option<DateTime<Utc>>,
}

/// What comes of a request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Next {
    /// On at once, for this span.
    Live(Span),
    /// Will be switched on at the start of this window.
    Scheduled(Span),
    /// Waits for approval, at the latest until the deadline.
    Awaiting {
        /// Lapses then.
        deadline: DateTime<Utc>,
    },
}

/// A granted or waiting activation and the eligibility it rests on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Plan {
    /// What it rests on.
    pub ground: Ground,
    /// What happens.
    pub next: Next,
}

impl Eligibility {
    /// Of several the one that lasts longest carries an activation, a permanent one before any with an end: the demands
    /// are the target's, the same for all. Of equals her own, which hangs on no membership.
    pub fn rank(&self) -> (bool, Option<DateTime<Utc>>, bool) {
        (self.span.end.is_none(), self.span.end, self.ground.through.is_none())
    }
}

/// Everything that forbids activation whatever is answered: what My access shows as "why not".
pub fn obstacles(standing: &Standing, start: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Vec<Refusal> {
    let mut unmet = Vec::new();
    if !standing.person.able() {
        let text = behalf::whose(standing, "account").then(" is disabled.");
        unmet.push(Refusal::new(Code::PersonDisabled, text));
    }
    if !standing.group_open {
        unmet.push(Refusal::new(Code::GroupClosed, "This group is closed or not managed here."));
    }
    if let Err(refusal) = eligibility(standing, start.unwrap_or(now), now) {
        unmet.push(refusal);
    }
    if let Some(running) = standing.running.filter(|_| start.is_none()) {
        let text = Text::say("Already on");
        let text = running.end.map_or_else(|| text.clone(), |end| text.clone().then(" until ").at(end));
        let refusal = Refusal::new(Code::AlreadyActive, text.then("."));
        unmet.push(behalf::own_way(standing, refusal, "Extend", "/access"));
    }
    if let Some(since) = standing.waiting_since {
        let text = Text::say("Already asked at ").at(since).then(". The request is waiting for approval.");
        let refusal = Refusal::new(Code::AlreadyAsked, text);
        unmet.push(behalf::own_way(standing, refusal, "My requests", "/requests"));
    }
    if standing.open_requests >= MAX_OPEN {
        let text = match &standing.asked_for {
            None => Text::say(format!("You have {MAX_OPEN} open requests. Cancel one first.")),
            Some(name) => Text::default()
                .name(name)
                .then(format!(" has {MAX_OPEN} open requests. One must be cancelled first.")),
        };
        let refusal = Refusal::new(Code::TooManyOpen, text);
        unmet.push(behalf::own_way(standing, refusal, "My requests", "/requests"));
    }
    unmet.extend(no_approver(standing));
    unmet
}

/// Approval is needed and too few can give it: refused at once, nobody waits in vain (product.md 4.2).
fn no_approver(standing: &Standing) -> Option<Refusal> {
    let needed = usize::from(standing.rules.approval.as_ref()?.needed);
    if standing.approvers_able >= needed {
        return None;
    }
    if standing.approvers_able + standing.approvers_barred >= needed {
        return Some(behalf::stand_in_approves(standing));
    }
    let text = match standing.approvers_able {
        0 => behalf::nobody_can_approve(standing),
        able => Text::say(format!("{needed} approvals are needed, and only {able} can be given today. ")),
    };
    let text = if standing.owner_names.is_empty() {
        text.then("An administrator can change the policy.")
    } else {
        text.then("Its owners can change that: ").names(&standing.owner_names).then(".")
    };
    Some(Refusal::new(Code::NoApprover, text))
}

/// The eligibility that covers the wanted start.
fn eligibility(
    standing: &Standing,
    start: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Eligibility, Refusal> {
    let held = &standing.eligibilities;
    let covering = held.iter().filter(|held| held.span.contains(start));
    if let Some(best) = covering.max_by_key(|held| held.rank()) {
        return Ok(*best);
    }
    let name = &standing.group_name;
    if let Some(next) =
        held.iter().filter(|held| held.span.start > now && !held.span.is_empty()).min_by_key(|h| h.span.start)
    {
        let text = behalf::whose(standing, "eligibility").then(" for ").name(name);
        let text = text.then(" starts on ").at(next.span.start).then(".");
        return Err(Refusal::new(Code::EligibilityNotBegun, text).at("start"));
    }
    if let Some(end) = held.iter().filter_map(|held| held.span.end).max() {
        let text = behalf::whose(standing, "eligibility").then(" for ").name(name);
        let text = text.then(" ended on ").at(end).then(".");
        return Err(Refusal::new(Code::EligibilityEnded, text));
    }
    if let Some(other) = &standing.asked_for {
        return Err(behalf::not_eligible(standing, other));
    }
    if let Some(first) = standing.before.first() {
        let text =
            Text::say("You can activate ").name(name).then(" only while you are in ").name(&first.name);
        let path = format!("/access/activate?pick={}.member", first.key);
        let text = text.then(". Activate that first.");
        return Err(Refusal::new(Code::ActivateBefore, text).way("Activate that first", path));
    }
    let text = Text::say("You are not eligible for ").name(name).then(".");
    let text = match standing.owner_names.as_slice() {
        [] => text.then(" An administrator can make you eligible."),
        owners => text.then(" Its owners can make you eligible: ").names(owners).then("."),
    };
    Err(Refusal::new(Code::NotEligible, text).way("My access", "/access"))
}

/// Asks for activation.
///
/// # Errors
/// Every unmet demand at once, each at its field.
pub fn request(
    standing: &Standing,
    answers: &Answers,
    factor: Factor,
    now: DateTime<Utc>,
) -> Result<Plan, Vec<Refusal>> {
    let mut unmet = obstacles(standing, answers.start, now);
    unmet.extend(evaluate::answers(&standing.rules, answers, now));
    unmet.extend(evaluate::proof(standing.rules.proof, factor.given, factor.in_session, now));
    let start = answers.start.unwrap_or(now);
    let (Ok(eligibility), Some(length)) = (eligibility(standing, start, now), answers.length) else {
        return Err(unmet);
    };
    let window = window(standing, eligibility.span, start, Span::lasting(start, length.delta()));
    // a length that is refused for itself says nothing about the window
    unmet.extend(window.as_ref().err().filter(|_| length >= MIN_LENGTH).cloned());
    if let Ok(window) = window {
        unmet.extend(meets(standing, &window));
    }
    if !unmet.is_empty() {
        return Err(unmet);
    }
    let next = match (&standing.rules.approval, window) {
        (Some(rule), _) => Next::Awaiting { deadline: now + rule.wait.delta() },
        (None, Ok(window)) if answers.start.is_some_and(|start| start > now) => Next::Scheduled(window),
        (None, Ok(window)) => Next::Live(window),
        (None, Err(refusal)) => return Err(refusal.into()),
    };
    Ok(Plan { ground: eligibility.ground, next })
}

/// The window cut to the eligibility: access never outlives what it rests on (product.md 4.3).
fn window(standing: &Standing, eligible: Span, start: DateTime<Utc>, asked: Span) -> Result<Span, Refusal> {
    let cut = eligible.end.map_or(asked, |end| asked.cut(end));
    if cut.length().is_some_and(|length| length < MIN_LENGTH.delta()) {
        let text = behalf::whose(standing, "eligibility").then(" ends at ");
        let text = text.at(eligible.end.unwrap_or(start)).then(", in less than 5\u{a0}min.");
        return Err(Refusal::new(Code::EligibilityTooShort, text).at("start"));
    }
    Ok(cut)
}

/// Two activations never lie over each other: neither over a planned one nor over the one that runs.
fn meets(standing: &Standing, window: &Span) -> Option<Refusal> {
    let other = standing.planned.iter().chain(&standing.running).find(|other| other.overlaps(window))?;
    let text = match &standing.asked_for {
        None => Text::say("This would meet your activation"),
        Some(name) => Text::say("This would meet an activation of ").name(name),
    };
    let text = text.then(" that starts at ").at(other.start);
    let text = other.end.map_or_else(|| text.clone(), |end| text.clone().then(" and ends at ").at(end));
    Some(Refusal::new(Code::MeetsPlanned, text.then(". Choose another time.")).at("start"))
}
