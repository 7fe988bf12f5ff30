//! Asking for a later end of an assignment, or for the same again after it; who manages the group answers.

use super::*;
use crate::act::{Answer, Give};

impl Model {
    /// From 14 days before its end to 30 days after it, unless it was taken away or another took its place.
    fn renewable(&self, at: usize) -> bool {
        let grant = &self.grants[at];
        let newer = self.grants.iter().any(|other| {
            (other.who, other.what, other.eligible) == (grant.who, grant.what, grant.eligible)
                && !other.activated()
                && other.end > other.start
                && other.start > grant.start
        });
        let begun = grant.start <= self.now && grant.end > grant.start;
        let near = grant.end < FOREVER && self.now >= grant.end - 14 * DAY && self.now < grant.end + 30 * DAY;
        begun && near && !newer && !grant.taken && !grant.activated()
    }

    /// Why a request about it can't be answered any more.
    pub fn renewal_closes(&self, at: usize) -> Option<State> {
        let ask = &self.asks[at];
        let Kind::Renewal(grant) = ask.kind else { return None };
        if ask.deadline.is_some_and(|deadline| deadline <= self.now) {
            return Some(State::Lapsed);
        }
        let stands = self.able(ask.who) && self.open(ask.what) && self.renewable(grant);
        (!stands).then_some(State::Revoked)
    }

    pub fn ask_renewal(&mut self, by: usize, at: usize, reason: Words) -> Option<Ruling> {
        let Grant { what, who, eligible, end, .. } = self.grants[at];
        must(who == Who::Person(by) && self.open(what) && self.renewable(at) && reason > 0)?;
        let same = |ask: &Ask| match ask.kind {
            Kind::Renewal(other) => {
                ask.who == by && ask.what == what && self.grants[other].eligible == eligible
            }
            _ => false,
        };
        let waiting = self.asks.iter().position(|ask| ask.state == State::WaitingForManager && same(ask));
        if let Some(waiting) = waiting {
            // one that is over already does not stand in the way
            self.asks[waiting].state = self.renewal_closes(waiting)?;
        }
        self.asks.push(Ask {
            kind: Kind::Renewal(at),
            what,
            who: by,
            filer: by,
            start: None,
            minutes: 0,
            reason,
            ticket: false,
            asked: self.now,
            under: self.policies[&what].1.demands.clone(),
            deadline: Some(end + 30 * DAY),
            state: State::WaitingForManager,
            votes: Vec::new(),
            early: None,
            basis: Vec::new(),
            answered_by: None,
            debt: Debt::None,
            adrift: false,
        });
        Some(Ruling::Yes)
    }

    pub fn answer(&mut self, by: usize, at: usize, form: &Answer) -> Option<Ruling> {
        let ask = self.asks[at].clone();
        let Kind::Renewal(grant) = ask.kind else { return None };
        must(self.steers(by, ask.what) && ask.who != by)?;
        if ask.state != State::WaitingForManager {
            // the same answer once more from the same person is no mistake
            let answer = if form.yes { State::Given } else { State::NotGiven };
            return (ask.state == answer && ask.answered_by == Some(by)).then_some(Ruling::Yes);
        }
        must(self.renewal_closes(at).is_none())?;
        if !form.yes {
            must(form.reason > 0)?;
            self.asks[at].state = State::NotGiven;
            self.asks[at].answered_by = Some(by);
            return Some(Ruling::Yes);
        }
        let give = Give {
            what: ask.what,
            to: Who::Person(ask.who),
            eligible: form.eligible,
            start: None,
            end: form.end,
            reason: form.reason,
            code: form.code,
        };
        let ruling = self.renew(by, grant, &give)?;
        self.asks[at].state = State::Given;
        self.asks[at].answered_by = Some(by);
        Some(ruling)
    }

    /// A later end for what runs; anything else is given anew.
    fn renew(&mut self, by: usize, at: usize, give: &Give) -> Option<Ruling> {
        let grant = self.grants[at].clone();
        if give.eligible != grant.eligible || self.over(&grant) {
            return self.assign_in_answer(by, give, at);
        }
        let window = self.moved(&grant, give)?;
        must(window.1 > grant.end)?;
        must(self.confirmed_for(by, grant.what, grant.eligible, give.code))?;
        self.guarded(|model| model.move_to(at, window))
    }

    fn assign_in_answer(&mut self, by: usize, give: &Give, but: usize) -> Option<Ruling> {
        let window = self.assignable(by, give, Some(but))?;
        let Give { what, to: who, eligible, .. } = *give;
        let (start, end) = window;
        self.grants.push(Grant { what, who, eligible, basis: Vec::new(), start, end, taken: false });
        Some(Ruling::Yes)
    }
}
