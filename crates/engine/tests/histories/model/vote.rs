//! Deciding on what waits for approval: by the stricter of the demands it was made under and those in force.

use super::*;
use crate::act::Vote;
use std::collections::BTreeSet;

/// What an approval at this moment would lead to.
pub enum Fate {
    /// On until then.
    On(Vec<Basis>, Time),
    /// Granted, starts later.
    Later,
    /// It can't be any more.
    Closes(State),
}

impl Demands {
    fn and(&self, other: &Demands) -> Demands {
        let approval = match (&self.approval, &other.approval) {
            (Some(old), Some(new)) => Some(old.and(new)),
            (one, other) => one.clone().or_else(|| other.clone()),
        };
        let proof = match (self.proof, other.proof) {
            (Proof::Fresh, _) | (_, Proof::Fresh) => Proof::Fresh,
            (Proof::Session, _) | (_, Proof::Session) => Proof::Session,
            (Proof::None, Proof::None) => Proof::None,
        };
        Demands {
            max: self.max.min(other.max),
            proof,
            reason: self.reason.max(other.reason),
            ticket: self.ticket || other.ticket,
            approval,
        }
    }
}

impl Approval {
    /// Who is in both, at first if both name her so, else when the later of their waits for others is over.
    fn and(&self, other: &Approval) -> Approval {
        let named: Vec<Who> = self.named.iter().copied().filter(|who| other.named.contains(who)).collect();
        let waits = [self, other].into_iter().filter(|rule| !rule.later.is_empty());
        let both = |who: &Who| self.names(*who) && other.names(*who);
        let mut later = [self.named.as_slice(), self.later.as_slice()].concat();
        later.retain(|who| both(who) && !named.contains(who));
        Approval {
            later_after: waits.map(|rule| rule.later_after).max().unwrap_or(0),
            needed: self.needed.max(other.needed),
            hours: self.hours.min(other.hours),
            named,
            later,
        }
    }
}

impl Model {
    /// Who may decide on it at this time.
    fn deciders(&self, ask: &Ask, rule: &Approval, at: Time) -> BTreeSet<usize> {
        let mut named = [rule.named.as_slice(), rule.later.as_slice()].concat();
        named.retain(|who| rule.since(*who, ask.asked, ask.early).is_some_and(|since| since <= at));
        self.approvers(&named, ask.what)
    }

    fn demands_on(&self, ask: &Ask) -> Demands {
        ask.under.and(&self.policies[&ask.what].1.demands)
    }

    pub fn vote(&mut self, by: usize, at: usize, vote: Vote) -> Option<Ruling> {
        let ask = self.asks[at].clone();
        must(ask.state == State::Waiting && ask.who != by && ask.filer != by)?;
        if ask.deadline.is_some_and(|deadline| deadline <= self.now) {
            self.asks[at].state = State::Lapsed;
            return Some(Ruling::NoButCloses);
        }
        let demands = self.demands_on(&ask);
        let rule = demands.approval.as_ref()?;
        let able = self.deciders(&ask, rule, self.now);
        let seats = self.seats(&ask, &able, by);
        must(!seats.is_empty() && !vote.stale)?;
        let asks = [ask.who, ask.filer];
        let barred = self.acts_for(by, asks) || seats.iter().any(|seat| self.acts_for(*seat, asks));
        if !vote.yes {
            must(vote.reason > 0)?;
            self.asks[at].votes.push(Said { by, seats });
            self.asks[at].state = State::Denied;
            return Some(Ruling::Yes);
        }
        must(!barred && self.proved(by, demands.proof, vote.code))?;
        self.asks[at].votes.push(Said { by, seats });
        if self.counted(&self.asks[at], &able) < rule.needed {
            return Some(Ruling::Yes);
        }
        match self.fate(at) {
            Fate::On(basis, end) => {
                let asked = std::mem::replace(&mut self.asks[at].basis, basis);
                self.turn_on(at, end);
                self.asks[at].basis = asked;
            }
            Fate::Later => self.asks[at].state = State::Planned,
            Fate::Closes(state) => {
                self.asks[at].state = state;
                return Some(Ruling::NoButCloses);
            }
        }
        Some(Ruling::Yes)
    }

    /// Waiting never eats the time: it counts from now if the asked start has passed (product.md 4.5).
    pub fn fate(&self, at: usize) -> Fate {
        let ask = &self.asks[at];
        let length = ask.minutes * MINUTE;
        let late = |time: Option<Time>| time.is_some_and(|time| time <= self.now);
        if late(ask.deadline) || late(ask.start.map(|start| start + length)) {
            return Fate::Closes(State::Lapsed);
        }
        let start = ask.start.unwrap_or(self.now).max(self.now);
        let over = matches!(ask.kind, Kind::More(old) if !self.on(&self.grants[old]));
        match self.still(at, start, start + length) {
            Some((basis, end)) if !over && start <= self.now => Fate::On(basis, end),
            Some(_) if !over => Fate::Later,
            _ => Fate::Closes(State::Revoked),
        }
    }

    /// Person, group, eligibility, demands and what else is on or planned, looked at again: what carries it, and until
    /// when it would last.
    pub fn still(&self, at: usize, start: Time, end: Time) -> Option<(Vec<Basis>, Time)> {
        let ask = &self.asks[at];
        must(self.able(ask.who) && self.open(ask.what))?;
        let (basis, until) = self.best(ask.who, ask.what, start)?;
        let demands = self.demands_on(ask);
        must(ask.minutes <= demands.max && demands.reason.is_none_or(|least| ask.reason >= least))?;
        must(ask.ticket || !demands.ticket)?;
        let mut others = self.planned(ask.who, ask.what, Some(at));
        if ask.kind == Kind::Activation {
            others.extend(self.running(ask.who, ask.what).map(|grant| (grant.start, grant.end)));
        }
        must(!others.iter().any(|other| other.0 <= start && start < other.1))?;
        let next = others.iter().map(|other| other.0).filter(|other| *other > start).min();
        let end = end.min(until).min(next.unwrap_or(FOREVER));
        must(end - start >= SHORTEST)?;
        Some((basis, end))
    }

    /// Too few are left who can still say yes.
    pub fn in_vain(&self, at: usize) -> bool {
        let ask = &self.asks[at];
        let Some(rule) = self.demands_on(ask).approval else { return true };
        // whoever may decide before it lapses
        let last = ask.deadline.map_or(self.now, |deadline| deadline - 1);
        let mut able = self.deciders(ask, &rule, last);
        able.retain(|person| self.may_approve(*person, [ask.who, ask.filer]));
        able.len() < rule.needed
    }

    /// Neither who asks nor who acts for her.
    pub fn may_approve(&self, person: usize, asks: [usize; 2]) -> bool {
        !asks.contains(&person) && !self.acts_for(person, asks)
    }

    /// Too few of those named first are here: others are let decide from now on.
    pub fn escalate(&mut self, at: usize) {
        let ask = &self.asks[at];
        let Some(rule) = self.demands_on(ask).approval else { return };
        let named = self.deciders(ask, &rule, self.now);
        if self.waits_in_vain(ask, &rule, &named) {
            self.asks[at].early = Some(self.now);
        }
    }
}
