//! Whether what asks for approval can be approved at all, found before somebody asks in vain.

use crate::ids::PersonId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Who stands behind a demand for approval now: those named first, and those named for later.
#[derive(Clone, Debug, Default)]
pub struct Supply {
    /// Different people who must approve.
    pub needed: u8,
    /// Who can decide; where there are more than are needed, some of them.
    pub able: BTreeSet<PersonId>,
    /// How many different people are here who can decide, themselves or in the place of others; where there are more than are
    /// needed, some of them.
    pub here: usize,
    /// Somebody who may ask: one who can't approve, if there is one. Only where no more are able than are needed.
    pub asker: Option<PersonId>,
}

/// Why nobody gets in, or not soon.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gap {
    /// Fewer are able than are needed.
    Few,
    /// Those who may ask are needed to approve, and nobody approves her own.
    Themselves,
    /// Enough are able, and too few of them are here.
    Away,
}

impl Gap {
    /// All of them, the gravest first.
    pub const ALL: [Gap; 3] = [Gap::Few, Gap::Themselves, Gap::Away];

    /// The stable word.
    pub const fn wire(self) -> &'static str {
        match self {
            Gap::Few => "few",
            Gap::Themselves => "themselves",
            Gap::Away => "away",
        }
    }

    /// From the stable word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|gap| gap.wire() == word)
    }

    /// In a sentence: `able` people are there, `needed` are needed.
    pub fn words(self, able: usize, needed: u8) -> String {
        match (self, able) {
            (Gap::Few, 0) => "Nobody can approve today. Nobody gets in.".into(),
            (Gap::Few, 1) => format!("Only 1 person can approve today, {needed} are needed. Nobody gets in."),
            (Gap::Few, able) => {
                format!("Only {able} people can approve today, {needed} are needed. Nobody gets in.")
            }
            (Gap::Themselves, _) => {
                "Those who may ask for it are the only ones who could approve it, and nobody approves their own. Nobody gets in."
                    .into()
            }
            (Gap::Away, _) => {
                "Too few of those who could approve are here, or have somebody here in their place. Requests may wait until somebody is back."
                    .into()
            }
        }
    }
}

impl Supply {
    /// How many must approve, at the least.
    fn least(&self) -> usize {
        usize::from(self.needed.max(1))
    }

    /// Exactly as many are able as are needed: then it matters who asks, since nobody approves her own.
    pub fn is_tight(&self) -> bool {
        self.able.len() == self.least()
    }

    /// Too few of those who can decide are here, without those who stand in for the others.
    pub fn is_short(&self) -> bool {
        self.here < self.least()
    }

    /// What is missing, if anything.
    pub fn gap(&self) -> Option<Gap> {
        if self.able.len() < self.least() {
            return Some(Gap::Few);
        }
        let themselves = self.is_tight() && self.asker.is_some_and(|asker| self.able.contains(&asker));
        if themselves {
            return Some(Gap::Themselves);
        }
        self.is_short().then_some(Gap::Away)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn person(number: u128) -> PersonId {
        PersonId(Uuid::from_u128(number))
    }

    fn gap(needed: u8, able: &[u128], asker: Option<u128>) -> Option<Gap> {
        let able: BTreeSet<_> = able.iter().copied().map(person).collect();
        Supply { needed, here: able.len(), able, asker: asker.map(person) }.gap()
    }

    #[test]
    fn nobody_gets_in_where_fewer_are_able_than_are_needed() {
        assert_eq!(gap(1, &[], Some(9)), Some(Gap::Few));
        assert_eq!(gap(2, &[1], Some(9)), Some(Gap::Few));
        assert_eq!(gap(2, &[1, 2], Some(9)), None);
        assert_eq!(gap(1, &[1], None), None, "nobody may ask so far");
        assert_eq!(gap(0, &[], None), Some(Gap::Few), "one at the least");
    }

    #[test]
    fn nobody_approves_her_own_so_the_only_ones_who_ask_must_not_be_the_only_ones_who_approve() {
        assert_eq!(gap(1, &[1], Some(1)), Some(Gap::Themselves));
        assert_eq!(gap(2, &[1, 2], Some(1)), Some(Gap::Themselves));
        assert_eq!(gap(1, &[1, 2], Some(1)), None, "each approves the other's");
        assert_eq!(gap(1, &[1], Some(9)), None, "somebody else gets in");
    }

    #[test]
    fn requests_wait_where_too_few_of_those_who_can_approve_are_here() {
        let able: BTreeSet<_> = [1, 2, 3].map(person).into();
        let gap = |needed, here| Supply { needed, able: able.clone(), here, asker: Some(person(9)) }.gap();
        assert_eq!([gap(1, 0), gap(2, 1)], [Some(Gap::Away); 2]);
        assert_eq!([gap(1, 1), gap(2, 2)], [None; 2]);
        assert_eq!(gap(4, 0), Some(Gap::Few), "what is worse is said first");
    }

    #[test]
    fn every_gap_is_found_by_its_word_and_says_what_is_missing() {
        for gap in Gap::ALL {
            assert_eq!(Gap::parse(gap.wire()), Some(gap));
        }
        assert_eq!(Gap::Few.words(0, 1), "Nobody can approve today. Nobody gets in.");
        assert_eq!(Gap::Few.words(1, 2), "Only 1 person can approve today, 2 are needed. Nobody gets in.");
    }
}
