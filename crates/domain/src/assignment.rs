//! Assignments: who may be given what, for how long, and how it changes.

use crate::duration::Minutes;
use crate::policy::{MIN_LENGTH, Policy};
use crate::refusal::{Code, Refusal};
use crate::span::Span;
use crate::target::Access;
use crate::text::Text;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// Must be switched on first, or works by itself.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// May be activated.
    Eligible,
    /// Works now: standing access, or an activation.
    Active,
}

impl Kind {
    /// The stable word.
    pub const fn wire(self) -> &'static str {
        match self {
            Kind::Eligible => "eligible",
            Kind::Active => "active",
        }
    }

    /// From the stable word.
    pub fn parse(word: &str) -> Option<Self> {
        [Kind::Eligible, Kind::Active].into_iter().find(|kind| kind.wire() == word)
    }
}

/// Where an assignment comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// Was in the directory when it was read.
    Directory,
    /// Given here.
    Assigned,
    /// Activated from an eligibility.
    Activated,
}

impl Origin {
    /// The stable word, as stored.
    pub const fn wire(self) -> &'static str {
        match self {
            Origin::Directory => "directory",
            Origin::Assigned => "assigned",
            Origin::Activated => "activated",
        }
    }

    /// From the stable word.
    pub fn parse(word: &str) -> Option<Self> {
        [Origin::Directory, Origin::Assigned, Origin::Activated].into_iter().find(|one| one.wire() == word)
    }
}

/// The reason why something ended, as written down.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EndReason {
    /// The window was over.
    Expired,
    /// The person gave it back.
    Deactivated,
    /// Somebody who may took it away.
    Removed,
    /// A longer activation continues it.
    Continued,
    /// The eligibility it came from ended.
    EligibilityEnded,
    /// She left the group through which she was eligible.
    LeftGroup,
    /// The person was disabled or deleted.
    PersonDisabled,
    /// The group was deleted.
    GroupDeleted,
    /// The directory no longer lists it.
    LeftDirectory,
}

impl EndReason {
    /// All of them.
    pub const ALL: [EndReason; 9] = [
        EndReason::Expired,
        EndReason::Deactivated,
        EndReason::Removed,
        EndReason::Continued,
        EndReason::EligibilityEnded,
        EndReason::LeftGroup,
        EndReason::PersonDisabled,
        EndReason::GroupDeleted,
        EndReason::LeftDirectory,
    ];

    /// From the stable word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.wire() == word)
    }

    /// The stable word, as stored.
    pub const fn wire(self) -> &'static str {
        match self {
            EndReason::Expired => "expired",
            EndReason::Deactivated => "deactivated",
            EndReason::Removed => "removed",
            EndReason::Continued => "continued",
            EndReason::EligibilityEnded => "eligibility-ended",
            EndReason::LeftGroup => "left-group",
            EndReason::PersonDisabled => "person-disabled",
            EndReason::GroupDeleted => "group-deleted",
            EndReason::LeftDirectory => "left-directory",
        }
    }
}

/// What is asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Wanted {
    /// Eligible or active.
    pub kind: Kind,
    /// First instant; `None` is now.
    pub start: Option<DateTime<Utc>>,
    /// First instant outside; `None` is no end.
    pub end: Option<DateTime<Utc>>,
    /// Why.
    pub reason: String,
}

/// What the rule must know.
#[derive(Clone, Debug)]
pub struct Facts<'a> {
    /// Demands of the target.
    pub policy: &'a Policy,
    /// Under management, not deleted.
    pub group_open: bool,
    /// Who would get it.
    pub newcomer: Newcomer,
    /// Enabled and not deleted.
    pub principal_able: bool,
    /// Who assigns is who would get it, or is in the group that would.
    pub for_self: bool,
    /// Spans of the same kind that this principal already holds, not over; activations are not among them.
    pub held: &'a [Span],
    /// Name of the principal, for sentences.
    pub name: &'a str,
}

/// Who would get an assignment, with what more must be known when it is a group.
#[derive(Clone, Debug)]
pub enum Newcomer {
    /// A person.
    Person,
    /// A group, into a group.
    Group(Nesting),
    /// A group, a directory role.
    Carrier {
        /// The group was created to carry roles.
        role_assignable: bool,
    },
}

/// A group that would be put into a group, or made its owner.
#[derive(Clone, Debug)]
pub struct Nesting {
    /// As what.
    pub access: Access,
    /// From the group it would get into up to one that is role-assignable: their names, the first one alone when it is
    /// role-assignable itself. Empty when nothing role-assignable is reached.
    pub protected: Vec<String>,
    /// The refusal with the way round, when it would lie inside itself.
    pub circle: Option<Refusal>,
}

/// Decides on a new assignment and gives its span.
///
/// # Errors
/// Every reason at once, each at its field.
pub fn assign(facts: &Facts<'_>, wanted: &Wanted, now: DateTime<Utc>) -> Result<Span, Vec<Refusal>> {
    let mut unmet = Vec::new();
    if !facts.group_open {
        unmet.push(Refusal::new(Code::NotManaged, "This group is not managed here."));
    }
    if !facts.principal_able {
        let text = Text::default().name(facts.name).then(" is disabled or deleted and can be given nothing.");
        unmet.push(Refusal::new(Code::PersonDisabled, text).at("principal"));
    }
    unmet.extend(unfit(&facts.newcomer, facts.name, wanted.kind));
    if facts.for_self && wanted.kind == Kind::Active {
        let text = match facts.newcomer {
            Newcomer::Person => {
                "Nobody gives themselves active access. Make yourself eligible and activate, or ask another administrator."
            }
            Newcomer::Group(_) | Newcomer::Carrier { .. } => {
                "You are in this group, and nobody gives themselves active access. Make the group eligible, or ask another administrator."
            }
        };
        unmet.push(Refusal::new(Code::SelfAssignment, text).at("kind"));
    }
    unmet.extend(reason(facts.policy, wanted));
    let span = match window(facts.policy, wanted, now) {
        Ok(span) => span,
        Err(refusals) => {
            unmet.extend(refusals);
            return Err(unmet);
        }
    };
    if let Some(held) = facts.held.iter().find(|held| held.overlaps(&span)) {
        unmet.push(duplicate(facts.name, wanted.kind, held));
    }
    if unmet.is_empty() { Ok(span) } else { Err(unmet) }
}

/// Why whoever would get it can't. A directory role is carried by people and by groups made for it (product.md 3).
fn unfit(newcomer: &Newcomer, name: &str, kind: Kind) -> Vec<Refusal> {
    match newcomer {
        Newcomer::Person | Newcomer::Carrier { role_assignable: true } => Vec::new(),
        Newcomer::Group(nesting) => nests(nesting, kind),
        Newcomer::Carrier { role_assignable: false } => {
            let why = " is not role-assignable, and that is decided when a group is made. Make a new group.";
            Refusal::new(Code::PrincipalUnfit, Text::default().name(name).then(why)).at("principal").into()
        }
    }
}

/// Why a group can't get it. Into a role-assignable group nobody comes with a whole group, on no way: what it gives is
/// given person by person (entra-pim-groups.md section 10). Being eligible lets in nobody yet, so every group may be.
fn nests(nesting: &Nesting, kind: Kind) -> Vec<Refusal> {
    let mut unmet = Vec::new();
    let instead = " Make it eligible: each of its members then activates it alone.";
    let text = match (kind, nesting.access, nesting.protected.as_slice()) {
        (Kind::Eligible, ..) | (.., []) | (_, Access::Owner, [_, _, ..]) => None,
        (_, Access::Owner, [_]) => {
            Some(Text::say("No group can be active owner of a role-assignable group."))
        }
        (_, Access::Member, [_]) => {
            Some(Text::say("No group can be active member of a role-assignable group."))
        }
        (_, Access::Member, [first, .., last]) => Some(
            Text::default()
                .name(first)
                .then(" lies in ")
                .name(last)
                .then(", which is role-assignable, and no group can be active member of that."),
        ),
    };
    unmet.extend(text.map(|text| Refusal::new(Code::PrincipalUnfit, text.then(instead)).at("principal")));
    unmet.extend(nesting.circle.clone());
    unmet
}

fn duplicate(name: &str, kind: Kind, held: &Span) -> Refusal {
    let text = Text::default().name(name).then(match kind {
        Kind::Eligible => " is already eligible",
        Kind::Active => " is already active",
    });
    let text = match held.end {
        Some(end) => text.then(" until ").at(end).then(". Change that assignment instead."),
        None => text.then(", without an end. Change that assignment instead."),
    };
    Refusal::new(Code::Duplicate, text).at("principal")
}

fn reason(policy: &Policy, wanted: &Wanted) -> Option<Refusal> {
    let required = wanted.kind == Kind::Active && policy.active.justification;
    crate::policy::evaluate::justification(
        crate::policy::JustificationRule { required, min_length: 1 },
        &wanted.reason,
    )
}

/// Decides on the window of an assignment: its length within the policy, its start not in the past.
///
/// # Errors
/// Every reason at once, each at its field.
pub fn window(policy: &Policy, wanted: &Wanted, now: DateTime<Utc>) -> Result<Span, Vec<Refusal>> {
    let rules = match wanted.kind {
        Kind::Eligible => policy.eligible,
        Kind::Active => policy.active.length,
    };
    // A form is filled in for a minute or two: a start that was "now" when the page was made is now.
    let start = match wanted.start {
        Some(start) if start >= now => start,
        Some(start) if start >= now - TimeDelta::minutes(10) => now,
        Some(_) => {
            let text = Text::say("Choose a start after ").at(now).then(".");
            return Err(Refusal::new(Code::StartInPast, text).at("start").into());
        }
        None => now,
    };
    let Some(end) = wanted.end else {
        return if rules.permanent {
            Ok(Span::permanent(start))
        } else {
            let text = format!("An end is needed, at most {} from the start.", rules.max.words());
            Err(Refusal::new(Code::PermanentNotAllowed, text.as_str()).at("end").into())
        };
    };
    length(start, end, (!rules.permanent).then_some(rules.max), now)
}

fn length(
    start: DateTime<Utc>,
    end: DateTime<Utc>,
    max: Option<Minutes>,
    now: DateTime<Utc>,
) -> Result<Span, Vec<Refusal>> {
    let no = |code, text: String| Err(Refusal::new(code, text.as_str()).at("end").into());
    if end <= start {
        return no(Code::EndBeforeStart, "Choose an end after the start.".into());
    }
    if end - start < MIN_LENGTH.delta() || end - now < MIN_LENGTH.delta() {
        return no(Code::TooShort, "At least 5\u{a0}min.".into());
    }
    match max {
        Some(max) if end - start > max.delta() => {
            no(Code::TooLong, format!("At most {} from the start.", max.words()))
        }
        _ => Ok(Span { start, end: Some(end) }),
    }
}

/// Decides on another end for an assignment that is not over. The start of one that has begun stays.
///
/// # Errors
/// Every reason at once: over already, beyond the policy, too short, nothing changed.
pub fn update(
    policy: &Policy,
    held: Span,
    wanted: &Wanted,
    now: DateTime<Utc>,
) -> Result<Span, Vec<Refusal>> {
    // what was taken away before it began is empty: it is over although its time has not come
    if held.is_over(now) || held.is_empty() {
        return Err(Refusal::new(Code::AlreadyClosed, "This assignment is over. Assign it anew.").into());
    }
    let mut unmet: Vec<Refusal> = reason(policy, wanted).into_iter().collect();
    let begun = held.start <= now;
    // What began earlier is measured from now on: the policy limits how far ahead access may be given.
    let asked =
        Wanted { start: if begun { None } else { wanted.start.or(Some(held.start)) }, ..wanted.clone() };
    let span = match window(policy, &asked, now) {
        Ok(span) if begun => Span { start: held.start, end: span.end },
        Ok(span) => span,
        Err(refusals) => {
            unmet.extend(refusals);
            return Err(unmet);
        }
    };
    if span == held {
        unmet.push(Refusal::new(Code::NothingChanged, "Nothing would change.").at("end"));
    }
    if unmet.is_empty() { Ok(span) } else { Err(unmet) }
}

/// The span of something that is taken away now: ends at once, or never begins.
pub fn ended(held: Span, now: DateTime<Utc>) -> Span {
    held.cut(now)
}

/// Nobody gives themselves active access, neither anew nor by a later end of what she holds (product.md 4.8).
pub fn own_lengthening(kind: Kind, for_self: bool, held: Span, wanted: Span) -> Option<Refusal> {
    let later = held.end.is_some_and(|old| wanted.end.is_none_or(|new| new > old));
    (for_self && kind == Kind::Active && later).then(|| {
        let text = "Nobody lengthens their own active access. Ask another administrator or owner.";
        Refusal::new(Code::SelfAssignment, text).at("end")
    })
}
