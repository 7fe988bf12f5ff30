//! Extending and renewing assignments: when it is offered, what is asked, what an answer gives.

#![cfg(test)]

mod support;

use chrono::{DateTime, TimeDelta, Utc};
use domain::activation::Status;
use domain::assignment::{EndReason, Kind, Origin, Wanted};
use domain::duration::Minutes;
use domain::policy::Policy;
use domain::refusal::{Code, Refusal};
use domain::renewal::{
    AFTER, Asking, BEFORE, Deciding, Given, Held, Offer, Waiting, answerable, approve, ask, ground, offer,
};
use domain::span::Span;
use support::{now, policy};

const TICK: TimeDelta = TimeDelta::microseconds(1);

fn days(n: i64) -> TimeDelta {
    TimeDelta::days(n)
}

/// Held since 100 days ago, until `left` from now.
fn until(left: TimeDelta) -> Held<'static> {
    let span = Span { start: now() - days(100), end: Some(now() + left) };
    Held { origin: Origin::Assigned, span, end_reason: None, others: &[] }
}

fn asking(held: Held<'_>) -> Asking<'_> {
    Asking { held, person_able: true, group_open: true, waiting_since: None }
}

fn waiting(held: Held<'_>) -> Waiting<'_> {
    let deadline = held.span.end.unwrap() + AFTER;
    Waiting { held, kind: Kind::Eligible, deadline, person_able: true, group_open: true }
}

fn deciding<'a>(held: Held<'a>, policy: &'a Policy) -> Deciding<'a> {
    Deciding { waiting: waiting(held), own: false, policy, held_of_wanted: &[], name: "Ann" }
}

fn wanted(kind: Kind, end: Option<DateTime<Utc>>) -> Wanted {
    Wanted { kind, start: None, end, reason: "because".into() }
}

fn codes<T: std::fmt::Debug>(got: Result<T, Vec<Refusal>>) -> Vec<Code> {
    got.unwrap_err().iter().map(|refusal| refusal.code).collect()
}

#[test]
fn the_two_windows_hold_to_the_microsecond() {
    for (left, expected) in [
        (BEFORE + TICK, None),
        (BEFORE, Some(Offer::Extend)),
        (TICK, Some(Offer::Extend)),
        (TimeDelta::zero(), Some(Offer::Renew)),
        (-TICK, Some(Offer::Renew)),
        (-AFTER + TICK, Some(Offer::Renew)),
        (-AFTER, None),
    ] {
        assert_eq!(offer(&until(left), now()), expected, "{left} left");
        assert_eq!(ask(&asking(until(left)), "please", now()).is_ok(), expected.is_some(), "{left} left");
    }
}

#[test]
fn it_lapses_when_it_could_no_longer_be_asked_for() {
    let asked = ask(&asking(until(days(3))), "please", now()).unwrap();
    assert_eq!((asked.offer, asked.deadline), (Offer::Extend, now() + days(33)));
}

#[test]
fn only_what_was_assigned_and_ended_by_itself_is_offered() {
    for origin in [Origin::Directory, Origin::Activated] {
        assert_eq!(offer(&Held { origin, ..until(days(1)) }, now()), None, "{origin:?}");
    }
    for reason in EndReason::ALL {
        let ended = Held { end_reason: Some(reason), ..until(-days(1)) };
        let expected = (reason == EndReason::Expired).then_some(Offer::Renew);
        assert_eq!(offer(&ended, now()), expected, "{reason:?}");
    }
    let endless = Held { span: Span::permanent(now() - days(1)), ..until(days(1)) };
    assert_eq!(offer(&endless, now()), None);
    let begins_later = Held { span: Span::lasting(now() + TICK, days(1)), ..until(days(1)) };
    assert_eq!(offer(&begins_later, now()), None);
    let never_began = Held { span: Span::lasting(now() - days(1), TimeDelta::zero()), ..until(-days(1)) };
    assert_eq!(offer(&never_began, now()), None);
}

#[test]
fn a_newer_assignment_takes_its_place_and_one_that_never_began_does_not() {
    let older = [Span::lasting(now() - days(200), days(50))];
    assert_eq!(offer(&Held { others: &older, ..until(days(1)) }, now()), Some(Offer::Extend));
    for newer in [Span::permanent(now() + days(1)), Span::lasting(now() + days(1), days(2))] {
        let others = [newer];
        assert_eq!(offer(&Held { others: &others, ..until(days(1)) }, now()), None);
    }
    let over = [Span::lasting(now() - days(5), days(2))];
    assert_eq!(
        offer(&Held { others: &over, ..until(-days(6)) }, now()),
        None,
        "the newer one can be renewed"
    );
    let empty = [Span::lasting(now() - days(5), TimeDelta::zero())];
    assert_eq!(offer(&Held { others: &empty, ..until(-days(6)) }, now()), Some(Offer::Renew));
}

#[test]
fn asking_is_told_of_everything_at_once() {
    let nothing_fits = Asking {
        person_able: false,
        group_open: false,
        waiting_since: Some(now() - days(1)),
        ..asking(until(days(15)))
    };
    assert_eq!(
        codes(ask(&nothing_fits, " \n ", now())),
        [
            Code::PersonDisabled,
            Code::GroupClosed,
            Code::RenewalTooEarly,
            Code::AlreadyAsked,
            Code::JustificationMissing
        ]
    );
    assert_eq!(codes(ask(&asking(until(-days(31))), "please", now())), [Code::RenewalTooLate]);
    let removed = Held { end_reason: Some(EndReason::Removed), ..until(-days(1)) };
    assert_eq!(codes(ask(&asking(removed), "please", now())), [Code::NotRenewable]);
    assert_eq!(codes(ask(&asking(until(days(1))), &"x".repeat(2_001), now())), [Code::TextTooLong]);
}

#[test]
fn the_same_kind_gets_longer_while_it_runs_and_begins_anew_after_its_end() {
    let policy = policy();
    let end = now() + days(90);
    let longer = approve(&deciding(until(TICK), &policy), &wanted(Kind::Eligible, Some(end)), now()).unwrap();
    assert_eq!(longer, Given::Longer(Span { start: now() - days(100), end: Some(end) }));
    let anew =
        approve(&deciding(until(TimeDelta::zero()), &policy), &wanted(Kind::Eligible, Some(end)), now());
    assert_eq!(
        anew.unwrap(),
        Given::Anew(Span { start: now(), end: Some(end) }),
        "half-open: over at its end"
    );
}

#[test]
fn another_kind_begins_anew_beside_what_runs() {
    let policy = policy();
    let end = now() + days(30);
    let given = approve(&deciding(until(days(3)), &policy), &wanted(Kind::Active, Some(end)), now()).unwrap();
    assert_eq!(given, Given::Anew(Span { start: now(), end: Some(end) }));
    let standing = [Span::permanent(now() - days(1))];
    let beside = Deciding { held_of_wanted: &standing, ..deciding(until(days(3)), &policy) };
    assert_eq!(codes(approve(&beside, &wanted(Kind::Active, Some(end)), now())), [Code::Duplicate]);
}

#[test]
fn an_extension_ends_later_than_it_did_and_at_most_as_late_as_the_policy_allows() {
    let mut policy = policy();
    policy.eligible.max = Minutes::days(60);
    for (end, expected) in [
        (days(3) - TICK, Some(Code::NothingChanged)),
        (days(3), Some(Code::NothingChanged)),
        (days(3) + TICK, None),
        (days(60), None),
        (days(60) + TICK, Some(Code::TooLong)),
    ] {
        let wanted = wanted(Kind::Eligible, Some(now() + end));
        let got = approve(&deciding(until(days(3)), &policy), &wanted, now());
        assert_eq!(got.err().map(|refusals| refusals[0].code), expected, "{end}");
    }
    let forever = wanted(Kind::Eligible, None);
    let refused = approve(&deciding(until(days(3)), &policy), &forever, now());
    assert_eq!(codes(refused), [Code::PermanentNotAllowed]);
    policy.eligible.permanent = true;
    let given = approve(&deciding(until(days(3)), &policy), &forever, now()).unwrap();
    assert_eq!(given.span(), Span::permanent(now() - days(100)));
}

#[test]
fn a_renewal_obeys_the_policy_of_the_kind_that_is_given() {
    let mut policy = policy();
    policy.active.length.max = Minutes::days(10);
    policy.active.justification = true;
    let silent = Wanted { reason: " ".into(), ..wanted(Kind::Active, Some(now() + days(10) + TICK)) };
    let refused = codes(approve(&deciding(until(-days(1)), &policy), &silent, now()));
    assert_eq!(refused, [Code::JustificationMissing, Code::TooLong]);
}

#[test]
fn nobody_answers_her_own_request() {
    let policy = policy();
    let own = Deciding { own: true, ..deciding(until(days(3)), &policy) };
    let refused = codes(approve(&own, &wanted(Kind::Eligible, Some(now() + days(90))), now()));
    assert_eq!(refused, [Code::OwnRequest], "I-11");
    let refused = answerable(true, &waiting(until(days(3))), now()).unwrap_err();
    assert_eq!(refused.code, Code::OwnRequest, "not even with a no");
}

#[test]
fn the_deadline_holds_to_the_microsecond() {
    assert!(ground(&waiting(until(-AFTER + TICK)), now()).is_ok());
    let closed = ground(&waiting(until(-AFTER)), now()).unwrap_err();
    assert_eq!((closed.status, closed.why.code), (Status::TimedOut, Code::Lapsed));
}

#[test]
fn a_request_whose_ground_is_gone_is_closed_and_one_whose_end_has_come_is_not() {
    assert!(ground(&waiting(until(-days(1))), now()).is_ok(), "the end does not take the question back");
    let gone = [
        Waiting { person_able: false, ..waiting(until(days(3))) },
        Waiting { group_open: false, ..waiting(until(days(3))) },
        waiting(Held { end_reason: Some(EndReason::Removed), ..until(days(-1)) }),
        waiting(until(days(15))),
    ];
    for waiting in gone {
        assert_eq!(ground(&waiting, now()).unwrap_err().status, Status::Revoked, "{waiting:?}");
    }
}

#[test]
fn a_question_to_managers_never_becomes_an_answer_of_approvers() {
    use Status as S;
    let waits = S::PendingAdminDecision;
    for next in S::ALL {
        let may = matches!(next, S::AdminApproved | S::AdminDenied | S::Canceled | S::TimedOut | S::Revoked);
        assert_eq!(waits.may_become(next), may, "{next:?}");
        let admin = matches!(next, S::PendingAdminDecision | S::AdminApproved | S::AdminDenied);
        assert!(!(admin && (S::PendingApproval.may_become(next) || S::Granted.may_become(next))), "{next:?}");
    }
}

#[test]
fn every_reason_for_an_end_is_read_back_as_it_was_written() {
    for reason in EndReason::ALL {
        assert_eq!(EndReason::parse(reason.wire()), Some(reason));
    }
    assert_eq!(EndReason::parse("left-group"), Some(EndReason::LeftGroup));
}
