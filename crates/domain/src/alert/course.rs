//! What becomes of an alert from one count to the next, and how it is acknowledged.

use super::facts::Facts;
use crate::policy::JustificationRule;
use chrono::{DateTime, TimeDelta, Utc};

/// An acknowledgement says something.
pub const REASON: JustificationRule = JustificationRule { required: true, min_length: 10 };

/// What is true again so soon after it stopped is the same alert: nobody is told twice of what comes and goes.
const SAME: TimeDelta = TimeDelta::hours(1);

/// Alerts of one kind that are open at once, at most: nobody reads more, and there is a list of each kind elsewhere.
pub const MOST: usize = 200;

/// For how long an acknowledgement holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Term {
    /// A day.
    Day,
    /// A week.
    Week,
    /// 30 days.
    Month,
    /// 90 days.
    Quarter,
}

impl Term {
    /// All, in the order of the form.
    pub const ALL: [Term; 4] = [Term::Day, Term::Week, Term::Month, Term::Quarter];

    /// How many days.
    pub const fn days(self) -> i64 {
        match self {
            Term::Day => 1,
            Term::Week => 7,
            Term::Month => 30,
            Term::Quarter => 90,
        }
    }

    /// From the number of days, as sent.
    pub fn parse(days: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|term| term.days().to_string() == days)
    }

    /// When it ends.
    pub fn end(self, now: DateTime<Utc>) -> DateTime<Utc> {
        now + TimeDelta::days(self.days())
    }
}

/// Somebody said that she knows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Acknowledged {
    /// What she knew.
    pub facts: Facts,
    /// Until when that holds.
    pub until: DateTime<Utc>,
}

/// An alert as it was at the last count.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Before {
    /// When it stopped being true.
    pub closed_at: Option<DateTime<Utc>>,
    /// Whether somebody knows.
    pub acknowledged: Option<Acknowledged>,
}

/// What becomes of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    /// A new one opens.
    Opens,
    /// It is true again, after so short a time that it is the same one.
    Resumes,
    /// It goes on.
    Stays,
    /// It was acknowledged, and somebody has to look again.
    Returns(Why),
    /// It is not true any more.
    Closes,
    /// It is over and stays so.
    Over,
}

/// Why an acknowledged alert is back.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Why {
    /// It got worse.
    Worse,
    /// The term is over.
    TermOver,
}

impl Why {
    /// As people read it.
    pub const fn words(self) -> &'static str {
        match self {
            Why::Worse => "It got worse.",
            Why::TermOver => "The time is over for which it was acknowledged.",
        }
    }
}

/// Decides on the newest alert of a kind and subject, given what was found of it now.
pub fn step(before: Option<&Before>, found: Option<&Facts>, now: DateTime<Utc>) -> Step {
    let Some(facts) = found else {
        return match before {
            Some(Before { closed_at: None, .. }) => Step::Closes,
            _ => Step::Over,
        };
    };
    let Some(before) = before else { return Step::Opens };
    match (before.closed_at, &before.acknowledged) {
        (Some(closed), _) if now - closed >= SAME => Step::Opens,
        (_, Some(known)) if facts.worse_than(&known.facts) => Step::Returns(Why::Worse),
        (_, Some(known)) if known.until <= now => Step::Returns(Why::TermOver),
        (Some(_), _) => Step::Resumes,
        (None, _) => Step::Stays,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_773_324_000, 0).unwrap() + TimeDelta::minutes(minutes)
    }

    fn facts(found: i64) -> Facts {
        Facts::Outside { found }
    }

    fn known(found: i64, until: i64) -> Option<Acknowledged> {
        Some(Acknowledged { facts: facts(found), until: at(until) })
    }

    fn open(acknowledged: Option<Acknowledged>) -> Before {
        Before { closed_at: None, acknowledged }
    }

    fn closed(minutes: i64, acknowledged: Option<Acknowledged>) -> Before {
        Before { closed_at: Some(at(minutes)), acknowledged }
    }

    #[test]
    fn it_opens_once_stays_and_closes_by_itself() {
        let now = at(0);
        assert_eq!(step(None, Some(&facts(1)), now), Step::Opens);
        assert_eq!(step(Some(&open(None)), Some(&facts(9)), now), Step::Stays);
        assert_eq!(step(Some(&open(None)), None, now), Step::Closes);
        assert_eq!(step(Some(&closed(-5, None)), None, now), Step::Over);
        assert_eq!(step(None, None, now), Step::Over);
    }

    #[test]
    fn what_is_true_again_within_an_hour_is_the_same_and_later_a_new_one() {
        let now = at(0);
        assert_eq!(step(Some(&closed(-59, None)), Some(&facts(1)), now), Step::Resumes);
        assert_eq!(step(Some(&closed(-60, None)), Some(&facts(1)), now), Step::Opens);
        assert_eq!(step(Some(&closed(-59, known(1, 99))), Some(&facts(1)), now), Step::Resumes);
        assert_eq!(step(Some(&closed(-60, known(1, 99))), Some(&facts(1)), now), Step::Opens);
    }

    #[test]
    fn an_acknowledged_one_is_back_when_it_gets_worse_or_its_term_is_over() {
        let now = at(0);
        let held = open(known(2, 1));
        assert_eq!(step(Some(&held), Some(&facts(2)), now), Step::Stays);
        assert_eq!(step(Some(&held), Some(&facts(1)), now), Step::Stays, "better is not worse");
        assert_eq!(step(Some(&held), Some(&facts(3)), now), Step::Returns(Why::Worse));
        assert_eq!(step(Some(&open(known(2, 0))), Some(&facts(2)), now), Step::Returns(Why::TermOver));
        assert_eq!(step(Some(&closed(-1, known(2, 9))), Some(&facts(3)), now), Step::Returns(Why::Worse));
        assert_eq!(step(Some(&held), None, now), Step::Closes);
    }

    #[test]
    fn terms_are_found_by_their_days() {
        for term in Term::ALL {
            assert_eq!(Term::parse(&term.days().to_string()), Some(term));
            assert_eq!(term.end(at(0)) - at(0), TimeDelta::days(term.days()));
        }
        assert_eq!(Term::parse("2"), None);
    }
}
