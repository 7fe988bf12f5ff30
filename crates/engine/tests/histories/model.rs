//! The reference: what Pimento promises, as plain structs and naive rules. Written from the specification
//! (product.md, security.md section 6) and from nothing else: no line of it calls the crates that it judges.
//!
//! Time is a number of microseconds; spans are half-open; no end is [`FOREVER`].

#[path = "model/away.rs"]
mod away;
#[path = "model/facts.rs"]
mod facts;
#[path = "model/give.rs"]
mod give;
#[path = "model/guard.rs"]
mod guard;
#[path = "model/life.rs"]
mod life;
#[path = "model/renew.rs"]
mod renew;
#[path = "model/rights.rs"]
mod rights;
#[path = "model/switch.rs"]
mod switch;
#[path = "model/vote.rs"]
mod vote;
#[path = "model/work.rs"]
mod work;

use super::act::{Act, Words};
use std::collections::BTreeMap;

pub type Time = i64;
pub const MINUTE: Time = 60_000_000;
pub const HOUR: Time = 60 * MINUTE;
pub const DAY: Time = 24 * HOUR;
pub const FOREVER: Time = Time::MAX;
/// Nothing is given or switched on for less (product.md 4.6).
pub const SHORTEST: Time = 5 * MINUTE;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Who {
    Person(usize),
    Group(usize),
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Role {
    Global,
    Users,
    Groups,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum What {
    Member(usize),
    Owner(usize),
    Role(Role),
}

impl What {
    pub fn group(self) -> Option<usize> {
        match self {
            What::Member(group) | What::Owner(group) => Some(group),
            What::Role(_) => None,
        }
    }
}

#[derive(Clone, Debug)]
pub struct Person {
    pub enabled: bool,
    pub deleted: Option<Time>,
    /// Has a second factor.
    pub factor: bool,
    pub away: Option<Away>,
}

#[derive(Clone, Copy, Debug)]
pub struct Away {
    pub until: Time,
    /// Who decides in their place.
    pub instead: Option<usize>,
}

#[derive(Clone, Debug)]
pub struct Group {
    /// Role-assignable, with the protections of that.
    pub guarded: bool,
    pub deleted: Option<Time>,
}

/// What an activation rests on.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Basis {
    pub grant: usize,
    /// The group that is eligible, if she is not it herself.
    pub through: Option<usize>,
}

/// An assignment or activation.
#[derive(Clone, Debug)]
pub struct Grant {
    pub what: What,
    pub who: Who,
    pub eligible: bool,
    /// Of an activation what it may rest on: several only until the engine has told which of equals it took.
    pub basis: Vec<Basis>,
    pub start: Time,
    pub end: Time,
    /// It ended otherwise than by its date. Nothing ever happens to it again.
    pub taken: bool,
}

impl Grant {
    pub fn activated(&self) -> bool {
        !self.basis.is_empty()
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    Waiting,
    Planned,
    Done,
    Denied,
    Cancelled,
    Lapsed,
    Revoked,
    WaitingForManager,
    Given,
    NotGiven,
}

impl State {
    pub fn open(self) -> bool {
        matches!(self, State::Waiting | State::Planned | State::WaitingForManager)
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Activation,
    /// More time on this activation.
    More(usize),
    /// A later end of this assignment, or the same again.
    Renewal(usize),
}

/// A use of break glass is owed a review.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Debt {
    None,
    Owed,
    Settled,
}

#[derive(Clone, Debug)]
pub struct Ask {
    pub kind: Kind,
    pub what: What,
    pub who: usize,
    /// Who asked: mostly she.
    pub filer: usize,
    pub start: Option<Time>,
    pub minutes: i64,
    pub reason: Words,
    pub ticket: bool,
    pub asked: Time,
    /// The demands it was made under.
    pub under: Demands,
    pub deadline: Option<Time>,
    pub state: State,
    /// Who said yes, or the one no.
    pub votes: Vec<Said>,
    /// Others are let decide since then, before their time.
    pub early: Option<Time>,
    pub basis: Vec<Basis>,
    pub answered_by: Option<usize>,
    pub debt: Debt,
    /// The membership it was asked through ended by time alone, and she has no other since. The sweep closes it then,
    /// or an act before that concerns her membership; which acts do is the engine's business.
    pub adrift: bool,
}

/// A decision.
#[derive(Clone, Debug)]
pub struct Said {
    pub by: usize,
    /// In whose place; several only until the engine has told which of equals it took.
    pub seats: Vec<usize>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Proof {
    None,
    Session,
    Fresh,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Approval {
    pub named: Vec<Who>,
    pub needed: usize,
    pub hours: i64,
    /// Who may decide too, and after how many hours; nobody while it is empty.
    pub later: Vec<Who>,
    pub later_after: i64,
}

impl Approval {
    /// Whether it names somebody, first or for later.
    pub fn names(&self, who: Who) -> bool {
        self.named.contains(&who) || self.later.contains(&who)
    }

    /// From when on somebody named may decide on what was asked then, if nobody let others decide early.
    pub fn since(&self, who: Who, asked: Time, early: Option<Time>) -> Option<Time> {
        if self.named.contains(&who) {
            return Some(asked);
        }
        let planned = asked + self.later_after * HOUR;
        self.later.contains(&who).then_some(early.map_or(planned, |early| early.min(planned)))
    }
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Demands {
    /// Longest activation, in minutes.
    pub max: i64,
    pub proof: Proof,
    /// Fewest letters of a reason, if one is asked.
    pub reason: Option<usize>,
    pub ticket: bool,
    pub approval: Option<Approval>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limit {
    pub permanent: bool,
    pub days: i64,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Policy {
    pub demands: Demands,
    pub eligible: Limit,
    pub active: Limit,
    /// Who gives standing access says why, or confirms with a code.
    pub active_reason: bool,
    pub active_code: bool,
    /// Break glass for so many minutes.
    pub glass: Option<i64>,
}

/// Everything there is.
#[derive(Clone, Debug)]
pub struct Model {
    pub now: Time,
    pub people: Vec<Person>,
    pub groups: Vec<Group>,
    pub grants: Vec<Grant>,
    pub asks: Vec<Ask>,
    pub policies: BTreeMap<What, (i32, Policy)>,
}

/// What is to become of a step.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ruling {
    Yes,
    /// Refused, and nothing changes.
    No,
    /// Refused, because something is over; that is now written down.
    NoButCloses,
    /// The specification leaves it open; whichever it is, the effects are as modelled.
    Either,
}

impl Model {
    /// Plays a step by the rules: on [`Ruling::No`] nothing is changed.
    pub fn play(&mut self, act: &Act) -> Ruling {
        let before = self.clone();
        let acts = act.by().is_none_or(|by| self.able(by));
        let ruling = if acts { self.rule(act).unwrap_or(Ruling::No) } else { Ruling::No };
        if ruling == Ruling::No {
            *self = before;
        } else {
            self.drift(false);
        }
        ruling
    }

    fn rule(&mut self, act: &Act) -> Option<Ruling> {
        match act.clone() {
            Act::Assign(by, form) => self.assign(by, &form),
            Act::AssignMany(by, sheet) => self.assign_many(by, &sheet),
            Act::Update(by, grant, form) => self.update(by, grant, &form),
            Act::Remove(by, grant, heir) => self.remove(by, grant, heir),
            Act::Activate(by, form) => self.activate(by, &form),
            Act::AskFor(by, who, form) => self.ask_for(by, who, &form),
            Act::BreakGlass(by, form) => self.break_glass(by, &form),
            Act::Review(by, ask, finding) => self.review(by, ask, finding),
            Act::Vote(by, ask, vote) => self.vote(by, ask, vote),
            Act::Cancel(by, ask) => self.cancel(by, ask),
            Act::Extend(by, grant, form) => self.extend(by, grant, &form),
            Act::Deactivate(by, grant) => self.deactivate(by, grant),
            Act::AskRenewal(by, grant, reason) => self.ask_renewal(by, grant, reason),
            Act::Answer(by, ask, form) => self.answer(by, ask, &form),
            Act::SetEnabled(by, person, enabled) => self.set_enabled(by, person, enabled),
            Act::DeletePerson(by, person) => self.delete_person(by, person),
            Act::RestorePerson(by, person) => self.restore_person(by, person),
            Act::DeleteGroup(by, group) => self.delete_group(by, group),
            Act::RestoreGroup(by, group) => self.restore_group(by, group),
            Act::SetPolicy(by, form) => self.set_policy(by, *form),
            Act::Leave(by, form) => self.leave(by, form),
            Act::Back(by) => {
                self.people[by].away = None;
                Some(Ruling::Yes)
            }
            Act::Sweep => {
                self.sweep();
                Some(Ruling::Yes)
            }
            Act::Clock(to) => {
                self.now = to;
                self.drift(true);
                Some(Ruling::Yes)
            }
        }
    }
}

/// The rest of a rule is reached only if this holds.
fn must(holds: bool) -> Option<()> {
    holds.then_some(())
}
