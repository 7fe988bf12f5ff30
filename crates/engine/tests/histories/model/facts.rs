//! Who is in what now, and for how long; what somebody is eligible for.

use super::*;
use std::collections::BTreeSet;

/// An eligibility as it holds for one person.
#[derive(Clone, Copy, Debug)]
pub struct Eligible {
    pub basis: Basis,
    pub start: Time,
    pub end: Time,
}

impl Model {
    pub fn able(&self, person: usize) -> bool {
        self.people[person].enabled && self.people[person].deleted.is_none()
    }

    pub fn open(&self, what: What) -> bool {
        what.group().is_none_or(|group| self.groups[group].deleted.is_none())
    }

    /// A group is able to hold something as long as it is there.
    pub fn fit(&self, who: Who) -> bool {
        match who {
            Who::Person(person) => self.able(person),
            Who::Group(group) => self.groups[group].deleted.is_none(),
        }
    }

    pub fn over(&self, grant: &Grant) -> bool {
        grant.taken || grant.end <= self.now
    }

    pub fn covers(&self, grant: &Grant, at: Time) -> bool {
        grant.start <= at && at < grant.end
    }

    /// Access that works now (product.md section 2: effective is a comparison with the clock).
    pub fn on(&self, grant: &Grant) -> bool {
        !grant.eligible && self.covers(grant, self.now)
    }

    /// Every group that somebody lies in now by grants that count.
    fn groups_by(&self, who: Who, counts: impl Fn(&Grant) -> bool) -> BTreeSet<usize> {
        let mut found = BTreeSet::new();
        loop {
            let before = found.len();
            for grant in self.grants.iter().filter(|grant| self.on(grant) && counts(grant)) {
                let inside = grant.who == who || matches!(grant.who, Who::Group(by) if found.contains(&by));
                if let What::Member(group) = grant.what
                    && inside
                    && self.groups[group].deleted.is_none()
                {
                    found.insert(group);
                }
            }
            if found.len() == before {
                return found;
            }
        }
    }

    pub fn groups_of(&self, who: Who) -> BTreeSet<usize> {
        self.groups_by(who, |_| true)
    }

    pub fn holds_by(&self, person: usize, what: What, counts: impl Fn(&Grant) -> bool + Copy) -> bool {
        let groups = self.groups_by(Who::Person(person), counts);
        let hers = |who| match who {
            Who::Person(by) => by == person,
            Who::Group(by) => groups.contains(&by),
        };
        self.grants
            .iter()
            .any(|grant| grant.what == what && hers(grant.who) && self.on(grant) && counts(grant))
    }

    /// Whether she holds this now, herself or through groups (product.md section 3, option 2).
    pub fn holds(&self, person: usize, what: What) -> bool {
        self.holds_by(person, what, |_| true)
    }

    /// The same without anything that was switched on and ends by itself.
    pub fn stands(&self, person: usize, what: What) -> bool {
        self.holds_by(person, what, |grant| !grant.activated())
    }

    pub fn roles(&self, person: usize) -> BTreeSet<Role> {
        let all = [Role::Global, Role::Users, Role::Groups];
        all.into_iter().filter(|role| self.holds(person, What::Role(*role))).collect()
    }

    /// The able people who hold this.
    pub fn holders(&self, what: What) -> BTreeSet<usize> {
        (0..self.people.len()).filter(|person| self.able(*person) && self.holds(*person, what)).collect()
    }

    /// The able people inside a group, by ways that do not lead through another.
    pub fn inside(&self, root: usize, but: Option<usize>) -> BTreeSet<usize> {
        let mut groups = BTreeSet::new();
        let mut people = BTreeSet::new();
        if self.groups[root].deleted.is_none() && Some(root) != but {
            groups.insert(root);
        }
        loop {
            let before = groups.len();
            for grant in self.grants.iter().filter(|grant| self.on(grant)) {
                let What::Member(group) = grant.what else { continue };
                match grant.who {
                    _ if !groups.contains(&group) => {}
                    Who::Person(person) if self.able(person) => drop(people.insert(person)),
                    Who::Group(inner) if Some(inner) != but && self.groups[inner].deleted.is_none() => {
                        groups.insert(inner);
                    }
                    _ => {}
                }
            }
            if groups.len() == before {
                return people;
            }
        }
    }

    /// Until when she is known to be in each group she lies in: by the way that lasts longest, each way as long as its
    /// shortest part. What she switched on through a group counts only while she is in that group.
    pub fn stay(&self, person: usize) -> BTreeMap<usize, Time> {
        let mut stay: BTreeMap<usize, Time> = BTreeMap::new();
        loop {
            let mut longer = false;
            for grant in self.grants.iter().filter(|grant| self.on(grant)) {
                let What::Member(group) = grant.what else { continue };
                let through = grant.basis.first().and_then(|basis| basis.through);
                let by = match (grant.who, through) {
                    (Who::Person(holder), None) if holder == person => Some(FOREVER),
                    (Who::Person(holder), Some(through)) if holder == person => stay.get(&through).copied(),
                    (Who::Group(inner), _) => stay.get(&inner).copied(),
                    _ => None,
                };
                let until = by.map(|by| by.min(grant.end)).filter(|_| self.groups[group].deleted.is_none());
                if let Some(until) = until
                    && stay.get(&group).is_none_or(|known| *known < until)
                {
                    stay.insert(group, until);
                    longer = true;
                }
            }
            if !longer {
                return stay;
            }
        }
    }

    /// What she may activate this by: her own eligibilities, and those of the groups she is in, as long as she is.
    fn eligibilities(&self, person: usize, what: What) -> Vec<Eligible> {
        let stay = self.stay(person);
        let mut found = Vec::new();
        for (at, grant) in self.grants.iter().enumerate() {
            if !grant.eligible || grant.what != what || self.over(grant) {
                continue;
            }
            let Grant { start, end, .. } = *grant;
            match grant.who {
                Who::Person(by) if by == person => {
                    found.push(Eligible { basis: Basis { grant: at, through: None }, start, end });
                }
                Who::Group(by) => {
                    if let Some(until) = stay.get(&by) {
                        let basis = Basis { grant: at, through: Some(by) };
                        found.push(Eligible { basis, start, end: end.min(*until) });
                    }
                }
                Who::Person(_) => {}
            }
        }
        found
    }

    /// What carries an activation that starts then: what lasts longest, of equals her own. Gives all that are equal.
    pub fn best(&self, person: usize, what: What, at: Time) -> Option<(Vec<Basis>, Time)> {
        let mut covering = self.eligibilities(person, what);
        covering.retain(|eligible| eligible.start <= at && at < eligible.end);
        let end = covering.iter().map(|eligible| eligible.end).max()?;
        covering.retain(|eligible| eligible.end == end);
        if covering.iter().any(|eligible| eligible.basis.through.is_none()) {
            covering.retain(|eligible| eligible.basis.through.is_none());
        }
        Some((covering.into_iter().map(|eligible| eligible.basis).collect(), end))
    }

    /// Who can approve entry into this: named, able, and not by being in the very group (security.md 6.12).
    pub fn approvers(&self, named: &[Who], what: What) -> BTreeSet<usize> {
        let mut people = BTreeSet::new();
        for who in named {
            match *who {
                Who::Person(person) if self.able(person) => drop(people.insert(person)),
                Who::Group(group) => people.extend(self.inside(group, what.group())),
                Who::Person(_) => {}
            }
        }
        people
    }

    /// The activation of hers that runs.
    pub fn running(&self, person: usize, what: What) -> Option<&Grant> {
        self.grants.iter().find(|grant| {
            grant.activated() && grant.who == Who::Person(person) && grant.what == what && self.on(grant)
        })
    }

    /// Windows of hers that are granted and have not begun, but for one request.
    pub fn planned(&self, person: usize, what: What, but: Option<usize>) -> Vec<(Time, Time)> {
        let asks = self.asks.iter().enumerate();
        asks.filter(|(at, ask)| {
            Some(*at) != but && ask.state == State::Planned && ask.who == person && ask.what == what
        })
        .filter_map(|(_, ask)| ask.start.map(|start| (start, start + ask.minutes * MINUTE)))
        .collect()
    }
}
