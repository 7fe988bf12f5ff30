//! Tables of the approval rules.

#![cfg(test)]

mod support;

use chrono::TimeDelta;
use domain::approval::{Given, Stage, Tally, Verdict, Vote, able, cast, countable};
use domain::ids::{GroupId, PersonId};
use domain::policy::Approver;
use domain::refusal::Code;
use std::collections::{BTreeMap, BTreeSet};
use support::*;
use uuid::Uuid;

fn stage(needed: u8) -> Stage {
    Stage {
        beneficiary: person(1),
        filer: person(9),
        approvers: [1, 2, 3, 9].map(person).into(),
        needed,
        deadline: now() + TimeDelta::hours(1),
        stand_ins: BTreeMap::new(),
        given: Vec::new(),
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
    let once = Stage { given: vec![Given::own(person(2))], ..stage(2) };
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
    let gone = Stage { given: vec![Given::own(person(7))], ..stage(2) };
    let tally = cast(&gone, &vote(person(2), Verdict::Approve), now()).unwrap();
    assert_eq!(tally, Tally::Waiting { have: 1, needed: 2 }, "I-05, I-09");
}

/// 2 and 3 approve, and 2 is away: 5 stands in for her. So does, for who asks, whoever is named.
fn away(needed: u8, asks_for: Option<u128>) -> Stage {
    let mut stand_ins = BTreeMap::from([(person(2), person(5))]);
    stand_ins.extend(asks_for.map(|stands_in| (person(9), person(stands_in))));
    Stage { stand_ins, ..stage(needed) }
}

#[test]
fn who_stands_in_decides_and_who_is_away_still_can() {
    for by in [2, 5] {
        assert_eq!(
            cast(&away(1, None), &vote(person(by), Verdict::Approve), now()).unwrap(),
            Tally::Approved
        );
        assert_eq!(cast(&away(1, None), &vote(person(by), Verdict::Deny), now()).unwrap(), Tally::Denied);
    }
    assert_eq!(away(1, None).seat(person(5)).unwrap(), person(2));
    assert_eq!(refused(&stage(1), &vote(person(5), Verdict::Approve)), Code::NotApprover, "nobody is away");
}

#[test]
fn nobody_becomes_two_by_being_away() {
    let (hers, instead) = (Given::own(person(2)), Given { seat: person(2), ..Given::own(person(5)) });
    for (given, other) in [(hers, 5), (instead, 2)] {
        let once = Stage { given: vec![given], ..away(2, None) };
        assert_eq!(refused(&once, &vote(person(other), Verdict::Approve)), Code::AlreadyVoted, "I-05");
        assert_eq!(cast(&once, &vote(person(3), Verdict::Approve), now()).unwrap(), Tally::Approved);
    }
    // one person for two who are away is one
    let both = Stage { stand_ins: [(person(2), person(5)), (person(3), person(5))].into(), ..stage(2) };
    let tally = cast(&both, &vote(person(5), Verdict::Approve), now()).unwrap();
    assert_eq!(tally, Tally::Waiting { have: 1, needed: 2 });
    let once = Stage { given: vec![instead], ..both };
    assert_eq!(refused(&once, &vote(person(5), Verdict::Approve)), Code::AlreadyVoted);
}

#[test]
fn an_approver_who_stands_in_for_another_decides_for_herself() {
    let stage = Stage { stand_ins: [(person(2), person(3))].into(), ..stage(2) };
    assert_eq!(stage.seat(person(3)).unwrap(), person(3));
}

#[test]
fn c12_who_stands_in_for_who_asks_never_approves_it() {
    for asks in [1, 9] {
        let stage = Stage { stand_ins: [(person(asks), person(5))].into(), ..stage(1) };
        assert_eq!(refused(&stage, &vote(person(5), Verdict::Approve)), Code::NotApprover, "not for her");
        let named = Stage { approvers: [2, 5].map(person).into(), ..stage };
        assert_eq!(refused(&named, &vote(person(5), Verdict::Approve)), Code::StandsIn, "nor by herself");
        assert_eq!(cast(&named, &vote(person(5), Verdict::Deny), now()).unwrap(), Tally::Denied);
    }
    assert_eq!(refused(&away(1, Some(5)), &vote(person(5), Verdict::Approve)), Code::StandsIn);
}

#[test]
fn what_a_disabled_stand_in_said_counts_no_longer() {
    let gone = Given { seat: person(2), able: false, ..Given::own(person(5)) };
    let stage = Stage { given: vec![gone], ..stage(2) };
    let tally = cast(&stage, &vote(person(3), Verdict::Approve), now()).unwrap();
    assert_eq!(tally, Tally::Waiting { have: 1, needed: 2 }, "I-09");
}

/// Who is here, by number, each with those she stands in for.
fn here(stage: &Stage, away: &[u128]) -> Vec<(PersonId, Vec<PersonId>)> {
    let away = away.iter().copied().map(person).collect();
    stage.here(&away).into_iter().map(|(one, seats)| (one, seats.into_iter().collect())).collect()
}

#[test]
fn who_is_here_answers_for_herself_or_for_those_who_are_away() {
    let own = |one| (person(one), Vec::new());
    assert_eq!(here(&stage(1), &[]), [own(2), own(3)], "neither who asks nor who gets it");
    assert_eq!(here(&stage(1), &[2]), [own(3)]);
    assert_eq!(here(&away(1, None), &[]), [own(2), own(3)], "she is back");
    assert_eq!(here(&away(1, None), &[2]), [own(3), (person(5), vec![person(2)])]);
    assert_eq!(here(&away(1, None), &[2, 5]), [own(3)], "her stand-in is away too");
    assert_eq!(here(&away(1, Some(5)), &[2]).len(), 2, "C12: here, though she can only deny it");
    for asks in [1, 9] {
        let stage = Stage { stand_ins: [(person(2), person(asks))].into(), ..stage(1) };
        assert_eq!(here(&stage, &[2]), [own(3)], "C12: nobody decides on her own");
    }
    let named = Stage { stand_ins: [(person(2), person(3))].into(), ..stage(1) };
    assert_eq!(here(&named, &[2]), [own(3)], "once, and in her own place");
    let both = Stage { stand_ins: [(person(2), person(5)), (person(3), person(5))].into(), ..stage(1) };
    assert_eq!(here(&both, &[2, 3]), [(person(5), vec![person(2), person(3)])]);
}

#[test]
fn who_has_decided_is_not_waited_for() {
    let hers = Stage { given: vec![Given::own(person(2))], ..stage(2) };
    assert_eq!(here(&hers, &[]), [(person(3), vec![])]);
    let instead = Given { seat: person(2), ..Given::own(person(5)) };
    let for_both = [(person(2), person(5)), (person(3), person(5))].into();
    let stage = Stage { given: vec![instead], stand_ins: for_both, ..stage(2) };
    assert_eq!(here(&stage, &[2, 3]), [], "each person decides once");
}

#[test]
fn c12_whoever_acts_for_who_asks_or_for_one_who_does_could_not_approve() {
    let could = |stage: &Stage, away: &[u128]| -> Vec<PersonId> {
        stage.could_approve(stage.here(&away.iter().copied().map(person).collect())).into_keys().collect()
    };
    assert_eq!(could(&stage(1), &[]), [person(2), person(3)]);
    assert_eq!(could(&away(1, Some(5)), &[2]), [person(3)]);
    assert_eq!(could(&away(1, Some(2)), &[2]), [person(3)], "nor in the place of one who acts for her");
    let both = [(person(2), person(5)), (person(3), person(5)), (person(9), person(2))].into();
    assert_eq!(could(&Stage { stand_ins: both, ..stage(1) }, &[2, 3]), [person(5)], "one place is free");
}

#[test]
fn too_few_are_here_when_those_who_are_can_not_make_up_what_is_needed() {
    let too_few = |stage: &Stage, away: &[u128]| {
        stage.too_few(&stage.here(&away.iter().copied().map(person).collect()))
    };
    assert!(!too_few(&stage(2), &[]));
    assert!(too_few(&stage(2), &[3]));
    assert!(!too_few(&stage(1), &[3]));
    assert!(too_few(&stage(0), &[2, 3]), "one at the least");
    assert!(!too_few(&away(2, None), &[2]), "somebody stands in");
    let given = Stage { given: vec![Given::own(person(2))], ..stage(2) };
    assert!(!too_few(&given, &[2]), "she has decided");
    let barred = Stage { stand_ins: [(person(9), person(3))].into(), ..stage(1) };
    assert!(!too_few(&barred, &[2]), "C12: who asks does not choose who decides by naming who is left");
    assert!(too_few(&barred, &[2, 3]));
}
