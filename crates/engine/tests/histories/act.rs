//! What people, the worker and time do: one step of a history, with everything that was typed.

use super::model::{Policy, Time, What, Who};

/// How long a text is; what it says is no matter here.
pub type Words = usize;

/// What stands in the field for the code.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Typed {
    Right,
    Wrong,
    Nothing,
}

/// The form that gives or changes an assignment.
#[derive(Clone, Debug)]
pub struct Give {
    pub what: What,
    pub to: Who,
    pub eligible: bool,
    pub start: Option<Time>,
    pub end: Option<Time>,
    pub reason: Words,
    pub code: Typed,
}

/// A sheet of such lines, confirmed with one code.
#[derive(Clone, Debug)]
pub struct Sheet {
    pub lines: Vec<Give>,
    pub code: Typed,
}

/// The form that switches on, breaks glass or asks for more time.
#[derive(Clone, Debug)]
pub struct Switch {
    pub what: What,
    pub start: Option<Time>,
    pub minutes: Option<i64>,
    pub reason: Words,
    pub ticket: bool,
    pub code: Typed,
}

#[derive(Clone, Copy, Debug)]
pub struct Vote {
    pub yes: bool,
    pub reason: Words,
    /// Decided on something else than what there is.
    pub stale: bool,
    pub code: Typed,
}

/// The form that answers a request to extend or renew.
#[derive(Clone, Debug)]
pub struct Answer {
    pub yes: bool,
    pub eligible: bool,
    pub end: Option<Time>,
    pub reason: Words,
    pub code: Typed,
}

/// The form that says that one is away, and who decides meanwhile.
#[derive(Clone, Copy, Debug)]
pub struct Leave {
    pub until: Time,
    pub instead: Option<usize>,
    pub code: Typed,
}

#[derive(Clone, Debug)]
pub struct Save {
    pub what: What,
    /// The version that the form was made from.
    pub based_on: i32,
    pub policy: Policy,
    pub code: Typed,
}

/// A step. Numbers are places in the model's lists; the first one is who does it.
#[derive(Clone, Debug)]
pub enum Act {
    Assign(usize, Give),
    AssignMany(usize, Sheet),
    Update(usize, usize, Give),
    Remove(usize, usize, Option<usize>),
    Activate(usize, Switch),
    /// For somebody else, who is the second one.
    AskFor(usize, usize, Switch),
    BreakGlass(usize, Switch),
    Review(usize, usize, Words),
    Vote(usize, usize, Vote),
    Cancel(usize, usize),
    Extend(usize, usize, Switch),
    Deactivate(usize, usize),
    AskRenewal(usize, usize, Words),
    Answer(usize, usize, Answer),
    SetEnabled(usize, usize, bool),
    DeletePerson(usize, usize),
    RestorePerson(usize, usize),
    DeleteGroup(usize, usize),
    RestoreGroup(usize, usize),
    SetPolicy(usize, Box<Save>),
    Leave(usize, Leave),
    Back(usize),
    Sweep,
    Clock(Time),
}

impl Act {
    /// Who does it, if it is a person.
    pub fn by(&self) -> Option<usize> {
        match self {
            Act::Assign(by, ..)
            | Act::AssignMany(by, ..)
            | Act::Update(by, ..)
            | Act::Remove(by, ..)
            | Act::Activate(by, ..)
            | Act::AskFor(by, ..)
            | Act::BreakGlass(by, ..)
            | Act::Review(by, ..)
            | Act::Vote(by, ..)
            | Act::Cancel(by, ..)
            | Act::Extend(by, ..)
            | Act::Deactivate(by, ..)
            | Act::AskRenewal(by, ..)
            | Act::Answer(by, ..)
            | Act::SetEnabled(by, ..)
            | Act::DeletePerson(by, ..)
            | Act::RestorePerson(by, ..)
            | Act::DeleteGroup(by, ..)
            | Act::RestoreGroup(by, ..)
            | Act::SetPolicy(by, ..)
            | Act::Leave(by, ..)
            | Act::Back(by) => Some(*by),
            Act::Sweep | Act::Clock(_) => None,
        }
    }
}
