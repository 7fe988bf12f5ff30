//! Being away: her say stays, and who stands in for her shares it (decision 9). Others are asked early where too few of those named
//! first are here (decision 13).

use super::*;
use crate::act::Leave;
use std::collections::BTreeSet;

impl Model {
    /// For 180 days at most, with a fresh code: others decide meanwhile.
    pub fn leave(&mut self, by: usize, form: Leave) -> Option<Ruling> {
        must(form.until > self.now && form.until <= self.now + 180 * DAY)?;
        must(form.instead.is_none_or(|instead| instead != by && self.able(instead)))?;
        must(self.proved(by, Proof::Fresh, form.code))?;
        self.people[by].away = Some(Away { until: form.until, instead: form.instead });
        Some(Ruling::Yes)
    }

    pub fn is_away(&self, who: usize) -> bool {
        self.people[who].away.is_some_and(|away| away.until > self.now)
    }

    /// Who decides in her place now. Nobody for somebody who can't act, and nobody who can't.
    pub fn stands_in(&self, who: usize) -> Option<usize> {
        let away = self.people[who].away.filter(|away| away.until > self.now && self.able(who))?;
        away.instead.filter(|instead| self.able(*instead))
    }

    /// Whoever acts for who asks approves nothing of it (C12).
    pub fn acts_for(&self, who: usize, asks: [usize; 2]) -> bool {
        asks.iter().any(|asks| self.stands_in(*asks) == Some(who))
    }

    /// In whose places she may decide now: her own where she is named, else of those who are away and were not decided for.
    pub fn seats(&self, ask: &Ask, named: &BTreeSet<usize>, by: usize) -> Vec<usize> {
        if ask.votes.iter().any(|said| said.by == by) {
            return Vec::new();
        }
        let open =
            |seat: usize| !ask.votes.iter().any(|said| self.able(said.by) && said.seats.contains(&seat));
        if named.contains(&by) {
            return Vec::from_iter(open(by).then_some(by));
        }
        let asks = [ask.who, ask.filer];
        let hers = |seat: &usize| !asks.contains(seat) && self.stands_in(*seat) == Some(by) && open(*seat);
        let all: Vec<usize> = named.iter().copied().filter(hers).collect();
        // one for whom she can say yes comes first
        let free: Vec<usize> = all.iter().copied().filter(|seat| !self.acts_for(*seat, asks)).collect();
        if free.is_empty() { all } else { free }
    }

    /// People who are here, with what was said, are fewer than are needed, and others are named who could decide before it lapses.
    pub fn waits_in_vain(&self, ask: &Ask, rule: &Approval, named: &BTreeSet<usize>) -> bool {
        let later = ask.asked + rule.later_after * HOUR;
        let too_late = ask.deadline.is_some_and(|deadline| later >= deadline);
        if rule.later.is_empty() || ask.early.is_some() || later <= self.now || too_late {
            return false;
        }
        let asks = [ask.who, ask.filer];
        let said = |who: usize| ask.votes.iter().any(|said| said.by == who);
        let open = named.iter().copied().filter(|seat| {
            let taken = ask.votes.iter().any(|said| self.able(said.by) && said.seats.contains(seat));
            !asks.contains(seat) && !said(*seat) && !taken
        });
        let here = open.filter_map(|seat| match (self.is_away(seat), self.stands_in(seat)) {
            (false, _) => Some(seat),
            (true, Some(one)) => (!self.is_away(one) && !asks.contains(&one) && !said(one)).then_some(one),
            (true, None) => None,
        });
        self.counted(ask, named) + here.collect::<BTreeSet<_>>().len() < rule.needed
    }

    /// Approvals of people who are named and able now, by people who are able now (I-05, I-09): each place once.
    pub fn counted(&self, ask: &Ask, named: &BTreeSet<usize>) -> usize {
        let said = ask.votes.iter().filter(|said| self.able(said.by));
        said.filter_map(|said| said.seats.iter().find(|seat| named.contains(seat)))
            .collect::<BTreeSet<_>>()
            .len()
    }
}
