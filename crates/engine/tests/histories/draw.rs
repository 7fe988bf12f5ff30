//! Draws the next step: mostly something that could happen, sometimes something that nobody may.

#[path = "draw/moments.rs"]
mod moments;
#[path = "draw/plots.rs"]
mod plots;
#[path = "draw/policies.rs"]
pub mod policies;

use super::act::{Act, Answer, Give, Leave, Save, Sheet, Switch, Typed, Vote};
use super::cast::{ADA, KEYS, NAMES, OLGA, WHATS};
use super::dice::Dice;
use super::model::{Ask, Basis, DAY, Debt, Grant, HOUR, Kind, Model, State, What, Who};
use policies::reason;
use std::collections::BTreeSet;

/// One step; what is drawn depends on the dice and on what there is.
pub fn draw(dice: &mut Dice, model: &Model) -> Act {
    let mut draw = Draw { dice, model };
    for _ in 0..8 {
        if let Some(act) = draw.act() {
            return act;
        }
    }
    Act::Sweep
}

struct Draw<'a> {
    dice: &'a mut Dice,
    model: &'a Model,
}

impl Draw<'_> {
    fn act(&mut self) -> Option<Act> {
        let next = if self.dice.chance(20) {
            self.story()
        } else if self.dice.chance(35) {
            self.stand_in()
        } else {
            None
        };
        if next.is_some() {
            return next;
        }
        Some(match self.dice.below(100) {
            0..14 => self.activate()?,
            14..22 => self.vote()?,
            22..27 => self.assign(),
            27..29 => self.assign_many(),
            29..33 => self.update()?,
            33..38 => self.remove()?,
            38..40 => self.assign_role(),
            40..43 => self.cancel()?,
            43..46 => self.extend()?,
            46..49 => self.deactivate()?,
            49..52 => self.ask_renewal()?,
            52..56 => self.answer()?,
            56..60 => self.set_enabled(),
            60..64 => self.set_policy()?,
            64..65 => self.delete()?,
            65..67 => self.restore()?,
            67..70 => self.break_glass()?,
            70..71 => self.review()?,
            71..77 => Act::Sweep,
            77..79 => self.ask_for()?,
            79..83 => self.leave(),
            83..84 => self.come_back()?,
            _ => Act::Clock(moments::next(self.dice, self.model)),
        })
    }

    fn anybody(&mut self) -> usize {
        self.dice.below(NAMES.len())
    }

    /// Who manages things, mostly.
    fn manager(&mut self, what: What) -> usize {
        let model = self.model;
        let manages = |by: &usize| model.able(*by) && model.steers(*by, what);
        let fit: Vec<usize> = (0..NAMES.len()).filter(manages).collect();
        if self.dice.chance(85) { self.dice.pick(&fit).unwrap_or(ADA) } else { self.anybody() }
    }

    fn what(&mut self) -> What {
        self.dice.one(WHATS)
    }

    fn ask(&mut self, wanted: impl Fn(&Ask) -> bool) -> Option<usize> {
        let asks = self.model.asks.iter().enumerate();
        let fit: Vec<usize> = asks.filter(|(_, ask)| wanted(ask)).map(|(at, _)| at).collect();
        let all = self.model.asks.len();
        if self.dice.chance(92) { self.dice.pick(&fit) } else { (all > 0).then(|| self.dice.below(all)) }
    }

    fn grant(&mut self, wanted: impl Fn(&Model, usize) -> bool) -> Option<usize> {
        let all = self.model.grants.len();
        let fit: Vec<usize> = (0..all).filter(|at| wanted(self.model, *at)).collect();
        if self.dice.chance(90) { self.dice.pick(&fit) } else { Some(self.dice.below(all)) }
    }

    fn typed(&mut self) -> Typed {
        match self.dice.below(20) {
            0 => Typed::Wrong,
            1 => Typed::Nothing,
            _ => Typed::Right,
        }
    }

    fn switch(&mut self, what: What) -> Switch {
        Switch {
            what,
            start: self.dice.chance(25).then(|| moments::start(self.dice, self.model)),
            minutes: (!self.dice.chance(2)).then(|| moments::minutes(self.dice)),
            reason: reason(self.dice),
            ticket: self.dice.chance(80),
            code: self.typed(),
        }
    }

    /// Somebody and something that she is eligible for, or lies in a group that is.
    fn eligible(&mut self) -> Option<(usize, What)> {
        let at = self.grant(|model, at| model.grants[at].eligible && !model.over(&model.grants[at]))?;
        let grant = &self.model.grants[at];
        let who = match grant.who {
            Who::Person(person) => person,
            Who::Group(group) => self.dice.pick(&Vec::from_iter(self.model.inside(group, None)))?,
        };
        Some((who, grant.what))
    }

    fn activate(&mut self) -> Option<Act> {
        let (by, what) = if self.dice.chance(88) { self.eligible()? } else { (self.anybody(), self.what()) };
        Some(Act::Activate(by, self.switch(what)))
    }

    fn ask_for(&mut self) -> Option<Act> {
        let (who, what) = self.eligible()?;
        Some(Act::AskFor(self.manager(what), who, self.switch(what)))
    }

    fn break_glass(&mut self) -> Option<Act> {
        let (by, what) = self.eligible()?;
        let mut form = self.switch(what);
        if self.dice.chance(80) {
            (form.reason, form.minutes) = (25, Some(self.dice.one([15, 30, 60])));
        }
        Some(Act::BreakGlass(by, form))
    }

    fn review(&mut self) -> Option<Act> {
        let ask = self.ask(|ask| ask.debt != Debt::None)?;
        if self.model.asks[ask].debt == Debt::None {
            return None;
        }
        Some(Act::Review(self.manager(self.model.asks[ask].what), ask, reason(self.dice)))
    }

    fn vote(&mut self) -> Option<Act> {
        let at = self.ask(|ask| ask.state == State::Waiting)?;
        let ask = &self.model.asks[at];
        let rule = ask.under.approval.as_ref();
        let named =
            rule.map_or_else(Vec::new, |rule| [rule.named.as_slice(), rule.later.as_slice()].concat());
        let mut able = Vec::from_iter(self.model.approvers(&named, ask.what));
        let instead = able.iter().filter_map(|person| self.model.people[*person].away?.instead);
        able.extend(Vec::from_iter(instead));
        let by = match self.dice.below(10) {
            0 => ask.who,
            1 => self.anybody(),
            _ => self.dice.pick(&able)?,
        };
        let yes = self.dice.chance(85);
        let stale = self.dice.chance(4);
        Some(Act::Vote(by, at, Vote { yes, reason: reason(self.dice), stale, code: self.typed() }))
    }

    /// Somebody who may be asked to decide or who asks, mostly.
    fn leave(&mut self) -> Act {
        let waiting = self.model.asks.iter().filter(|ask| ask.state == State::Waiting);
        let concerned: Vec<usize> = waiting
            .flat_map(|ask| {
                let rule = ask.under.approval.as_ref();
                let named =
                    rule.map_or_else(BTreeSet::new, |rule| self.model.approvers(&rule.named, ask.what));
                named.into_iter().chain([ask.who])
            })
            .collect();
        let by = self.dice.pick(&concerned).filter(|_| self.dice.chance(70));
        let by = by.unwrap_or_else(|| self.anybody());
        let length = match self.dice.below(20) {
            0 => -HOUR,
            1 => 181 * DAY,
            _ => HOUR * self.dice.one([2, 30, 200]),
        };
        let instead = self.dice.chance(60).then(|| self.anybody());
        Act::Leave(by, Leave { until: self.model.now + length, instead, code: self.typed() })
    }

    fn come_back(&mut self) -> Option<Act> {
        let away = (0..NAMES.len()).filter(|person| self.model.people[*person].away.is_some());
        Some(Act::Back(self.dice.pick(&Vec::from_iter(away))?))
    }

    fn give(&mut self, what: What, to: Who, eligible: bool) -> Give {
        let start = self.dice.chance(25).then(|| moments::start(self.dice, self.model));
        let end = moments::end(self.dice, start.unwrap_or(self.model.now), self.model);
        Give { what, to, eligible, start, end, reason: reason(self.dice), code: self.typed() }
    }

    /// A line that gives one of these things, so often to a person.
    fn line(&mut self, among: &[What], people: usize) -> Give {
        let what = self.dice.pick(among).unwrap_or(WHATS[0]);
        let to = if self.dice.chance(people) {
            Who::Person(self.anybody())
        } else {
            Who::Group(self.dice.below(KEYS.len()))
        };
        let eligible = self.dice.chance(60);
        self.give(what, to, eligible)
    }

    fn assign(&mut self) -> Act {
        let line = self.line(&WHATS[..6], 75);
        Act::Assign(self.manager(line.what), line)
    }

    fn assign_many(&mut self) -> Act {
        let count = 1 + self.dice.below(4);
        let lines: Vec<Give> = (0..count).map(|_| self.line(&WHATS, 70)).collect();
        let by = self.manager(lines[0].what);
        Act::AssignMany(by, Sheet { lines, code: self.typed() })
    }

    fn update(&mut self) -> Option<Act> {
        let never_begun = self.dice.chance(15);
        let at = self.grant(|model, at| {
            let grant = &model.grants[at];
            !grant.activated()
                && if never_begun { grant.taken && grant.end > model.now } else { !model.over(grant) }
        })?;
        let grant = self.model.grants[at].clone();
        Some(Act::Update(self.manager(grant.what), at, self.give(grant.what, grant.who, grant.eligible)))
    }

    fn remove(&mut self) -> Option<Act> {
        let carrying = self.dice.chance(35);
        let at = self.grant(|model, at| {
            let grant = &model.grants[at];
            !model.over(grant) && (!carrying || carries(model, at))
        })?;
        let what = self.model.grants[at].what;
        let heir = self.dice.chance(if matches!(what, What::Owner(_)) { 40 } else { 2 });
        Some(Act::Remove(self.manager(what), at, heir.then(|| self.anybody())))
    }

    fn assign_role(&mut self) -> Act {
        let line = self.line(&WHATS[6..], 50);
        Act::Assign(self.manager(line.what), line)
    }

    /// An activation, and mostly the person whose it is.
    fn activation(&mut self) -> Option<(usize, usize)> {
        let at = self.grant(|model, at| model.grants[at].activated() && model.on(&model.grants[at]))?;
        let by = match self.model.grants[at].who {
            Who::Person(person) if self.dice.chance(93) => person,
            _ => self.anybody(),
        };
        Some((by, at))
    }

    fn cancel(&mut self) -> Option<Act> {
        let at = self.ask(|ask| ask.state.open())?;
        let by = if self.dice.chance(60) { self.model.asks[at].who } else { self.anybody() };
        Some(Act::Cancel(by, at))
    }

    fn extend(&mut self) -> Option<Act> {
        let (by, at) = self.activation()?;
        Some(Act::Extend(by, at, self.switch(self.model.grants[at].what)))
    }

    fn deactivate(&mut self) -> Option<Act> {
        let (by, at) = self.activation()?;
        Some(Act::Deactivate(by, at))
    }

    fn ask_renewal(&mut self) -> Option<Act> {
        let at = self.grant(|model, at| {
            let grant = &model.grants[at];
            matches!(grant.who, Who::Person(_)) && !grant.activated()
        })?;
        let by = match self.model.grants[at].who {
            Who::Person(person) if self.dice.chance(95) => person,
            _ => self.anybody(),
        };
        Some(Act::AskRenewal(by, at, reason(self.dice)))
    }

    fn answer(&mut self) -> Option<Act> {
        let waiting = |ask: &Ask| ask.state == State::WaitingForManager;
        let at = self.ask(|ask| waiting(ask) || ask.answered_by.is_some())?;
        let ask = self.model.asks[at].clone();
        let Kind::Renewal(grant) = ask.kind else { return None };
        let by = match (ask.answered_by, self.dice.chance(10)) {
            (Some(by), _) => by,
            (None, true) => ask.who,
            (None, false) => self.manager(ask.what),
        };
        let eligible = self.model.grants[grant].eligible ^ self.dice.chance(10);
        let end = moments::end(self.dice, self.model.now, self.model);
        let (yes, reason) = (self.dice.chance(75), reason(self.dice));
        Some(Act::Answer(by, at, Answer { yes, eligible, end, reason, code: self.typed() }))
    }

    fn set_enabled(&mut self) -> Act {
        let disabled: Vec<usize> =
            (0..NAMES.len()).filter(|person| !self.model.people[*person].enabled).collect();
        let by = if self.dice.chance(80) { ADA } else { self.anybody() };
        match self.dice.pick(&disabled).filter(|_| self.dice.chance(70)) {
            Some(person) => Act::SetEnabled(by, person, true),
            None => {
                let waiting = self.model.asks.iter().filter(|ask| ask.state == State::Waiting);
                let voters: Vec<usize> =
                    waiting.flat_map(|ask| ask.votes.iter().map(|said| said.by)).collect();
                let voter = self.dice.pick(&voters).filter(|_| self.dice.chance(50));
                let person = voter.unwrap_or_else(|| self.anybody());
                Act::SetEnabled(by, person, self.dice.chance(10))
            }
        }
    }

    fn delete(&mut self) -> Option<Act> {
        Some(match self.dice.below(5) {
            0 => Act::DeletePerson(ADA, self.dice.one([OLGA, 2, 3, 4])),
            1 => Act::DeletePerson(self.anybody(), self.anybody()),
            2..4 => Act::DeleteGroup(self.dice.one([ADA, OLGA]), self.dice.below(KEYS.len())),
            _ => Act::DeleteGroup(self.anybody(), self.dice.below(KEYS.len())),
        })
    }

    fn restore(&mut self) -> Option<Act> {
        let by = if self.dice.chance(90) { ADA } else { self.anybody() };
        let people = (0..NAMES.len()).filter(|at| self.model.people[*at].deleted.is_some());
        let groups = (0..KEYS.len()).filter(|at| self.model.groups[*at].deleted.is_some());
        let acts: Vec<Act> = people
            .map(|at| Act::RestorePerson(by, at))
            .chain(groups.map(|at| Act::RestoreGroup(by, at)))
            .collect();
        self.dice.pick(&acts)
    }

    fn set_policy(&mut self) -> Option<Act> {
        let what = self.what();
        let (version, policy) = &self.model.policies[&what];
        let based_on = if self.dice.chance(4) { version - 1 } else { *version };
        let policy = policies::edited(self.dice, policy, what);
        let code = self.typed();
        Some(Act::SetPolicy(self.manager(what), Box::new(Save { what, based_on, policy, code })))
    }
}

/// Whether something that is on came through the group that this is a membership of.
fn carries(model: &Model, at: usize) -> bool {
    let through = |group| move |basis: &Basis| basis.through == Some(group);
    let what = model.grants[at].what;
    let rests = |grant: &Grant, group| model.on(grant) && grant.basis.iter().any(through(group));
    matches!(what, What::Member(group) if model.grants.iter().any(|grant| rests(grant, group)))
}
