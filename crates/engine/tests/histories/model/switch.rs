//! Switching on, later, longer, in an emergency, and off.

use super::*;
use crate::act::Switch;

impl Model {
    /// What was typed meets these demands.
    fn meets(&self, person: usize, demands: &Demands, form: &Switch) -> Option<i64> {
        let minutes = form.minutes?;
        must((5..=demands.max).contains(&minutes))?;
        must(demands.reason.is_none_or(|least| form.reason >= least))?;
        must(form.ticket || !demands.ticket)?;
        must(self.proved(person, demands.proof, form.code))?;
        Some(minutes)
    }

    /// Enough able people are named, other than who gets it and who asks, if somebody has to approve (product.md 4.2).
    fn approvable(&self, but: [usize; 2], what: What, demands: &Demands) -> bool {
        demands.approval.as_ref().is_none_or(|rule| {
            let named = [rule.named.as_slice(), rule.later.as_slice()].concat();
            let mut able = self.approvers(&named, what);
            able.retain(|person| self.may_approve(*person, but));
            able.len() >= rule.needed
        })
    }

    fn waits(&self, person: usize, what: What) -> bool {
        self.asks.iter().any(|ask| ask.state == State::Waiting && ask.who == person && ask.what == what)
    }

    pub fn activate(&mut self, by: usize, form: &Switch) -> Option<Ruling> {
        let demands = self.policies[&form.what].1.demands.clone();
        must(!self.waits(by, form.what))?;
        self.switch_on(by, by, form, demands, Debt::None)
    }

    /// Who manages it asks for somebody else, and proves who she is; where nobody approves, nobody asks for others.
    pub fn ask_for(&mut self, by: usize, who: usize, form: &Switch) -> Option<Ruling> {
        let demands = self.policies[&form.what].1.demands.clone();
        must(self.steers(by, form.what) && by != who && self.able(who) && demands.approval.is_some())?;
        must(!self.waits(who, form.what))?;
        self.switch_on(by, who, form, demands, Debt::None)
    }

    /// At once, without approval and ticket, against a code, a long reason and a debt.
    pub fn break_glass(&mut self, by: usize, form: &Switch) -> Option<Ruling> {
        let max = self.policies[&form.what].1.glass?;
        let owes = |ask: &Ask| ask.debt == Debt::Owed && ask.who == by && ask.what == form.what;
        must(!self.asks.iter().any(owes))?;
        let demands = Demands { max, proof: Proof::Fresh, reason: Some(20), ticket: false, approval: None };
        self.switch_on(by, by, &Switch { start: None, ..form.clone() }, demands, Debt::Owed)
    }

    fn switch_on(
        &mut self,
        by: usize,
        who: usize,
        form: &Switch,
        demands: Demands,
        debt: Debt,
    ) -> Option<Ruling> {
        let what = form.what;
        must(self.open(what))?;
        let start = form.start.unwrap_or(self.now);
        must(form.start.is_none_or(|start| start >= self.now && start <= self.now + 30 * DAY))?;
        let (basis, until) = self.best(who, what, start)?;
        must(form.start.is_some() || self.running(who, what).is_none())?;
        must(self.approvable([by, who], what, &demands))?;
        let minutes = self.meets(by, &demands, form)?;
        let end = (start + minutes * MINUTE).min(until);
        must(end - start >= SHORTEST)?;
        let mut others = self.planned(who, what, None);
        others.extend(self.running(who, what).map(|grant| (grant.start, grant.end)));
        must(others.iter().all(|other| other.1 <= start || end <= other.0))?;
        let ask = self.put(Kind::Activation, [who, by], form, minutes, demands, basis, debt);
        if self.asks[ask].state == State::Done {
            self.turn_on(ask, end);
        }
        Some(Ruling::Yes)
    }

    #[expect(clippy::too_many_arguments, reason = "the columns of a request")]
    fn put(
        &mut self,
        kind: Kind,
        [who, filer]: [usize; 2],
        form: &Switch,
        minutes: i64,
        under: Demands,
        basis: Vec<Basis>,
        debt: Debt,
    ) -> usize {
        let deadline = under.approval.as_ref().map(|rule| self.now + rule.hours * HOUR);
        let state = match form.start {
            _ if deadline.is_some() => State::Waiting,
            Some(start) if start > self.now => State::Planned,
            _ => State::Done,
        };
        let Switch { what, start, reason, ticket, .. } = *form;
        let votes = Vec::new();
        let answered_by = None;
        let ask = Ask {
            kind,
            what,
            who,
            filer,
            start,
            minutes,
            reason,
            ticket,
            asked: self.now,
            under,
            deadline,
            state,
            votes,
            early: None,
            basis,
            answered_by,
            debt,
            adrift: false,
        };
        self.asks.push(ask);
        self.asks.len() - 1
    }

    /// What was asked for is on from now. More time cuts what it continues: outwards it is one membership.
    pub fn turn_on(&mut self, ask: usize, end: Time) {
        let Ask { kind, what, who, basis, .. } = self.asks[ask].clone();
        if let Kind::More(old) = kind {
            self.finish(old);
        }
        let (who, start) = (Who::Person(who), self.now);
        self.grants.push(Grant { what, who, eligible: false, basis, start, end, taken: false });
        self.asks[ask].state = State::Done;
    }

    /// A new request with the same demands (product.md 4.7, I-23).
    pub fn extend(&mut self, by: usize, old: usize, form: &Switch) -> Option<Ruling> {
        let grant = self.grants[old].clone();
        let what = grant.what;
        must(grant.who == Who::Person(by) && grant.activated())?;
        must(self.open(what) && self.on(&grant) && !self.waits(by, what))?;
        let demands = self.policies[&what].1.demands.clone();
        must(self.approvable([by, by], what, &demands))?;
        let (basis, until) = self.best(by, what, self.now)?;
        let minutes = self.meets(by, &demands, form)?;
        let mut end = (self.now + minutes * MINUTE).min(until);
        for (planned, _) in self.planned(by, what, None) {
            end = end.min(planned.max(self.now));
        }
        must(end - self.now >= SHORTEST && end > grant.end)?;
        let form = Switch { what, start: None, ..form.clone() };
        let ask = self.put(Kind::More(old), [by, by], &form, minutes, demands, basis, Debt::None);
        if self.asks[ask].state == State::Done {
            self.turn_on(ask, end);
        }
        Some(Ruling::Yes)
    }

    /// Always possible, at once; pressing twice is no mistake (product.md 4.6).
    pub fn deactivate(&mut self, by: usize, grant: usize) -> Option<Ruling> {
        must(self.grants[grant].who == Who::Person(by) && self.grants[grant].activated())?;
        self.finish(grant);
        self.settle();
        Some(Ruling::Yes)
    }

    /// By who asked, or by who manages the group.
    pub fn cancel(&mut self, by: usize, ask: usize) -> Option<Ruling> {
        let Ask { what, who, filer, state, .. } = self.asks[ask];
        must(state.open())?;
        must(who == by || filer == by || self.steers(by, what))?;
        self.asks[ask].state = State::Cancelled;
        Some(Ruling::Yes)
    }

    pub fn review(&mut self, by: usize, ask: usize, finding: Words) -> Option<Ruling> {
        must(self.asks[ask].debt == Debt::Owed && finding >= 10)?;
        // the specification names no reviewer of a group that is gone but those of every group
        let allowed = self.reviews(by, &self.asks[ask]);
        must(allowed != Some(false))?;
        self.asks[ask].debt = Debt::Settled;
        Some(if allowed.is_some() { Ruling::Yes } else { Ruling::Either })
    }
}
