//! Votes on a request: who counts, how many are needed, until when. Nobody decides on access of her own, in any path.

pub mod reminder;
mod seat;
pub mod supply;

use crate::ids::{GroupId, PersonId};
use crate::policy::Approver;
use crate::refusal::{Code, Refusal};
use crate::text::Text;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

pub use seat::{Given, Here, Seats};

/// Yes or no.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Yes.
    Approve,
    /// No.
    Deny,
}

impl Verdict {
    /// The stable word.
    pub const fn wire(self) -> &'static str {
        match self {
            Verdict::Approve => "approve",
            Verdict::Deny => "deny",
        }
    }

    /// From the stable word.
    pub fn parse(word: &str) -> Option<Self> {
        [Verdict::Approve, Verdict::Deny].into_iter().find(|verdict| verdict.wire() == word)
    }
}

/// A waiting request as the approvers see it, loaded under its lock.
#[derive(Clone, Debug)]
pub struct Stage {
    /// Who would get the access.
    pub beneficiary: PersonId,
    /// Who asked.
    pub filer: PersonId,
    /// People named by the policy, groups resolved, enabled only.
    pub approvers: BTreeSet<PersonId>,
    /// Of them and of those who asked, who is away, and who stands in for her now.
    pub stand_ins: BTreeMap<PersonId, PersonId>,
    /// Different people who must approve.
    pub needed: u8,
    /// Lapses then.
    pub deadline: DateTime<Utc>,
    /// The approvals so far: a no would have closed it.
    pub given: Vec<Given>,
    /// The content hash of the request now.
    pub content_hash: String,
}

/// A vote as it comes in.
#[derive(Clone, Debug)]
pub struct Vote<'a> {
    /// Who.
    pub by: PersonId,
    /// Yes or no.
    pub verdict: Verdict,
    /// Comment; needed for a no.
    pub reason: &'a str,
    /// The content hash the voter saw.
    pub seen: &'a str,
}

/// Where the request stands after a vote.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tally {
    /// More approvals are needed.
    Waiting {
        /// Approvals so far, this one included.
        have: usize,
        /// Approvals needed.
        needed: usize,
    },
    /// Enough approvals.
    Approved,
    /// One no is enough.
    Denied,
}

/// The approvers that count where entry into this group is asked, if it is a group's. A group never approves entry into itself: whoever was let in yesterday
/// would decide about today (security.md 6.12).
pub fn countable(approvers: &[Approver], own: Option<GroupId>) -> Vec<Approver> {
    approvers
        .iter()
        .copied()
        .filter(|approver| !matches!(approver, Approver::Group(g) if Some(*g) == own))
        .collect()
}

/// Whether named approvers include this person, by herself or through one of the groups she lies in now.
pub fn names(approvers: &[Approver], person: PersonId, groups: &BTreeSet<GroupId>) -> bool {
    approvers.iter().any(|approver| match approver {
        Approver::Person(named) => *named == person,
        Approver::Group(group) => groups.contains(group),
    })
}

/// Who can decide: named and able, and neither beneficiary nor filer.
pub fn able(approvers: &BTreeSet<PersonId>, beneficiary: PersonId, filer: PersonId) -> BTreeSet<PersonId> {
    approvers.iter().copied().filter(|person| *person != beneficiary && *person != filer).collect()
}

/// Of those who can decide, whose approval counts: not of one who stands in for who asks. Whoever acts for somebody does not let
/// in what that person asks for, in any capacity (C12, product.md 4.1). `stand_ins` says who stands in for whom now.
pub fn may_approve(
    approvers: &BTreeSet<PersonId>,
    [beneficiary, filer]: [PersonId; 2],
    stand_ins: &BTreeMap<PersonId, PersonId>,
) -> BTreeSet<PersonId> {
    let mut able = able(approvers, beneficiary, filer);
    able.retain(|person| !stands_in_for([beneficiary, filer], *person, stand_ins));
    able
}

/// Whether this person stands in for one of those who ask.
fn stands_in_for(asks: [PersonId; 2], person: PersonId, stand_ins: &BTreeMap<PersonId, PersonId>) -> bool {
    asks.iter().any(|asks| stand_ins.get(asks) == Some(&person))
}

/// Counts a vote.
///
/// # Errors
/// One reason why it does not count. An empty set of approvers never lets anybody approve (C14).
pub fn cast(stage: &Stage, vote: &Vote<'_>, now: DateTime<Utc>) -> Result<Tally, Refusal> {
    if vote.by == stage.beneficiary || vote.by == stage.filer {
        return Err(Refusal::new(Code::OwnRequest, "Not recorded. Nobody can decide on their own request."));
    }
    if stage.deadline <= now {
        let text = Text::say("Not recorded. It lapsed at ").at(stage.deadline).then(".");
        return Err(Refusal::new(Code::Lapsed, text));
    }
    let seat = stage.seat(vote.by)?;
    if vote.verdict == Verdict::Approve && stage.is_barred(vote.by, seat) {
        let text = "Not recorded. Whoever stands in for who asks can't approve it, nor anybody in their place. You can deny it.";
        return Err(Refusal::new(Code::StandsIn, text));
    }
    if vote.seen != stage.content_hash {
        return Err(Refusal::new(
            Code::ChangedMeanwhile,
            "Not recorded. The request changed since you looked. Look again.",
        ));
    }
    if let Some(unfit) = comment(vote.verdict, vote.reason) {
        return Err(unfit);
    }
    match vote.verdict {
        Verdict::Deny => Ok(Tally::Denied),
        Verdict::Approve => {
            let (have, needed) = (stage.counted() + 1, usize::from(stage.needed.max(1)));
            Ok(if have >= needed { Tally::Approved } else { Tally::Waiting { have, needed } })
        }
    }
}

/// What is wrong with the comment of a vote, if anything: a no needs one, and none is endless.
pub fn comment(verdict: Verdict, comment: &str) -> Option<Refusal> {
    match comment.trim().chars().count() {
        0 if verdict == Verdict::Deny => {
            let text = "Say why you deny it. The person reads this.";
            Some(Refusal::new(Code::DenyReasonMissing, text))
        }
        written if written > crate::policy::MAX_REASON => {
            Some(Refusal::new(Code::TextTooLong, "Not recorded. The comment is too long."))
        }
        _ => None,
    }
}
