//! Tables of the activation rules, at their boundaries to the microsecond.

#![cfg(test)]

mod support;

use chrono::TimeDelta;
use domain::activation::{self, Next, Status};
use domain::duration::Minutes;
use domain::policy::evaluate::{Answers, ProofGiven};
use domain::policy::{JustificationRule, ProofRule, TicketRule};
use domain::refusal::Code;
use domain::span::Span;
use support::*;

const TICK: TimeDelta = TimeDelta::microseconds(1);

#[test]
fn without_demands_it_is_on_at_once_for_the_asked_length() {
    let plan = activation::request(&standing(), &asking(60), good_factor(), now()).unwrap();
    assert_eq!(plan.next, Next::Live(Span::lasting(now(), Minutes(60).delta())));
}

#[test]
fn the_longest_length_is_allowed_and_one_minute_more_is_not() {
    let standing = with(|s| s.rules.max = Minutes(120));
    assert!(activation::request(&standing, &asking(120), good_factor(), now()).is_ok());
    assert_eq!(codes(activation::request(&standing, &asking(121), good_factor(), now())), [Code::TooLong]);
}

#[test]
fn five_minutes_is_the_shortest() {
    assert!(activation::request(&standing(), &asking(5), good_factor(), now()).is_ok());
    assert_eq!(codes(activation::request(&standing(), &asking(4), good_factor(), now())), [Code::TooShort]);
}

#[test]
fn eligibility_counts_from_its_first_instant_to_before_its_end() {
    for (start, end, expected) in [
        (now(), now() + TimeDelta::days(1), None),
        (now() + TICK, now() + TimeDelta::days(1), Some(Code::EligibilityNotBegun)),
        (now() - TimeDelta::days(1), now(), Some(Code::EligibilityEnded)),
        (now() - TimeDelta::days(1), now() + TICK, Some(Code::EligibilityTooShort)),
    ] {
        let standing = with(|s| s.eligibilities[0].span = Span { start, end: Some(end) });
        let got = activation::request(&standing, &asking(60), good_factor(), now());
        assert_eq!(got.err().map(|refusals| refusals[0].code), expected, "{start} to {end}");
    }
    let nothing = with(|s| s.eligibilities.clear());
    assert_eq!(codes(activation::request(&nothing, &asking(60), good_factor(), now())), [Code::NotEligible]);
}

#[test]
fn an_activation_ends_at_the_latest_with_its_eligibility() {
    let end = now() + TimeDelta::minutes(20);
    let standing = with(|s| s.eligibilities[0].span.end = Some(end));
    let plan = activation::request(&standing, &asking(60), good_factor(), now()).unwrap();
    assert_eq!(plan.next, Next::Live(Span { start: now(), end: Some(end) }));
}

#[test]
fn of_several_eligibilities_the_one_that_lasts_longest_carries_it() {
    let standing = with(|s| {
        s.eligibilities[0].span.end = Some(now() + TimeDelta::minutes(30));
        s.eligibilities.push(eligibility(2, Span::permanent(now() - TimeDelta::days(1))));
    });
    let plan = activation::request(&standing, &asking(60), good_factor(), now()).unwrap();
    assert_eq!(plan.ground, standing.eligibilities[1].ground);
}

#[test]
fn every_unmet_demand_is_told_at_once_and_at_its_field() {
    let standing = with(|s| {
        s.rules.justification = JustificationRule { required: true, min_length: 10 };
        s.rules.ticket = TicketRule::Pattern;
        s.rules.proof = ProofRule::Fresh { max_age: Minutes(5) };
    });
    let answers = Answers { reason: "short".into(), ticket: "48217".into(), ..asking(60 * 24) };
    let refusals = activation::request(&standing, &answers, no_factor(), now()).unwrap_err();
    let found: Vec<(Code, &str)> =
        refusals.iter().map(|r| (r.code, r.field.as_deref().unwrap_or(""))).collect();
    assert_eq!(
        found,
        [
            (Code::TooLong, "length"),
            (Code::JustificationShort, "reason"),
            (Code::TicketPattern, "ticket"),
            (Code::ProofMissing, "code"),
        ]
    );
}

#[test]
fn a_fresh_proof_may_be_exactly_as_old_as_the_policy_says() {
    let standing = with(|s| s.rules.proof = ProofRule::Fresh { max_age: Minutes(5) });
    for (age, expected) in [
        (TimeDelta::minutes(5), None),
        (TimeDelta::minutes(5) + TICK, Some(Code::ProofTooOld)),
        (TimeDelta::zero(), None),
    ] {
        let factor = factor(ProofGiven::Verified { at: now() - age });
        let got = activation::request(&standing, &asking(60), factor, now());
        assert_eq!(got.err().map(|refusals| refusals[0].code), expected, "{age}");
    }
}

#[test]
fn the_sign_in_factor_counts_only_where_the_policy_says_session() {
    let signed_in =
        activation::Factor { given: ProofGiven::Missing, in_session: Some(now() - TimeDelta::hours(5)) };
    let session = with(|s| s.rules.proof = ProofRule::Session);
    assert!(activation::request(&session, &asking(60), signed_in, now()).is_ok());
    let fresh = with(|s| s.rules.proof = ProofRule::Fresh { max_age: Minutes(60) });
    assert_eq!(
        codes(activation::request(&fresh, &asking(60), signed_in, now())),
        [Code::ProofMissing],
        "SEC-13"
    );
}

#[test]
fn approval_waits_until_the_deadline_of_the_policy() {
    let plan = activation::request(&with_approval(1, 2), &asking(60), good_factor(), now()).unwrap();
    assert_eq!(plan.next, Next::Awaiting { deadline: now() + TimeDelta::hours(24) });
}

#[test]
fn nobody_waits_for_approvers_that_do_not_exist() {
    for (needed, able) in [(1, 0), (2, 1)] {
        let got = activation::request(&with_approval(needed, able), &asking(60), good_factor(), now());
        assert_eq!(codes(got), [Code::NoApprover], "{needed} needed, {able} able (C14)");
    }
}

#[test]
fn what_is_on_or_asked_is_not_asked_again() {
    let running = with(|s| s.running = Some(Span::lasting(now() - TimeDelta::hours(1), TimeDelta::hours(2))));
    assert!(
        codes(activation::request(&running, &asking(60), good_factor(), now()))
            .contains(&Code::AlreadyActive)
    );
    let waiting = with(|s| s.waiting_since = Some(now() - TimeDelta::hours(1)));
    assert_eq!(codes(activation::request(&waiting, &asking(60), good_factor(), now())), [Code::AlreadyAsked]);
}

#[test]
fn planned_windows_may_touch_but_not_overlap() {
    let next = now() + TimeDelta::hours(2);
    let standing = with(|s| s.planned = vec![Span::lasting(next, TimeDelta::hours(1))]);
    assert!(activation::request(&standing, &asking(120), good_factor(), now()).is_ok());
    assert_eq!(
        codes(activation::request(&standing, &asking(121), good_factor(), now())),
        [Code::MeetsPlanned]
    );
}

#[test]
fn a_later_start_is_planned_up_to_thirty_days_ahead() {
    let at = |start| Answers { start: Some(start), ..asking(60) };
    let limit = now() + TimeDelta::days(30);
    let lasting = with(|s| s.eligibilities[0].span.end = None);
    let plan = activation::request(&lasting, &at(limit), good_factor(), now()).unwrap();
    assert_eq!(plan.next, Next::Scheduled(Span::lasting(limit, TimeDelta::hours(1))));
    let code = |start| codes(activation::request(&lasting, &at(start), good_factor(), now()));
    assert_eq!(code(limit + TICK), [Code::StartTooFar]);
    assert_eq!(code(now() - TICK), [Code::StartInPast]);
}

#[test]
fn disabled_people_and_closed_groups_get_nothing() {
    let disabled = with(|s| s.person.enabled = false);
    assert_eq!(
        codes(activation::request(&disabled, &asking(60), good_factor(), now())),
        [Code::PersonDisabled]
    );
    let closed = with(|s| s.group_open = false);
    assert_eq!(codes(activation::request(&closed, &asking(60), good_factor(), now())), [Code::GroupClosed]);
}

#[test]
fn an_extension_starts_now_and_must_end_later_than_what_runs() {
    let running = Span::lasting(now() - TimeDelta::minutes(30), TimeDelta::hours(1));
    let standing = with(|s| s.running = Some(running));
    let plan = activation::extend(&standing, running, &asking(60), good_factor(), now()).unwrap();
    assert_eq!(plan.next, Next::Live(Span::lasting(now(), TimeDelta::hours(1))));
    let got = activation::extend(&standing, running, &asking(30), good_factor(), now());
    assert_eq!(codes(got), [Code::NothingChanged]);
    let over = Span { start: running.start, end: Some(now()) };
    assert_eq!(
        codes(activation::extend(&standing, over, &asking(60), good_factor(), now())),
        [Code::NotActive]
    );
}

#[test]
fn the_clock_starts_at_the_approval() {
    let pending = pending(None, 180);
    let later = now() + TimeDelta::minutes(30);
    let plan = activation::approve(&pending, &with_approval(1, 1), later).unwrap();
    assert_eq!(plan.next, Next::Live(Span::lasting(later, TimeDelta::hours(3))), "C06");
}

#[test]
fn an_asked_start_that_passed_while_waiting_moves_to_the_approval() {
    let asked = now() + TimeDelta::minutes(10);
    let pending = pending(Some(asked), 60);
    let approved_at = asked + TimeDelta::minutes(40);
    let plan = activation::approve(&pending, &with_approval(1, 1), approved_at).unwrap();
    assert_eq!(plan.next, Next::Live(Span::lasting(approved_at, TimeDelta::hours(1))));
    let over = asked + TimeDelta::hours(1);
    let closed = activation::approve(&pending, &with_approval(1, 1), over).unwrap_err();
    assert_eq!((closed.status, closed.why.code), (Status::TimedOut, Code::WindowPassed));
}

#[test]
fn an_approval_at_the_deadline_is_too_late_and_just_before_it_is_not() {
    let pending = pending(None, 60);
    let deadline = pending.deadline.unwrap();
    assert!(activation::approve(&pending, &with_approval(1, 1), deadline - TICK).is_ok());
    let closed = activation::approve(&pending, &with_approval(1, 1), deadline).unwrap_err();
    assert_eq!((closed.status, closed.why.code), (Status::TimedOut, Code::Lapsed), "C09, I-12");
}

#[test]
fn the_stricter_of_two_policies_judges_a_waiting_request() {
    let pending = pending(None, 180);
    let tighter = |change: fn(&mut activation::Standing)| {
        let mut standing = with_approval(1, 1);
        change(&mut standing);
        activation::approve(&pending, &standing, now()).unwrap_err().why.code
    };
    assert_eq!(tighter(|s| s.rules.max = Minutes(120)), Code::PolicyChanged);
    assert_eq!(tighter(|s| s.rules.ticket = TicketRule::Any), Code::PolicyChanged);
    let looser = with_approval(1, 1);
    let made_under_stricter =
        activation::Pending { made_under: with(|s| s.rules.max = Minutes(120)).rules, ..pending.clone() };
    assert!(
        activation::approve(&made_under_stricter, &looser, now()).is_err(),
        "loosening does not reach back"
    );
}

#[test]
fn losing_the_ground_while_waiting_closes_the_request() {
    let pending = pending(None, 60);
    let lost = |change: fn(&mut activation::Standing)| {
        let mut standing = with_approval(1, 1);
        change(&mut standing);
        let closed = activation::approve(&pending, &standing, now()).unwrap_err();
        assert_eq!(closed.status, Status::Revoked);
        closed.why.code
    };
    assert_eq!(lost(|s| s.person.enabled = false), Code::PersonDisabled);
    assert_eq!(lost(|s| s.person.deleted = true), Code::PersonDisabled);
    assert_eq!(lost(|s| s.group_open = false), Code::GroupClosed);
    assert_eq!(lost(|s| s.eligibilities.clear()), Code::NotEligible);
}

#[test]
fn a_planned_start_missed_until_after_its_end_never_starts() {
    let start = now() + TimeDelta::hours(1);
    let planned = activation::Pending { deadline: None, ..pending(Some(start), 60) };
    let late = start + TimeDelta::minutes(20);
    let plan = activation::start_planned(&planned, &standing(), late).unwrap();
    let end = start + TimeDelta::hours(1);
    assert_eq!(
        plan.next,
        Next::Live(Span { start: late, end: Some(end) }),
        "late, it still ends when planned"
    );
    let closed = activation::start_planned(&planned, &standing(), end).unwrap_err();
    assert_eq!(closed.why.code, Code::WindowPassed, "C09");
}

#[test]
fn final_states_are_final() {
    for from in Status::ALL {
        for to in Status::ALL {
            if !from.is_open() {
                assert!(!from.may_become(to), "{from:?} to {to:?} (I-06)");
            }
        }
    }
    assert!(!Status::Granted.may_become(Status::PendingApproval));
    assert!(!Status::Granted.may_become(Status::Denied));
}
