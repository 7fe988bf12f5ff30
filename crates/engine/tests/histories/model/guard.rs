//! The last holder (product.md 4.12), and what follows when somebody leaves a group.

use super::*;
use std::collections::BTreeSet;

/// Who there is before something is taken away.
struct Holders {
    administrators: bool,
    /// The same by ways without any end.
    for_good: bool,
    /// Role-assignable groups that somebody able owns, who has not switched it on.
    owners: BTreeSet<usize>,
}

impl Model {
    /// Changes something unless the last Global Administrator or the last owner of a role-assignable group would go.
    pub fn guarded<T: Done>(&mut self, change: impl FnOnce(&mut Self) -> T) -> Option<Ruling> {
        let before = self.last_holders();
        change(self).done()?;
        let after = self.last_holders();
        // none is removed and none expires: whoever is it for good stays the last one (product.md 4.12)
        must(after.administrators || !before.administrators)?;
        must(after.for_good || !before.for_good)?;
        // nor is the last owner: who switched it on is none, that ends by itself
        must(before.owners.difference(&after.owners).all(|group| self.groups[*group].deleted.is_some()))?;
        Some(Ruling::Yes)
    }

    /// Able people with a second factor who are Global Administrators by nothing that was switched on and so ends by
    /// itself (I-10).
    pub fn administrators(&self) -> usize {
        self.administrators_by(|grant| !grant.activated())
    }

    fn administrators_by(&self, counts: impl Fn(&Grant) -> bool + Copy) -> usize {
        let role = What::Role(Role::Global);
        let people = 0..self.people.len();
        people
            .filter(|person| self.able(*person) && self.people[*person].factor)
            .filter(|person| self.holds_by(*person, role, counts))
            .count()
    }

    fn last_holders(&self) -> Holders {
        let guarded = (0..self.groups.len()).filter(|group| self.groups[*group].guarded);
        let stands = |group| {
            (0..self.people.len()).any(|person| self.able(person) && self.stands(person, What::Owner(group)))
        };
        Holders {
            administrators: self.administrators() > 0,
            for_good: self.administrators_by(|grant| !grant.activated() && grant.end == FOREVER) > 0,
            owners: guarded.filter(|group| stands(*group)).collect(),
        }
    }

    /// What came through a group ends, or is cut, with the membership it came through (product.md 4.3).
    pub fn settle(&mut self) {
        loop {
            let mut changed = false;
            for person in 0..self.people.len() {
                let stay = self.stay(person);
                for at in 0..self.grants.len() {
                    changed |= self.settle_one(at, person, &stay);
                }
                for ask in self.asks.iter_mut().filter(|ask| ask.who == person && ask.state.open()) {
                    let through = ask.basis.first().and_then(|basis| basis.through);
                    if !ask.adrift && through.is_some_and(|group| !stay.contains_key(&group)) {
                        ask.state = State::Revoked;
                    }
                }
            }
            if !changed {
                return;
            }
        }
    }

    /// Notes what has no ground any more because `time` passed, and what found ground again.
    pub fn drift(&mut self, time: bool) {
        for person in 0..self.people.len() {
            let stay = self.stay(person);
            for ask in self.asks.iter_mut().filter(|ask| ask.who == person && ask.state.open()) {
                let through = ask.basis.first().and_then(|basis| basis.through);
                let gone = through.is_some_and(|group| !stay.contains_key(&group));
                ask.adrift = gone && (time || ask.adrift);
            }
        }
    }

    fn settle_one(&mut self, at: usize, person: usize, stay: &BTreeMap<usize, Time>) -> bool {
        let grant = &self.grants[at];
        let through = grant.basis.first().and_then(|basis| basis.through);
        let Some(through) = through.filter(|_| grant.who == Who::Person(person) && !self.over(grant)) else {
            return false;
        };
        match stay.get(&through) {
            None => self.finish(at),
            Some(until) if *until < grant.end => self.grants[at].end = *until,
            Some(_) => return false,
        }
        true
    }
}

/// A change that may find out that it can't be.
pub trait Done {
    fn done(self) -> Option<()>;
}

impl Done for () {
    fn done(self) -> Option<()> {
        Some(())
    }
}

impl Done for Option<()> {
    fn done(self) -> Option<()> {
        self
    }
}
