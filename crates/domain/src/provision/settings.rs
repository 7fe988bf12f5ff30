//! What is typed about an application, and its bounds.

use super::breaker::Threshold;
use super::{Dialect, Drift, Foreign, Kind, Leaving, Match, Probe, Scope, Sessions};
use crate::refusal::{Code, Refusal};
use std::ops::RangeInclusive;

/// As typed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Typed {
    /// How removals and booleans are written.
    pub dialect: String,
    /// How to find out whether somebody is a member.
    pub probe: String,
    /// It knows PATCH.
    pub patches: bool,
    /// It may keep a member twice that is added twice: look before adding.
    pub adds_twice: bool,
    /// It takes a deletion with an Accept header.
    pub delete_accept: bool,
    /// By what accounts are found, in this order.
    pub matching: Vec<String>,
    /// What becomes of open sessions, of a database.
    pub sessions: String,
    /// Who of the assigned groups.
    pub scope: String,
    /// What becomes of accounts whose person has nothing any more.
    pub leaving: String,
    /// What becomes of members without a grant.
    pub drift: String,
    /// What becomes of accounts and groups of another system.
    pub foreigners: String,
    /// Accounts that may go at once.
    pub breaker_most: i32,
    /// Or per cent of them.
    pub breaker_per_cent: i32,
    /// Requests a second.
    pub per_second: i32,
    /// At once after a rest.
    pub burst: i32,
    /// Under way at once.
    pub in_flight: i32,
    /// Minutes between two comparisons of everything.
    pub sweep_minutes: i32,
}

impl Default for Typed {
    fn default() -> Self {
        let breaker = Threshold::default();
        Self {
            dialect: Dialect::default().wire().into(),
            probe: Probe::default().wire().into(),
            patches: true,
            adds_twice: true,
            delete_accept: true,
            matching: vec![Match::External.wire().into(), Match::UserName.wire().into()],
            sessions: Sessions::default().wire().into(),
            scope: Scope::default().wire().into(),
            leaving: Leaving::default().wire().into(),
            drift: Drift::default().wire().into(),
            foreigners: Foreign::default().wire().into(),
            breaker_most: breaker.most,
            breaker_per_cent: breaker.per_cent,
            per_second: 10,
            burst: 20,
            in_flight: 4,
            sweep_minutes: 40,
        }
    }
}

impl Typed {
    /// What stands in the form of a new application of this kind.
    pub fn usual(kind: Kind) -> Self {
        match kind {
            Kind::Scim => Self::default(),
            // what has a role there may be a program that nobody here knows of
            Kind::Postgres => Self {
                matching: vec![Match::UserName.wire().into()],
                drift: Drift::Report.wire().into(),
                ..Self::default()
            },
        }
    }
}

/// By what accounts of a kind can be found.
const fn finds(kind: Kind, by: Match) -> bool {
    match kind {
        Kind::Scim => !matches!(by, Match::Local),
        Kind::Postgres => !matches!(by, Match::External),
    }
}

/// Everything that is wrong at once; the words and numbers may be stored if nothing is.
///
/// # Errors
/// Each at its field.
pub fn judge(typed: &Typed, kind: Kind) -> Result<(), Vec<Refusal>> {
    let mut wrong = Vec::new();
    let mut choice = |known: bool, field: &str| {
        if !known {
            wrong.push(Refusal::new(Code::BadInput, "Choose one of these.").at(field));
        }
    };
    choice(Dialect::parse(&typed.dialect).is_some(), "dialect");
    choice(Probe::parse(&typed.probe).is_some(), "probe");
    choice(Sessions::parse(&typed.sessions).is_some(), "sessions");
    choice(Scope::parse(&typed.scope).is_some(), "scope");
    choice(Leaving::parse(&typed.leaving).is_some(), "leaving");
    choice(Drift::parse(&typed.drift).is_some(), "drift");
    choice(Foreign::parse(&typed.foreigners).is_some(), "foreigners");
    let known = typed.matching.iter().all(|word| Match::parse(word).is_some_and(|by| finds(kind, by)));
    let twice = (1..typed.matching.len()).any(|at| typed.matching[..at].contains(&typed.matching[at]));
    choice(known && !twice && !typed.matching.is_empty(), "matching");
    let mut number = |number: i32, bounds: RangeInclusive<i32>, field: &str| {
        if !bounds.contains(&number) {
            let says = format!("A whole number from {} to {}.", bounds.start(), bounds.end());
            wrong.push(Refusal::new(Code::BadValue, says.as_str()).at(field));
        }
    };
    number(typed.breaker_most, 0..=100_000, "breaker_most");
    number(typed.breaker_per_cent, 0..=100, "breaker_per_cent");
    number(typed.per_second, 1..=500, "per_second");
    number(typed.burst, 1..=1_000, "burst");
    number(typed.in_flight, 1..=32, "in_flight");
    number(typed.sweep_minutes, 5..=1_440, "sweep_minutes");
    if wrong.is_empty() { Ok(()) } else { Err(wrong) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_untouched_form_is_right_and_every_mistake_is_named() {
        for kind in Kind::ALL {
            assert!(judge(&Typed::usual(*kind), *kind).is_ok());
        }
        let other = judge(&Typed::default(), Kind::Postgres).unwrap_err();
        assert_eq!(other[0].field.as_deref(), Some("matching"), "a database knows none of our ids");
        let typed = Typed {
            dialect: "soap".into(),
            matching: vec!["userName".into(), "userName".into()],
            in_flight: 0,
            sweep_minutes: 4,
            ..Typed::default()
        };
        let fields: Vec<_> =
            judge(&typed, Kind::Scim).unwrap_err().into_iter().filter_map(|refusal| refusal.field).collect();
        assert_eq!(fields, ["dialect", "matching", "in_flight", "sweep_minutes"]);
    }
}
