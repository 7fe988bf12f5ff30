//! What the worker does by itself. It decides nothing about who has access.

use super::vote::Fate;
use super::*;

impl Model {
    pub fn sweep(&mut self) {
        for at in 0..self.asks.len() {
            if self.asks[at].state != State::Waiting {
                continue;
            }
            match self.fate(at) {
                Fate::Closes(state) => self.asks[at].state = state,
                _ if self.in_vain(at) => self.asks[at].state = State::Revoked,
                _ => self.escalate(at),
            }
        }
        self.keep_last();
        for at in 0..self.asks.len() {
            if self.asks[at].state == State::WaitingForManager
                && let Some(state) = self.renewal_closes(at)
            {
                self.asks[at].state = state;
            }
        }
        self.start_planned();
    }

    /// A last owner or Global Administrator does not go because a date comes: a day before, it is moved a day on.
    fn keep_last(&mut self) {
        for at in 0..self.grants.len() {
            let grant = &self.grants[at];
            let guarded = match grant.what {
                What::Owner(group) => self.groups[group].guarded && self.groups[group].deleted.is_none(),
                What::Role(role) => role == Role::Global,
                What::Member(_) => false,
            };
            let near = grant.end - DAY <= self.now;
            if guarded && near && self.on(grant) && !grant.activated() && !self.followed(at) {
                self.grants[at].end += DAY;
            }
        }
    }

    /// Somebody else who can act holds it beyond that date.
    fn followed(&self, at: usize) -> bool {
        let Grant { what, end, .. } = self.grants[at];
        let able = |who| match who {
            Who::Person(person) => {
                self.able(person) && (what.group().is_some() || self.people[person].factor)
            }
            Who::Group(group) => !self.inside(group, None).is_empty(),
        };
        self.grants.iter().enumerate().any(|(other, grant)| {
            other != at
                && grant.what == what
                && !grant.eligible
                && !grant.activated()
                && grant.start <= end
                && end < grant.end
                && able(grant.who)
        })
    }

    /// Each is looked at again at its start (SEC-15); one that was missed until after its end never starts.
    fn start_planned(&mut self) {
        let mut due: Vec<(Time, usize)> = Vec::new();
        for (at, ask) in self.asks.iter().enumerate() {
            due.extend(
                ask.start
                    .filter(|start| ask.state == State::Planned && *start <= self.now)
                    .map(|start| (start, at)),
            );
        }
        due.sort_unstable();
        for (start, at) in due {
            let end = start + self.asks[at].minutes * MINUTE;
            self.asks[at].state = if end <= self.now {
                State::Lapsed
            } else if let Some((basis, end)) = self.still(at, self.now, end) {
                let asked = std::mem::replace(&mut self.asks[at].basis, basis);
                self.turn_on(at, end);
                self.asks[at].basis = asked;
                State::Done
            } else {
                State::Revoked
            };
        }
    }
}
