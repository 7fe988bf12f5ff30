//! Tables of the approval rules.

#![cfg(test)]

mod support;

use chrono::TimeDelta;
use domain::approval::{Stage, Tally, Verdict, Vote, able, cast, countable};
use domain::ids::{GroupId, PersonId};
use domain::policy::Approver;
use domain::refusal::Code;
use std::collections::BTreeSet;
use support::*;
use uuid::Uuid;

fn stage(needed: u8) -> Stage {
    Stage {
        beneficiary: person(1),
        filer: person(9),
        approvers: [1, 2, 3, 9].map(person).into(),
        needed,
        deadline: now() + TimeDelta::hours(1),
        voted: BTreeSet::new(),
        content_hash: "as shown".into(),
    }
}

fn vote(by: PersonId, verdict: Verdict) -> Vote<'static> {
    Vote { by, verdict, reason: "fine", seen: "as shown" }
}

fn refused(stage: &Stage, vote: &Vote<'_>) -> Code {
    cast(stage, vote, now()).unwrap_err().code
}

#[test]
fn nobody_approves_her_own_access_neither_as_beneficiary_nor_as_filer() {
    for own in [1, 9] {
        for verdict in [Verdict::Approve, Verdict::Deny] {
            assert_eq!(refused(&stage(1), &vote(person(own), verdict)), Code::OwnRequest, "C12, I-11");
        }
    }
    let set = [1, 2, 9].map(person).into();
    assert_eq!(able(&set, person(1), person(9)), [person(2)].into());
}

#[test]
fn an_empty_set_of_approvers_lets_nobody_approve() {
    let empty = Stage { approvers: BTreeSet::new(), ..stage(1) };
    assert_eq!(refused(&empty, &vote(person(2), Verdict::Approve)), Code::NotApprover, "C14");
}

#[test]
fn quorum_counts_people_not_presses() {
    let tally = cast(&stage(2), &vote(person(2), Verdict::Approve), now()).unwrap();
    assert_eq!(tally, Tally::Waiting { have: 1, needed: 2 });
    let once = Stage { voted: [person(2)].into(), ..stage(2) };
    assert_eq!(refused(&once, &vote(person(2), Verdict::Approve)), Code::AlreadyVoted);
    assert_eq!(cast(&once, &vote(person(3), Verdict::Approve), now()).unwrap(), Tally::Approved);
}

#[test]
fn a_quorum_of_nought_still_needs_one() {
    let tally = cast(&stage(0), &vote(person(2), Verdict::Approve), now()).unwrap();
    assert_eq!(tally, Tally::Approved);
    let nobody = Stage { approvers: BTreeSet::new(), ..stage(0) };
    assert_eq!(refused(&nobody, &vote(person(2), Verdict::Approve)), Code::NotApprover);
}

#[test]
fn one_no_is_enough_and_says_why() {
    assert_eq!(cast(&stage(2), &vote(person(2), Verdict::Deny), now()).unwrap(), Tally::Denied);
    let silent = Vote { reason: "  ", ..vote(person(2), Verdict::Deny) };
    assert_eq!(refused(&stage(1), &silent), Code::DenyReasonMissing);
}

#[test]
fn the_deadline_itself_is_too_late() {
    let at = |deadline| cast(&Stage { deadline, ..stage(1) }, &vote(person(2), Verdict::Approve), now());
    assert!(at(now() + TimeDelta::microseconds(1)).is_ok());
    assert_eq!(at(now()).unwrap_err().code, Code::Lapsed);
}

#[test]
fn what_changed_since_it_was_shown_is_not_decided() {
    let stale = Vote { seen: "something else", ..vote(person(2), Verdict::Approve) };
    assert_eq!(refused(&stage(1), &stale), Code::ChangedMeanwhile);
}

#[test]
fn a_group_never_approves_entry_into_itself() {
    let (own, other) = (GroupId(Uuid::from_u128(7)), GroupId(Uuid::from_u128(8)));
    let named = [Approver::Group(own), Approver::Group(other), Approver::Person(person(2))];
    let counted = countable(&named, Some(own));
    assert_eq!(counted, [Approver::Group(other), Approver::Person(person(2))]);
}

#[test]
fn a_vote_of_somebody_who_is_no_longer_named_or_able_is_counted_no_longer() {
    let gone = Stage { voted: [person(7)].into(), ..stage(2) };
    let tally = cast(&gone, &vote(person(2), Verdict::Approve), now()).unwrap();
    assert_eq!(tally, Tally::Waiting { have: 1, needed: 2 }, "I-05, I-09");
}
