//! Steps that lead on from where things stand: small stories that chance alone tells too rarely. A request waits, then
//! its policy becomes stricter, then somebody votes; somebody comes in through groups in groups, then she leaves the
//! innermost, or that leaves; who was to decide goes away, then who stands in does; something is deleted, then taken back.

use super::{Draw, moments, policies};
use crate::act::{Act, Give, Leave, Save, Switch, Typed, Vote};
use crate::cast::{ADA, KEYS, NAMES, TEAM, TIER, VAULT};
use crate::model::{Ask, DAY, Grant, Policy, Proof, State, What, Who};

impl Draw<'_> {
    /// What comes next in one of the stories, if it can go on.
    pub fn story(&mut self) -> Option<Act> {
        match self.dice.below(10) {
            0..3 => self.stricter(),
            3..5 => self.leaves(),
            5..9 => self.away(),
            _ => self.back(),
        }
    }

    /// A policy changes under a request that waits, and then somebody decides who was named before or is now.
    fn stricter(&mut self) -> Option<Act> {
        let (at, ask) = self.waiting()?;
        let (version, policy) = self.model.policies[&ask.what].clone();
        if policy.demands == ask.under {
            let policy = self.tightened(&ask, policy);
            let save = Save { what: ask.what, based_on: version, policy, code: Typed::Right };
            return Some(Act::SetPolicy(self.manager(ask.what), Box::new(save)));
        }
        let named = [&ask.under, &policy.demands].map(|demands| demands.approval.as_ref());
        let named: Vec<Who> = named
            .into_iter()
            .flatten()
            .flat_map(|rule| [rule.named.as_slice(), rule.later.as_slice()].concat())
            .collect();
        let able = Vec::from_iter(self.model.approvers(&named, ask.what));
        let by = self.dice.pick(&able)?;
        let vote = Vote { yes: true, reason: 25, stale: false, code: Typed::Right };
        Some(Act::Vote(by, at, vote))
    }

    /// More is asked than this request brings, or other people than before decide.
    fn tightened(&mut self, ask: &Ask, mut policy: Policy) -> Policy {
        let demands = &mut policy.demands;
        match self.dice.below(6) {
            0 => demands.max = 30,
            1 => demands.reason = Some(ask.reason + 1),
            2 => demands.ticket = true,
            3 => demands.proof = Proof::Fresh,
            4 => demands.approval = policies::draw(self.dice, ask.what).demands.approval,
            _ => {
                if let Some(rule) = &mut demands.approval {
                    rule.named.retain(|_| self.dice.chance(60));
                    rule.named.push(Who::Person(self.dice.below(NAMES.len())));
                    rule.later.retain(|_| self.dice.chance(60));
                    rule.later.push(Who::Person(self.dice.below(NAMES.len())));
                    rule.needed = 1 + self.dice.below(2);
                }
            }
        }
        policy
    }

    /// Somebody is in the team, the team in the vault, and the vault may switch on the tier: she does, and leaves the
    /// team, or the team leaves the vault.
    fn leaves(&mut self) -> Option<Act> {
        let model = self.model;
        let on = |what, who| {
            model
                .grants
                .iter()
                .position(|grant: &Grant| grant.what == what && grant.who == who && model.on(grant))
        };
        let nested =
            [(What::Member(VAULT), Who::Group(TEAM), false), (What::Member(TIER), Who::Group(VAULT), true)];
        for (what, who, eligible) in nested {
            let there = |grant: &Grant| {
                grant.what == what
                    && grant.who == who
                    && grant.eligible == eligible
                    && model.covers(grant, model.now)
            };
            if !model.grants.iter().any(there) {
                return Some(Act::Assign(self.manager(what), self.given(what, who, eligible)));
            }
        }
        let through = model
            .grants
            .iter()
            .find(|grant| model.on(grant) && grant.basis.iter().any(|basis| basis.through == Some(VAULT)));
        if let Some(Who::Person(person)) = through.map(|grant| grant.who) {
            // she goes, or the whole team does
            let whole = on(What::Member(VAULT), Who::Group(TEAM)).filter(|_| self.dice.chance(50));
            let membership = whole.or_else(|| on(What::Member(TEAM), Who::Person(person)))?;
            let grant = &model.grants[membership];
            return Some(if grant.activated() {
                Act::Deactivate(person, membership)
            } else {
                Act::Remove(self.manager(grant.what), membership, None)
            });
        }
        let inside = Vec::from_iter(model.inside(TEAM, None));
        match self.dice.pick(&inside) {
            Some(person) => {
                let minutes = Some(self.dice.one([30, 60]));
                let what = What::Member(TIER);
                Some(Act::Activate(
                    person,
                    Switch { what, start: None, minutes, reason: 25, ticket: true, code: Typed::Right },
                ))
            }
            None => {
                let what = What::Member(TEAM);
                let person = Who::Person(2 + self.dice.below(3));
                Some(Act::Assign(self.manager(what), self.given(what, person, false)))
            }
        }
    }

    /// Somebody who is to decide on what waits goes away, and names somebody or nobody.
    fn away(&mut self) -> Option<Act> {
        let (_, ask) = self.waiting()?;
        let rule = ask.under.approval.as_ref()?;
        let mut here = Vec::from_iter(self.model.approvers(&rule.named, ask.what));
        here.retain(|person| *person != ask.who && !self.model.is_away(*person));
        let instead = self.dice.chance(if rule.later.is_empty() { 90 } else { 40 }).then(|| self.anybody());
        let leave = Leave { until: self.model.now + 2 * DAY, instead, code: Typed::Right };
        Some(Act::Leave(self.dice.pick(&here)?, leave))
    }

    /// Where somebody is away who was to decide, others go too; where everybody is, who stands in decides, or the worker looks and those named for later do.
    pub fn stand_in(&mut self) -> Option<Act> {
        let (at, ask) = self.waiting()?;
        let model = self.model;
        let rule = ask.under.approval.as_ref()?;
        let mut first = model.approvers(&rule.named, ask.what);
        first.remove(&ask.who);
        let gone = first.iter().filter(|person| model.is_away(**person)).count();
        if gone == 0 {
            return None;
        }
        if gone < first.len() {
            return self.away();
        }
        if ask.early.is_none() && !rule.later.is_empty() && self.dice.chance(50) {
            return Some(Act::Sweep);
        }
        let mut voters: Vec<usize> = first.iter().filter_map(|person| model.stands_in(*person)).collect();
        voters.extend(ask.early.iter().flat_map(|_| model.approvers(&rule.later, ask.what)));
        let vote = Vote { yes: self.dice.chance(85), reason: 25, stale: false, code: Typed::Right };
        Some(Act::Vote(self.dice.pick(&voters)?, at, vote))
    }

    fn waiting(&mut self) -> Option<(usize, Ask)> {
        let at = self.ask(|ask| ask.state == State::Waiting)?;
        let ask = self.model.asks[at].clone();
        (ask.state == State::Waiting).then_some((at, ask))
    }

    fn given(&mut self, what: What, to: Who, eligible: bool) -> Give {
        let end = moments::end(self.dice, self.model.now, self.model);
        Give { what, to, eligible, start: None, end, reason: 25, code: Typed::Right }
    }

    /// What was deleted is taken back at once; otherwise something goes that people hold or ask for.
    fn back(&mut self) -> Option<Act> {
        if let Some(restored) = self.restore() {
            return Some(restored);
        }
        let model = self.model;
        let asked: Vec<usize> = model.asks.iter().filter(|ask| ask.state.open()).map(|ask| ask.who).collect();
        let switched = model.grants.iter().filter(|grant| grant.activated() && model.on(grant));
        let groups: Vec<usize> = switched.filter_map(|grant| grant.what.group()).collect();
        match (self.dice.pick(&asked), self.dice.pick(&groups)) {
            (Some(person), _) if self.dice.chance(40) => Some(Act::DeletePerson(ADA, person)),
            (_, Some(group)) if self.dice.chance(60) => Some(Act::DeleteGroup(ADA, group)),
            _ => Some(Act::DeleteGroup(ADA, self.dice.below(KEYS.len()))),
        }
    }
}
