//! People and groups come and go; policies change.

use super::*;
use crate::act::Save;

impl Model {
    /// Disabling ends what she switched on and closes what she asked for; what was assigned stays and works for nobody.
    pub fn set_enabled(&mut self, by: usize, person: usize, enabled: bool) -> Option<Ruling> {
        must(self.people[person].deleted.is_none() && self.governs(by, person))?;
        must(self.people[person].enabled != enabled)?;
        if enabled {
            self.people[person].enabled = true;
            return Some(Ruling::Yes);
        }
        self.guarded(|model| {
            model.people[person].enabled = false;
            model.close(|ask, _| ask.who == person || ask.filer == person);
            for at in 0..model.grants.len() {
                if model.grants[at].activated() && model.grants[at].who == Who::Person(person) {
                    model.finish(at);
                }
            }
        })
    }

    fn close(&mut self, which: impl Fn(&Ask, &[Grant]) -> bool) {
        for ask in self.asks.iter_mut().filter(|ask| ask.state.open()) {
            if which(ask, &self.grants) {
                ask.state = State::Revoked;
            }
        }
    }

    /// Ends everything of hers. For 30 days she can be taken back, with nothing (product.md 4.11).
    pub fn delete_person(&mut self, by: usize, person: usize) -> Option<Ruling> {
        must(self.people[person].deleted.is_none() && self.governs(by, person))?;
        self.guarded(|model| {
            model.close(|ask, _| ask.who == person || ask.filer == person);
            for at in 0..model.grants.len() {
                if model.grants[at].who == Who::Person(person) {
                    model.finish(at);
                }
            }
            model.people[person].deleted = Some(model.now);
            model.people[person].factor = false;
        })
    }

    pub fn restore_person(&mut self, by: usize, person: usize) -> Option<Ruling> {
        let deleted = self.people[person].deleted?;
        must(self.now < deleted + 30 * DAY && self.governs(by, person))?;
        self.people[person].deleted = None;
        Some(Ruling::Yes)
    }

    /// Ends what is held of it, what it holds, and what came through it; closes what is asked (product.md 4.11).
    pub fn delete_group(&mut self, by: usize, group: usize) -> Option<Ruling> {
        must(self.groups[group].deleted.is_none() && self.edits(by, group))?;
        self.guarded(|model| {
            model.close(|ask, grants| {
                let through = |basis: &Basis| grants[basis.grant].who == Who::Group(group);
                ask.what.group() == Some(group) || ask.basis.iter().any(through)
            });
            for at in 0..model.grants.len() {
                let Grant { what, who, .. } = model.grants[at];
                if what.group() == Some(group) || who == Who::Group(group) {
                    model.finish(at);
                }
            }
            model.groups[group].deleted = Some(model.now);
            model.settle();
        })
    }

    /// Revives nothing.
    pub fn restore_group(&mut self, by: usize, group: usize) -> Option<Ruling> {
        let deleted = self.groups[group].deleted?;
        must(self.now < deleted + 30 * DAY && self.restores(by, group))?;
        self.groups[group].deleted = None;
        Some(Ruling::Yes)
    }

    /// Changes what will be asked, and nothing that is on (product.md 4.4, I-22).
    pub fn set_policy(&mut self, by: usize, form: Save) -> Option<Ruling> {
        let Save { what, based_on, policy, code } = form;
        must(self.steers(by, what))?;
        let (version, current) = &self.policies[&what];
        must(*version == based_on && *current != policy)?;
        let minutes = policy.demands.max;
        must((30..=1440).contains(&minutes) && minutes % 30 == 0)?;
        must(policy.glass.is_none_or(|glass| (15..=240).contains(&glass)))?;
        if let Some(rule) = &policy.demands.approval {
            must((1..=5).contains(&rule.needed) && (1..=14 * 24).contains(&rule.hours))?;
            must(rule.later.is_empty() || rule.later_after < rule.hours)?;
            must(rule.later.is_empty() || !rule.later.iter().all(|who| rule.named.contains(who)))?;
            let there = |who: &Who| match *who {
                Who::Person(person) => self.people[person].deleted.is_none(),
                Who::Group(named) => {
                    let known = current.demands.approval.as_ref().is_some_and(|rule| rule.names(*who));
                    let there = self.groups[named].deleted.is_none() && Some(named) != what.group();
                    there && (known || self.sees(by, named))
                }
            };
            must(rule.named.iter().chain(&rule.later).all(there))?;
            must(self.approvers(&rule.named, what).len() >= rule.needed)?;
            must(rule.later.is_empty() || !self.approvers(&rule.later, what).is_empty())?;
        }
        must(self.confirmed(by, code))?;
        let version = based_on + 1;
        self.policies.insert(what, (version, policy));
        Some(Ruling::Yes)
    }
}
