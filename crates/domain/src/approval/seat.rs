//! In whose place somebody decides: her own, or that of an approver who is away and named her. A seat counts once, whoever
//! of the two decides, so that nobody becomes two by being away.

use super::{Stage, countable, names};
use crate::ids::{GroupId, PersonId};
use crate::policy::ApprovalRule;
use crate::refusal::{Code, Refusal};
use std::collections::{BTreeMap, BTreeSet};

/// People, and those in whose place each decides: nobody where she is an approver herself.
pub type Here = BTreeMap<PersonId, BTreeSet<PersonId>>;

/// An approval that was given.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Given {
    /// By whom.
    pub by: PersonId,
    /// In whose place; her own, mostly.
    pub seat: PersonId,
    /// Who gave it is still able to act.
    pub able: bool,
}

impl Given {
    /// In her own place.
    pub const fn own(by: PersonId) -> Self {
        Self { by, seat: by, able: true }
    }
}

impl Stage {
    /// Approvals that count: for people who are named and able now, by people who are able now. Who was disabled or is named
    /// no longer has lost her say, also in what she said before (I-05, I-09).
    pub fn counted(&self) -> usize {
        let counts = |given: &&Given| given.able && self.approvers.contains(&given.seat);
        self.given.iter().filter(counts).map(|given| given.seat).collect::<BTreeSet<_>>().len()
    }

    /// In whose place this person decides: her own where she is an approver herself, else that of one who is away, named
    /// her, did not ask for it, and for whom nobody has decided.
    ///
    /// # Errors
    /// She is no approver, or has decided; or it has been decided for everybody whom she could decide for.
    pub fn seat(&self, by: PersonId) -> Result<PersonId, Refusal> {
        let no = |code, text: &str| Err(Refusal::new(code, text));
        if self.has_decided(by) {
            let text = "Not recorded. You have already decided; each person counts once.";
            return no(Code::AlreadyVoted, text);
        }
        if self.approvers.contains(&by) {
            let text = "Not recorded. Somebody has decided in your place while you were away.";
            return if self.is_taken(by) { no(Code::AlreadyVoted, text) } else { Ok(by) };
        }
        let away = self.approvers.iter().copied().filter(|seat| {
            *seat != self.beneficiary && *seat != self.filer && self.stand_ins.get(seat) == Some(&by)
        });
        let open = away.clone().filter(|seat| !self.is_taken(*seat));
        // one for whom she can approve comes before one for whom she can only deny
        match (away.clone().next(), open.min_by_key(|seat| self.stands_in_for_who_asks(*seat))) {
            (_, Some(seat)) => Ok(seat),
            (Some(_), None) => {
                let text = "Not recorded. Who you stand in for has already decided; each person counts once.";
                no(Code::AlreadyVoted, text)
            }
            (None, None) => no(Code::NotApprover, "Not recorded. You are not an approver of this request."),
        }
    }

    /// Those whose approval can count: named and able, and neither who asks nor who stands in for her.
    pub fn may_approve(&self, named: &BTreeSet<PersonId>) -> BTreeSet<PersonId> {
        super::may_approve(named, self.asks(), &self.stand_ins)
    }

    /// Who can answer now, and in whose place: approvers who are here and have not decided, nobody's where she is one herself, and
    /// who stands in for those who are `away`. Nobody counts twice.
    pub fn here(&self, away: &BTreeSet<PersonId>) -> Here {
        let open = super::able(&self.approvers, self.beneficiary, self.filer);
        let (mut here, mut instead) = (Here::new(), Here::new());
        for seat in open.into_iter().filter(|seat| !self.has_decided(*seat) && !self.is_taken(*seat)) {
            if !away.contains(&seat) {
                here.insert(seat, BTreeSet::new());
            } else if let Some(one) = self.stand_ins.get(&seat)
                && !away.contains(one)
                && !self.asks().contains(one)
                && !self.has_decided(*one)
            {
                instead.entry(*one).or_default().insert(seat);
            }
        }
        for (one, seats) in instead {
            // in her own place, where she has one
            here.entry(one).or_insert(seats);
        }
        here
    }

    /// Fewer than are still needed are here to answer. Who is here and can only deny it is here all the same: she was named to stand in by
    /// who asks, who could otherwise choose who decides (C12).
    pub fn too_few(&self, here: &Here) -> bool {
        self.counted() + here.len() < usize::from(self.needed.max(1))
    }

    /// Those of whom an approval would count: neither they nor everybody they stand in for act for who asks.
    pub fn could_approve(&self, here: Here) -> Here {
        let counts = |one: PersonId, seats: &BTreeSet<PersonId>| match seats.is_empty() {
            true => !self.is_barred(one, one),
            false => seats.iter().any(|seat| !self.is_barred(one, *seat)),
        };
        here.into_iter().filter(|(one, seats)| counts(*one, seats)).collect()
    }

    /// Everybody whose being away matters to [`Stage::here`].
    pub fn may_be_away(&self) -> BTreeSet<PersonId> {
        self.approvers.iter().chain(self.stand_ins.values()).copied().collect()
    }

    /// She has approved, in whoever's place.
    fn has_decided(&self, person: PersonId) -> bool {
        self.given.iter().any(|given| given.by == person)
    }

    /// It was approved in this place. What somebody said who can't act any more counts no longer, and keeps nobody from saying it anew.
    fn is_taken(&self, seat: PersonId) -> bool {
        self.given.iter().any(|given| given.able && given.seat == seat)
    }

    /// Who decides in this place can only deny: she or whose place it is acts for who asks (C12).
    pub(super) fn is_barred(&self, by: PersonId, seat: PersonId) -> bool {
        [by, seat].iter().any(|person| self.stands_in_for_who_asks(*person))
    }

    /// Who gets it, and who asked.
    fn asks(&self) -> [PersonId; 2] {
        [self.beneficiary, self.filer]
    }

    fn stands_in_for_who_asks(&self, person: PersonId) -> bool {
        super::stands_in_for(self.asks(), person, &self.stand_ins)
    }
}

/// Whom somebody decides for now: herself and those whom she stands in for, each with the groups she lies in.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Seats(BTreeMap<PersonId, BTreeSet<GroupId>>);

impl Seats {
    /// A person and one of the groups she lies in.
    pub fn add(&mut self, seat: PersonId, group: GroupId) {
        self.0.entry(seat).or_default().insert(group);
    }

    /// A person and the groups she lies in, as ids; nothing of somebody who has no seat here.
    pub fn ids(&self, seat: PersonId) -> Vec<GroupId> {
        self.0.get(&seat).into_iter().flatten().copied().collect()
    }

    /// The same of all of them, each once.
    pub fn all_ids(&self) -> BTreeSet<GroupId> {
        self.0.values().flatten().copied().collect()
    }

    /// Those whom this person, who sits here, stands in for.
    pub fn others(&self, own: PersonId) -> impl Iterator<Item = PersonId> {
        self.0.keys().copied().filter(move |seat| *seat != own)
    }

    /// In whose places she counts for a request to enter this group, if it is a group's, by this rule as it stands now:
    /// never in the place of who gets it or asked. Her own comes first, and where it counts, no other does.
    pub fn counting(
        &self,
        own: PersonId,
        entry: Option<GroupId>,
        rule: &ApprovalRule,
        asks: [PersonId; 2],
    ) -> Vec<PersonId> {
        let named = countable(&rule.approvers, entry);
        let counts = |seat: &PersonId, groups: &BTreeSet<GroupId>| {
            !asks.contains(seat) && names(&named, *seat, groups)
        };
        if self.0.get(&own).is_some_and(|groups| counts(&own, groups)) {
            return vec![own];
        }
        self.0.iter().filter(|(seat, groups)| counts(seat, groups)).map(|(seat, _)| *seat).collect()
    }
}
