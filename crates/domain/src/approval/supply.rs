//! Whether what asks for approval can be approved at all, found before somebody asks in vain.

use crate::ids::PersonId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Who stands behind a demand for approval now: those named first, and those named for later.
#[derive(Clone, Debug, Default)]
pub struct Supply {
    /// Different people who must approve.
    pub needed: u8,
    /// Who can decide: able and not away, or standing in for somebody who is.
    pub here: BTreeSet<PersonId>,
    /// Who is able and away, with nobody in her place.
    pub away: BTreeSet<PersonId>,
    /// Some of those who may ask: more than `here` holds, if there are.
    pub askers: BTreeSet<PersonId>,
}

/// Why nobody gets in.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gap {
    /// Fewer are able than are needed, whether away or not.
    Few,
    /// Those who may ask are needed to approve, and nobody approves her own.
    Themselves,
    /// Too many are away: what is asked waits until they are back.
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
            (Gap::Away, 0) => "Everybody who can approve is away. What is asked waits until they are back.".into(),
            (Gap::Away, able) => format!(
                "Only {able} of those who can approve are not away, {needed} are needed. What is asked waits until they are back."
            ),
        }
    }
}

impl Supply {
    /// How many can decide, those who are away left out.
    pub fn able(&self) -> usize {
        self.here.len()
    }

    /// What is missing, if anything.
    pub fn gap(&self) -> Option<Gap> {
        let needed = usize::from(self.needed.max(1));
        let enough = |but: Option<&PersonId>, among: &BTreeSet<PersonId>| {
            among.iter().filter(|person| Some(*person) != but).count() >= needed
        };
        let all = &self.here | &self.away;
        if !enough(None, &all) {
            return Some(Gap::Few);
        }
        if !self.askers.is_empty() && !self.askers.iter().any(|asker| enough(Some(asker), &all)) {
            return Some(Gap::Themselves);
        }
        (!enough(None, &self.here)).then_some(Gap::Away)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn people(numbers: &[u128]) -> BTreeSet<PersonId> {
        numbers.iter().map(|number| PersonId(Uuid::from_u128(*number))).collect()
    }

    fn gap(needed: u8, here: &[u128], away: &[u128], askers: &[u128]) -> Option<Gap> {
        Supply { needed, here: people(here), away: people(away), askers: people(askers) }.gap()
    }

    #[test]
    fn nobody_gets_in_where_fewer_are_able_than_are_needed() {
        assert_eq!(gap(1, &[], &[], &[9]), Some(Gap::Few));
        assert_eq!(gap(2, &[1], &[], &[9]), Some(Gap::Few));
        assert_eq!(gap(2, &[1, 2], &[], &[9]), None);
        assert_eq!(gap(1, &[1], &[], &[]), None, "nobody may ask so far");
    }

    #[test]
    fn nobody_approves_her_own_so_the_only_ones_who_ask_must_not_be_the_only_ones_who_approve() {
        assert_eq!(gap(1, &[1], &[], &[1]), Some(Gap::Themselves));
        assert_eq!(gap(2, &[1, 2], &[], &[1, 2]), Some(Gap::Themselves));
        assert_eq!(gap(1, &[1, 2], &[], &[1, 2]), None, "each approves the other's");
        assert_eq!(gap(1, &[1], &[], &[1, 9]), None, "somebody else gets in");
        assert_eq!(gap(1, &[1], &[2], &[1]), None, "as soon as the other is back");
    }

    #[test]
    fn who_is_away_is_missing_until_she_is_back() {
        assert_eq!(gap(1, &[], &[1], &[9]), Some(Gap::Away));
        assert_eq!(gap(2, &[1], &[2], &[9]), Some(Gap::Away));
        assert_eq!(gap(2, &[1, 3], &[2], &[9]), None);
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
