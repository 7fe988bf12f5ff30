//! Who may do what: product.md section 3, security.md 6.11. Read anew at every step (I-17).

use super::*;
use crate::act::Typed;
use std::collections::BTreeSet;

impl Model {
    fn is(&self, person: usize, roles: &[Role]) -> bool {
        let held = self.roles(person);
        held.contains(&Role::Global) || roles.iter().any(|role| held.contains(role))
    }

    pub fn owns(&self, person: usize, group: usize) -> bool {
        self.holds(person, What::Owner(group))
    }

    /// Whoever is concerned with a group, and everybody with a role, sees that there is one: others don't name it.
    pub fn sees(&self, person: usize, group: usize) -> bool {
        let hers = self.groups_of(Who::Person(person));
        let of = |who, groups: &BTreeSet<usize>| match who {
            Who::Person(by) => by == person,
            Who::Group(by) => groups.contains(&by),
        };
        let eligible = || self.grants.iter().filter(|grant| grant.eligible && !self.over(grant));
        let mut could = hers.clone();
        for grant in eligible().filter(|grant| of(grant.who, &hers)) {
            if let What::Member(into) = grant.what {
                could.insert(into);
                could.extend(self.groups_of(Who::Group(into)));
            }
        }
        let whats = [What::Member(group), What::Owner(group)];
        let named = |what| {
            let approval = self.policies[what].1.demands.approval.as_ref();
            approval.is_some_and(|rule| rule.named.iter().chain(&rule.later).any(|who| of(*who, &hers)))
        };
        !self.roles(person).is_empty()
            || whats.iter().any(|what| self.holds(person, *what) || named(what))
            || eligible().any(|grant| grant.what.group() == Some(group) && of(grant.who, &could))
    }

    /// PIM on a group.
    pub fn manages(&self, person: usize, group: usize) -> bool {
        let roles: &[Role] = if self.groups[group].guarded { &[] } else { &[Role::Users, Role::Groups] };
        self.groups[group].deleted.is_none() && (self.owns(person, group) || self.is(person, roles))
    }

    /// A group's own settings, its end among them.
    pub fn edits(&self, person: usize, group: usize) -> bool {
        self.owns(person, group) || self.restores(person, group)
    }

    /// Nobody owns what is deleted.
    pub fn restores(&self, person: usize, group: usize) -> bool {
        self.is(person, if self.groups[group].guarded { &[] } else { &[Role::Groups] })
    }

    pub fn gives_roles(&self, person: usize) -> bool {
        self.is(person, &[])
    }

    /// Access to something: to a group's, or to a directory role.
    pub fn steers(&self, person: usize, what: What) -> bool {
        match what.group() {
            Some(group) => self.manages(person, group),
            None => self.gives_roles(person),
        }
    }

    /// State of people: of protected ones only Global Administrators here, and never of oneself.
    pub fn governs(&self, person: usize, other: usize) -> bool {
        (person != other && self.is(person, &[]))
            || (!self.protected(other) && self.is(person, &[Role::Users]))
    }

    fn protected(&self, person: usize) -> bool {
        let guarded = (0..self.groups.len()).filter(|group| self.groups[*group].guarded);
        !self.roles(person).is_empty()
            || guarded.into_iter().any(|group| {
                self.holds(person, What::Member(group)) || self.holds(person, What::Owner(group))
            })
    }

    /// Who settles a debt of break glass: never who broke it. Of a role and of a role-assignable group its own
    /// administrators; nobody owns what is deleted.
    pub fn reviews(&self, person: usize, ask: &Ask) -> Option<bool> {
        if person == ask.who {
            return Some(false);
        }
        let owner = ask.what.group().is_some_and(|group| self.owns(person, group));
        let guarded = ask.what.group().is_none_or(|group| self.groups[group].guarded);
        let by_role = self.is(person, if guarded { &[] } else { &[Role::Users, Role::Groups] });
        if !self.open(ask.what) && by_role && !self.is(person, &[]) {
            return None;
        }
        Some(owner || by_role)
    }

    /// Whether what was typed is the second factor of this person.
    pub fn confirmed(&self, person: usize, code: Typed) -> bool {
        self.people[person].factor && code == Typed::Right
    }

    /// Whether what a policy asks for confirmation was given. Who has a factor signed in with it.
    pub fn proved(&self, person: usize, proof: Proof, code: Typed) -> bool {
        match proof {
            Proof::None => true,
            Proof::Session => self.people[person].factor,
            Proof::Fresh => self.confirmed(person, code),
        }
    }

    /// Whether this person would give something to herself (product.md 4.8).
    pub fn own(&self, person: usize, who: Who) -> bool {
        match who {
            Who::Person(other) => other == person,
            Who::Group(group) => self.groups_of(Who::Person(person)).contains(&group),
        }
    }
}
