//! Asking for somebody else: it always waits, and sentences speak of her.

#![cfg(test)]

mod support;

use chrono::TimeDelta;
use domain::activation::{Before, request};
use domain::activation::{Next, Standing, obstacles, obstacles_on_behalf, request_on_behalf};
use domain::policy::MAX_OPEN;
use domain::policy::evaluate::ProofGiven;
use domain::refusal::Code;
use domain::span::Span;
use support::*;

/// Ann's standing where one approval is asked and one person can give it, as Gwen sees it.
fn hers(change: impl FnOnce(&mut Standing)) -> Standing {
    let mut standing = Standing { asked_for: Some("Ann".into()), ..with_approval(1, 1) };
    change(&mut standing);
    standing
}

#[test]
fn it_waits_also_for_a_later_start() {
    let later = now() + TimeDelta::hours(2);
    for start in [None, Some(later)] {
        let answers = domain::policy::evaluate::Answers { start, ..asking(60) };
        let plan = request_on_behalf(&hers(|_| {}), person(9), &answers, good_factor(), now()).unwrap();
        assert!(matches!(plan.next, Next::Awaiting { .. }), "{start:?}");
    }
}

#[test]
fn without_approval_and_for_oneself_it_is_refused() {
    let free = hers(|s| s.rules.approval = None);
    let refused = |standing: &Standing, filer| {
        let got = request_on_behalf(standing, person(filer), &asking(60), good_factor(), now());
        let said: Vec<_> =
            obstacles_on_behalf(standing, person(filer), None, now()).iter().map(|r| r.code).collect();
        assert_eq!(said, codes(got.clone()), "the page says what the act says");
        codes(got)
    };
    assert_eq!(refused(&free, 9), [Code::NeedsNoApproval]);
    assert_eq!(refused(&hers(|_| {}), 1), [Code::NotForSelf]);
    assert_eq!(refused(&free, 1), [Code::NotForSelf]);
}

#[test]
fn every_mistake_is_told_at_once() {
    let free = hers(|s| {
        s.rules.approval = None;
        s.person.enabled = false;
    });
    let got = request_on_behalf(&free, person(9), &asking(4), good_factor(), now());
    assert_eq!(codes(got), [Code::NeedsNoApproval, Code::PersonDisabled, Code::TooShort]);
}

#[test]
fn the_code_is_asked_of_who_asks() {
    let strict =
        hers(|s| s.rules.proof = domain::policy::ProofRule::Fresh { max_age: domain::duration::Minutes(5) });
    let with = |given| request_on_behalf(&strict, person(9), &asking(60), factor(given), now());
    assert_eq!(codes(with(ProofGiven::Missing)), [Code::ProofMissing]);
    assert!(with(ProofGiven::Verified { at: now() }).is_ok());
}

/// Everything that can be in the way, in words.
#[test]
fn sentences_speak_of_her_and_offer_no_way_to_pages_of_the_readers_own() {
    let hour = Span::lasting(now() - TimeDelta::minutes(30), TimeDelta::hours(1));
    let group = "Production database admins";
    let cases: [(Code, Standing, String); 9] = [
        (Code::PersonDisabled, hers(|s| s.person.enabled = false), "The account of Ann is disabled.".into()),
        (
            Code::AlreadyActive,
            hers(|s| s.running = Some(hour)),
            "Already on until 2026-03-12 14:38 UTC.".into(),
        ),
        (
            Code::AlreadyAsked,
            hers(|s| s.waiting_since = Some(now())),
            "Already asked at 2026-03-12 14:08 UTC. The request is waiting for approval.".into(),
        ),
        (
            Code::TooManyOpen,
            hers(|s| s.open_requests = MAX_OPEN),
            format!("Ann has {MAX_OPEN} open requests. One must be cancelled first."),
        ),
        (
            Code::NoApprover,
            hers(|s| s.approvers_able = 0),
            "Nobody else can approve this today: neither you nor Ann decides on it. \
             An administrator can change the policy."
                .into(),
        ),
        (Code::NotEligible, hers(|s| s.eligibilities.clear()), format!("Ann is not eligible for {group}.")),
        (
            Code::NotEligible,
            hers(|s| {
                s.eligibilities.clear();
                s.before = vec![Before { key: "rota".into(), name: "The secret rota".into() }];
            }),
            format!("Ann can get {group} only while in another group, and is not in it now."),
        ),
        (
            Code::EligibilityEnded,
            hers(|s| s.eligibilities[0].span.end = Some(now())),
            format!("The eligibility of Ann for {group} ended on 2026-03-12 14:08 UTC."),
        ),
        (
            Code::NeedsNoApproval,
            hers(|s| s.rules.approval = None),
            format!(
                "{group} asks for no approval: Ann can activate it without anybody, \
                 or you can give standing access for a limited time."
            ),
        ),
    ];
    for (code, standing, text) in cases {
        let said = obstacles_on_behalf(&standing, person(9), None, now());
        let [refusal] = said.as_slice() else { panic!("{said:?}") };
        assert_eq!((refusal.code, refusal.text.to_string()), (code, text));
        assert_eq!(refusal.way_on, None, "{code}");
    }
}

#[test]
fn who_asks_for_herself_is_spoken_to() {
    let disabled = with(|s| s.person.enabled = false);
    assert_eq!(obstacles(&disabled, None, now())[0].text.to_string(), "Your account is disabled.");
    let planned = with(|s| s.planned = vec![Span::lasting(now(), TimeDelta::hours(1))]);
    let said = request(&planned, &asking(60), good_factor(), now()).unwrap_err();
    assert!(said[0].text.to_string().starts_with("This would meet your activation that starts at "));
}
