//! Access reviews: people look at who is in a group or may be, keep or take away, and what they said is applied.
//!
//! A *plan* says what is reviewed, by whom and how often; a *round* is one run of it, with the assignments that were there
//! when it began. Not to be mixed up with the review that a use of break glass opens.
//! Sources: entra-pim-groups.md section 16, user-demands.md rows 59 and 75 and wish 7.

pub mod effort;
pub mod evidence;
pub mod panel;
pub mod plan;
pub mod schedule;
pub mod verdict;

use serde::{Deserialize, Serialize};

/// Longest reason of one decision, in characters.
pub const MAX_REASON: usize = 500;

/// What a reviewer says about one assignment.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// Still needed.
    Approve,
    /// To be taken away.
    Deny,
    /// She can't tell: as if nobody had said anything, but somebody looked.
    Unknown,
}

impl Decision {
    /// All, in the order of the form.
    pub const ALL: [Decision; 3] = [Decision::Approve, Decision::Deny, Decision::Unknown];

    /// The stable word.
    pub const fn wire(self) -> &'static str {
        match self {
            Decision::Approve => "approve",
            Decision::Deny => "deny",
            Decision::Unknown => "unknown",
        }
    }

    /// As people read it.
    pub const fn words(self) -> &'static str {
        match self {
            Decision::Approve => "Approve",
            Decision::Deny => "Deny",
            Decision::Unknown => "Don’t know",
        }
    }

    /// From the stable word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|decision| decision.wire() == word)
    }
}

/// What the evidence speaks for, and what is done in the end.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// It stays.
    Keep,
    /// It goes.
    Remove,
}

impl Fate {
    /// The stable word.
    pub const fn wire(self) -> &'static str {
        match self {
            Fate::Keep => "keep",
            Fate::Remove => "remove",
        }
    }

    /// As a recommendation reads.
    pub const fn words(self) -> &'static str {
        match self {
            Fate::Keep => "Approve",
            Fate::Remove => "Deny",
        }
    }

    /// From the stable word.
    pub fn parse(word: &str) -> Option<Self> {
        [Fate::Keep, Fate::Remove].into_iter().find(|fate| fate.wire() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_back() {
        for decision in Decision::ALL {
            assert_eq!(Decision::parse(decision.wire()), Some(decision));
        }
        assert_eq!(Fate::parse("remove"), Some(Fate::Remove));
        assert_eq!((Decision::parse("maybe"), Fate::parse("")), (None, None));
    }
}
