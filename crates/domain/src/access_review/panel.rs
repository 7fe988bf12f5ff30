//! Who may decide on what. Judged at the moment of the decision: who stopped being an owner decides no more.

use super::plan::Reviewers;
use crate::ids::PersonId;
use std::collections::BTreeSet;

/// Whose assignment it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Whose {
    /// A person's.
    Person(PersonId),
    /// A group's: of everybody who is in it now or could be by activating.
    Group(BTreeSet<PersonId>),
}

impl Whose {
    /// Whether it is this person's own access, also through a group.
    pub fn is(&self, person: PersonId) -> bool {
        match self {
            Whose::Person(own) => *own == person,
            Whose::Group(people) => people.contains(&person),
        }
    }
}

/// Which people's assignments somebody may decide on, so that they can be counted without looking at each.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reach {
    /// On nobody's.
    Nobody,
    /// On hers: her own where each answers for herself, or those of the only one of the first, whom the fallback judges.
    Only(PersonId),
    /// On everybody's but her own.
    Others,
}

impl Reach {
    /// Whether it takes in what this other person, or she herself, holds.
    pub fn takes(self, me: PersonId, whose: PersonId) -> bool {
        match self {
            Reach::Nobody => false,
            Reach::Only(person) => person == whose,
            Reach::Others => me != whose,
        }
    }
}

/// The people who review now: able ones, groups resolved.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Panel {
    /// Of which sort.
    pub reviewers: Reviewers,
    /// Owners, or the named ones.
    pub first: BTreeSet<PersonId>,
    /// Who takes over where none of the first can decide.
    pub fallback: BTreeSet<PersonId>,
}

impl Panel {
    /// Whether she may decide. Nobody decides on access of her own, by no way, unless that is what the review asks for.
    pub fn may(&self, person: PersonId, whose: &Whose) -> bool {
        match (self.reviewers, whose) {
            (Reviewers::Oneself, Whose::Person(own)) => *own == person,
            _ => {
                let first = self.first.iter().any(|reviewer| !whose.is(*reviewer));
                let list = if first { &self.first } else { &self.fallback };
                list.contains(&person) && !whose.is(person)
            }
        }
    }

    /// Which people's assignments she may decide on: what [`Panel::may`] says of each of them.
    pub fn reach(&self, person: PersonId) -> Reach {
        if self.reviewers == Reviewers::Oneself {
            return Reach::Only(person);
        }
        let mut first = self.first.iter();
        match (first.next(), first.next()) {
            _ if self.first.contains(&person) => Reach::Others,
            _ if !self.fallback.contains(&person) => Reach::Nobody,
            (None, _) => Reach::Others,
            (Some(only), None) => Reach::Only(*only),
            _ => Reach::Nobody,
        }
    }

    /// Whether there is anybody who may.
    pub fn anybody(&self, whose: &Whose) -> bool {
        match (self.reviewers, whose) {
            (Reviewers::Oneself, Whose::Person(_)) => true,
            _ => self.first.iter().chain(&self.fallback).any(|person| self.may(*person, whose)),
        }
    }

    /// Everybody who may. Empty: nobody can, and what the plan says of the undecided is done.
    pub fn of(&self, whose: &Whose) -> BTreeSet<PersonId> {
        match (self.reviewers, whose) {
            (Reviewers::Oneself, Whose::Person(own)) => BTreeSet::from([*own]),
            _ => {
                let all = self.first.iter().chain(&self.fallback).copied();
                all.filter(|person| self.may(*person, whose)).collect()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn person(number: u128) -> PersonId {
        PersonId(Uuid::from_u128(number))
    }

    fn people(numbers: &[u128]) -> BTreeSet<PersonId> {
        numbers.iter().copied().map(person).collect()
    }

    fn panel(reviewers: Reviewers, first: &[u128], fallback: &[u128]) -> Panel {
        Panel { reviewers, first: people(first), fallback: people(fallback) }
    }

    #[test]
    fn i_11_nobody_decides_on_her_own_access_whatever_list_names_her() {
        for reviewers in [Reviewers::Owners, Reviewers::Named] {
            let panel = panel(reviewers, &[1, 2], &[1, 3]);
            assert!(!panel.may(person(1), &Whose::Person(person(1))));
            assert!(panel.may(person(2), &Whose::Person(person(1))));
            assert!(
                !panel.may(person(3), &Whose::Person(person(1))),
                "an owner can, so the fallback need not"
            );
            let in_it = Whose::Group(people(&[1, 7]));
            assert!(!panel.may(person(1), &in_it) && panel.may(person(2), &in_it), "also through a group");
        }
    }

    #[test]
    fn the_fallback_takes_over_where_no_owner_can_and_only_there() {
        let none = panel(Reviewers::Owners, &[], &[3]);
        assert_eq!(none.of(&Whose::Person(person(9))), people(&[3]));
        assert_eq!(none.of(&Whose::Person(person(3))), people(&[]), "not on herself either");
        let one = panel(Reviewers::Owners, &[1], &[3]);
        assert_eq!(one.of(&Whose::Person(person(1))), people(&[3]), "the only owner does not judge herself");
        assert_eq!(one.of(&Whose::Person(person(9))), people(&[1]));
        let all_in_it = Whose::Group(people(&[1, 3]));
        assert_eq!(one.of(&all_in_it), people(&[]));
    }

    #[test]
    fn each_answers_for_herself_where_that_is_asked_and_groups_are_for_the_owners() {
        let panel = panel(Reviewers::Oneself, &[1], &[]);
        assert_eq!(panel.of(&Whose::Person(person(9))), people(&[9]));
        assert!(!panel.may(person(1), &Whose::Person(person(9))), "not the owner");
        assert_eq!(panel.of(&Whose::Group(people(&[9]))), people(&[1]));
    }

    #[test]
    fn how_far_somebody_reaches_is_what_is_said_of_each() {
        let lists: [&[u128]; 4] = [&[], &[1], &[1, 2], &[3]];
        for reviewers in [Reviewers::Owners, Reviewers::Named, Reviewers::Oneself] {
            for (first, fallback) in lists.iter().flat_map(|first| lists.map(|fallback| (*first, fallback))) {
                let panel = panel(reviewers, first, fallback);
                for (me, whose) in (1..5).flat_map(|me| (1..5).map(move |whose| (person(me), person(whose))))
                {
                    let may = panel.may(me, &Whose::Person(whose));
                    assert_eq!(panel.reach(me).takes(me, whose), may, "{panel:?}, {me:?} on {whose:?}");
                    let whose = Whose::Person(whose);
                    assert_eq!(panel.anybody(&whose), !panel.of(&whose).is_empty(), "{panel:?} on {whose:?}");
                }
            }
        }
    }
}
