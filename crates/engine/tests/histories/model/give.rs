//! Giving assignments, changing and taking them away, of groups and of directory roles.

use super::*;
use crate::act::{Give, Sheet};

impl Model {
    fn limit(&self, what: What, eligible: bool) -> Limit {
        let policy = &self.policies[&what].1;
        if eligible { policy.eligible } else { policy.active }
    }

    /// The window that was asked for, within the policy.
    fn window(&self, limit: Limit, start: Option<Time>, end: Option<Time>) -> Option<(Time, Time)> {
        let start = start.unwrap_or(self.now);
        must(start >= self.now)?;
        let Some(end) = end else {
            return limit.permanent.then_some((start, FOREVER));
        };
        must(end - start >= SHORTEST)?;
        must(limit.permanent || end - start <= limit.days * DAY)?;
        Some((start, end))
    }

    fn explained(&self, what: What, eligible: bool, reason: Words) -> bool {
        eligible || !self.policies[&what].1.active_reason || reason > 0
    }

    pub fn confirmed_for(&self, by: usize, what: What, eligible: bool, code: crate::act::Typed) -> bool {
        eligible || !self.policies[&what].1.active_code || self.confirmed(by, code)
    }

    /// Whether an assignment of the same kind lies over this window (product.md 4.15 is about different kinds).
    fn doubled(
        &self,
        who: Who,
        what: What,
        eligible: bool,
        window: (Time, Time),
        but: Option<usize>,
    ) -> bool {
        self.grants.iter().enumerate().any(|(at, grant)| {
            let same = grant.who == who && grant.what == what && grant.eligible == eligible;
            let meets = grant.start < grant.end && grant.start < window.1 && window.0 < grant.end;
            same && meets && Some(at) != but && !grant.activated()
        })
    }

    pub fn assign(&mut self, by: usize, form: &Give) -> Option<Ruling> {
        let window = self.assignable(by, form, None)?;
        self.give(form, window);
        Some(Ruling::Yes)
    }

    fn give(&mut self, form: &Give, (start, end): (Time, Time)) {
        let Give { what, to: who, eligible, .. } = *form;
        self.grants.push(Grant { what, who, eligible, basis: Vec::new(), start, end, taken: false });
    }

    /// Line by line, each judged with those before it given; one code for all that ask for one.
    pub fn assign_many(&mut self, by: usize, sheet: &Sheet) -> Option<Ruling> {
        let mut confirmed = true;
        let before = self.grants.len();
        for line in &sheet.lines {
            if let Some(window) = self.fitting(by, line, None) {
                self.give(line, window);
                confirmed &= self.confirmed_for(by, line.what, line.eligible, sheet.code);
            }
        }
        must(confirmed && self.grants.len() > before)?;
        Some(Ruling::Yes)
    }

    /// The window of a new assignment that may be made.
    pub fn assignable(&self, by: usize, form: &Give, but: Option<usize>) -> Option<(Time, Time)> {
        let window = self.fitting(by, form, but)?;
        must(self.confirmed_for(by, form.what, form.eligible, form.code))?;
        Some(window)
    }

    /// The same but for the code.
    fn fitting(&self, by: usize, form: &Give, but: Option<usize>) -> Option<(Time, Time)> {
        must(self.steers(by, form.what) && self.fit(form.to))?;
        must(form.eligible || !self.own(by, form.to))?;
        if let Who::Group(inner) = form.to {
            must(self.sees(by, inner))?;
            must(self.may_hold_group(form.what, inner, form.eligible))?;
        }
        must(self.explained(form.what, form.eligible, form.reason))?;
        let window = self.window(self.limit(form.what, form.eligible), form.start, form.end)?;
        must(!self.doubled(form.to, form.what, form.eligible, window, but))?;
        Some(window)
    }

    /// Groups in groups (I-18): no circle, and nobody comes into a role-assignable group with a whole group, on no way.
    fn may_hold_group(&self, what: What, inner: usize, eligible: bool) -> bool {
        match what {
            What::Member(group) => {
                let circle = inner == group || self.leads(group, inner, true);
                let guarded = (0..self.groups.len()).any(|above| {
                    self.groups[above].guarded && (above == group || self.leads(group, above, false))
                });
                !circle && (eligible || !guarded)
            }
            What::Owner(group) => eligible || !self.groups[group].guarded,
            // a role is carried by groups that were made for it (product.md section 3)
            What::Role(_) => self.groups[inner].guarded,
        }
    }

    /// Whether a group lies in another, or will: by active memberships, or by eligible ones too.
    fn leads(&self, from: usize, to: usize, eligible: bool) -> bool {
        let mut seen = vec![from];
        let mut next = 0;
        while next < seen.len() {
            for grant in self.grants.iter().filter(|grant| !self.over(grant) && (eligible || !grant.eligible))
            {
                if let (What::Member(group), Who::Group(by)) = (grant.what, grant.who)
                    && by == seen[next]
                    && !seen.contains(&group)
                    && self.groups[group].deleted.is_none()
                {
                    seen.push(group);
                }
            }
            next += 1;
        }
        seen[1..].contains(&to)
    }

    pub fn update(&mut self, by: usize, at: usize, form: &Give) -> Option<Ruling> {
        let grant = self.grants[at].clone();
        must(self.steers(by, grant.what) && !grant.activated() && self.fit(grant.who))?;
        let window = self.moved(&grant, form)?;
        let longer = window.1 > grant.end;
        must(grant.eligible || !longer || !self.own(by, grant.who))?;
        must(!self.doubled(grant.who, grant.what, grant.eligible, window, Some(at)))?;
        must(!longer || self.confirmed_for(by, grant.what, grant.eligible, form.code))?;
        self.guarded(|model| model.move_to(at, window))
    }

    /// Another window for what is not over; what began keeps its start and is measured from now on.
    pub fn moved(&self, grant: &Grant, form: &Give) -> Option<(Time, Time)> {
        must(!self.over(grant) && self.explained(grant.what, grant.eligible, form.reason))?;
        let begun = grant.start <= self.now;
        let start = if begun { None } else { Some(form.start.unwrap_or(grant.start)) };
        let (start, end) = self.window(self.limit(grant.what, grant.eligible), start, form.end)?;
        let start = if begun { grant.start } else { start };
        must((start, end) != (grant.start, grant.end))?;
        Some((start, end))
    }

    /// What rests on it is cut where it now ends.
    pub fn move_to(&mut self, at: usize, (start, end): (Time, Time)) {
        self.grants[at].start = start;
        self.grants[at].end = end;
        for other in 0..self.grants.len() {
            if self.rests_on(other, at) && !self.over(&self.grants[other]) {
                self.cut(other, end);
            }
        }
        self.settle();
    }

    pub fn rests_on(&self, activation: usize, at: usize) -> bool {
        self.grants[activation].basis.iter().any(|basis| basis.grant == at)
    }

    fn cut(&mut self, at: usize, end: Time) {
        let grant = &mut self.grants[at];
        grant.end = grant.end.min(end.max(grant.start));
    }

    /// Takes it away, and with it what rests on it (product.md 4.3). What is over is passed by. Who follows a last owner
    /// is named in the same step.
    pub fn remove(&mut self, by: usize, at: usize, heir: Option<usize>) -> Option<Ruling> {
        let what = self.grants[at].what;
        must(self.steers(by, what))?;
        let succession = match heir {
            None => None,
            // nobody follows in a role
            Some(heir) => Some(self.succession(What::Owner(what.group()?), heir)),
        };
        self.guarded(|model| {
            if !model.over(&model.grants[at]) {
                model.take(at);
            }
            model.settle();
            if let Some(form) = &succession {
                let window = model.inherits(by, form)?;
                model.give(form, window);
            }
            Some(())
        })
    }

    fn succession(&self, owner: What, heir: usize) -> Give {
        let active = self.policies[&owner].1.active;
        let end = (!active.permanent).then(|| self.now + active.days * DAY);
        let to = Who::Person(heir);
        Give { what: owner, to, eligible: false, start: None, end, reason: 5, code: crate::act::Typed::Right }
    }

    /// The right to manage was looked at before anything was taken.
    fn inherits(&self, by: usize, form: &Give) -> Option<(Time, Time)> {
        must(self.fit(form.to) && !self.own(by, form.to))?;
        let window =
            self.window(self.limit(form.what, false), None, form.end.filter(|end| *end < FOREVER))?;
        must(!self.doubled(form.to, form.what, false, window, None))?;
        must(self.confirmed_for(by, form.what, false, form.code))?;
        Some(window)
    }

    /// Ends a grant, what rests on it, and what is asked on its ground.
    pub fn take(&mut self, at: usize) {
        self.finish(at);
        for ask in 0..self.asks.len() {
            let open = self.asks[ask].state.open();
            let about = match self.asks[ask].kind {
                Kind::Activation => false,
                Kind::More(grant) | Kind::Renewal(grant) => grant == at,
            };
            let rests = self.asks[ask].basis.iter().any(|basis| basis.grant == at);
            if open && (about || rests) {
                self.asks[ask].state = State::Revoked;
            }
        }
        for other in 0..self.grants.len() {
            if self.rests_on(other, at) {
                self.finish(other);
            }
        }
    }

    /// Ends now what is not over; what has not begun never begins.
    pub fn finish(&mut self, at: usize) {
        if !self.over(&self.grants[at]) {
            let now = self.now;
            let grant = &mut self.grants[at];
            grant.end = now.max(grant.start);
            grant.taken = true;
        }
    }
}
