//! Laws that hold for whatever facts come together.

#![cfg(test)]

mod support;

use chrono::{DateTime, TimeDelta, Utc};
use domain::activation::{self, Next, Standing};
use domain::approval::{Given, Stage, Tally, Verdict, Vote, cast};
use domain::duration::Minutes;
use domain::policy::escalation::{Asked, Escalation};
use domain::policy::evaluate::{Answers, ProofGiven, proof};
use domain::policy::stricter::stricter;
use domain::policy::{ActivationRules, ApprovalRule, Approver, JustificationRule, ProofRule, TicketRule};
use domain::span::{Span, union};
use proptest::prelude::*;
use support::*;

fn moment() -> impl Strategy<Value = DateTime<Utc>> {
    (-3_000_i64..3_000).prop_map(|minutes| now() + TimeDelta::minutes(minutes))
}

fn span() -> impl Strategy<Value = Span> {
    (moment(), proptest::option::of(0_i64..3_000))
        .prop_map(|(start, length)| Span { start, end: length.map(|m| start + TimeDelta::minutes(m)) })
}

fn rules() -> impl Strategy<Value = ActivationRules> {
    let proofs = prop_oneof![
        Just(ProofRule::None),
        Just(ProofRule::Session),
        (0_u32..60).prop_map(|m| ProofRule::Fresh { max_age: Minutes(m) })
    ];
    let tickets = prop_oneof![Just(TicketRule::None), Just(TicketRule::Any), Just(TicketRule::Pattern)];
    let second = proptest::option::of((proptest::collection::btree_set(2_u128..7, 1..4), 1_u32..30));
    let approvals = proptest::option::of((1_u8..3, proptest::collection::btree_set(2_u128..6, 1..4), second));
    ((1_u32..48), proofs, any::<bool>(), 0_u16..30, tickets, approvals).prop_map(
        |(halves, proof, required, min_length, ticket, approval_rule)| ActivationRules {
            max: Minutes(halves * 30),
            proof,
            justification: JustificationRule { required, min_length },
            ticket,
            approval: approval_rule.map(|(needed, people, second)| {
                let first = approval(&people.into_iter().map(person).collect::<Vec<_>>(), needed);
                let escalation = second.map(|(people, hours)| Escalation {
                    approvers: people.into_iter().map(person).map(Approver::Person).collect(),
                    after: Minutes::hours(hours),
                });
                ApprovalRule { escalation, ..first }
            }),
        },
    )
}

prop_compose! {
    fn any_standing()(
        enabled in any::<bool>(), deleted in proptest::bool::weighted(0.1), group_open in proptest::bool::weighted(0.9),
        eligible in proptest::collection::vec(span(), 0..3), running in proptest::option::weighted(0.2, span()),
        planned in proptest::collection::vec(span(), 0..2), waiting in proptest::option::weighted(0.2, moment()),
        able in 0_usize..3, rules in rules(),
    ) -> Standing {
        let mut standing = standing();
        standing.person.enabled = enabled;
        standing.person.deleted = deleted;
        standing.group_open = group_open;
        standing.eligibilities = eligible.into_iter().zip(1_u128..).map(|(span, n)| eligibility(n, span)).collect();
        standing.running = running.filter(|span| span.contains(now()));
        standing.planned = planned;
        standing.waiting_since = waiting;
        standing.approvers_able = able;
        standing.rules = rules;
        standing
    }
}

prop_compose! {
    fn any_answers()(
        start in proptest::option::of(moment()), length in proptest::option::weighted(0.9, 0_u32..1_500),
        reason in "[a-z ]{0,40}", ticket in prop_oneof![Just(String::new()), Just("INC-1".to_owned()), "[a-z0-9]{0,8}"],
    ) -> Answers {
        Answers { start, length: length.map(Minutes), reason, ticket }
    }
}

fn any_proof() -> impl Strategy<Value = ProofGiven> {
    prop_oneof![
        Just(ProofGiven::Missing),
        Just(ProofGiven::Wrong),
        Just(ProofGiven::NoFactor),
        (0_i64..7_200).prop_map(|seconds| ProofGiven::Verified { at: now() - TimeDelta::seconds(seconds) }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, ..ProptestConfig::default() })]

    /// No path to active without every demand met (I-03, I-04).
    #[test]
    fn what_goes_live_has_met_every_demand(
        standing in any_standing(), answers in any_answers(), given in any_proof(), in_session in proptest::option::of(moment()),
    ) {
        let factor = activation::Factor { given, in_session };
        let Ok(plan) = activation::request(&standing, &answers, factor, now()) else { return Ok(()) };
        let rules = &standing.rules;
        prop_assert!(standing.person.able() && standing.group_open && standing.waiting_since.is_none());
        prop_assert!(proof(rules.proof, given, in_session, now()).is_none());
        prop_assert!(!rules.justification.required || answers.reason.trim().chars().count() >= usize::from(rules.justification.min_length.max(1)));
        prop_assert!(rules.ticket == TicketRule::None || !answers.ticket.trim().is_empty());
        let eligible = standing.eligibilities.iter().find(|e| e.ground == plan.ground).unwrap().span;
        match plan.next {
            Next::Awaiting { deadline } => {
                let rule = rules.approval.as_ref().unwrap();
                prop_assert!(standing.approvers_able >= usize::from(rule.needed));
                prop_assert_eq!(deadline, now() + rule.wait.delta());
            }
            Next::Live(span) | Next::Scheduled(span) => {
                prop_assert!(rules.approval.is_none(), "approval asked means nothing goes live by asking (I-05)");
                prop_assert!(span.length().unwrap() <= rules.max.delta());
                prop_assert!(eligible.contains(span.start));
                prop_assert!(eligible.end.is_none_or(|end| span.end.unwrap() <= end));
                prop_assert!(span.start >= now());
                prop_assert!(standing.running.iter().chain(&standing.planned).all(|other| !other.overlaps(&span)), "I-02");
                prop_assert_eq!(matches!(plan.next, Next::Live(_)), span.contains(now()));
            }
        }
    }

    /// What can't be activated now says why, and the same facts are never both an obstacle and a grant.
    #[test]
    fn an_obstacle_is_never_granted(standing in any_standing(), answers in any_answers()) {
        let obstacles = activation::obstacles(&standing, answers.start, now());
        let got = activation::request(&standing, &answers, good_factor(), now());
        prop_assert!(obstacles.is_empty() || got.is_err());
    }

    /// A late approval never lengthens, never revives, never outlives (I-04, I-12).
    #[test]
    fn an_approval_grants_within_every_limit(
        standing in any_standing(), start in proptest::option::of(moment()), minutes in 5_u32..1_440, made_under in rules(), at in moment(),
    ) {
        let pending = activation::Pending { made_under, ..pending(start, minutes) };
        let Ok(plan) = activation::approve(&pending, &standing, at) else { return Ok(()) };
        let (Next::Live(span) | Next::Scheduled(span)) = plan.next else { panic!("an approval does not wait") };
        prop_assert!(at < pending.deadline.unwrap());
        prop_assert!(standing.person.able() && standing.group_open);
        prop_assert!(span.start >= at && span.length().unwrap() <= Minutes(minutes).delta());
        prop_assert!(Minutes(minutes) <= standing.rules.max.min(pending.made_under.max));
        let eligible = standing.eligibilities.iter().find(|e| e.ground == plan.ground).unwrap().span;
        prop_assert!(eligible.contains(span.start) && eligible.end.is_none_or(|end| span.end.unwrap() <= end));
    }

    /// What somebody asks for another is never on before a third person has spoken (security.md 6.12).
    #[test]
    fn what_is_asked_on_behalf_always_waits(
        standing in any_standing(), answers in any_answers(), filer in 1_u128..3, given in any_proof(),
    ) {
        let ours = activation::request(&standing, &answers, factor(given), now());
        if let Ok(plan) = activation::request_on_behalf(&standing, person(filer), &answers, factor(given), now()) {
            let waits = matches!(plan.next, Next::Awaiting { .. });
            prop_assert!(waits);
            prop_assert!(person(filer) != standing.person.id && standing.approvers_able > 0);
            prop_assert_eq!(ours, Ok(plan));
        }
    }

    /// The stricter of two policies asks for everything that either asks for.
    #[test]
    fn the_stricter_policy_lets_nothing_through_that_one_of_the_two_refuses(a in rules(), b in rules(), answers in any_answers()) {
        use domain::policy::evaluate::answers as judge;
        let both = stricter(&a, &b);
        if judge(&both, &answers, now()).is_empty() {
            prop_assert!(judge(&a, &answers, now()).is_empty() && judge(&b, &answers, now()).is_empty());
        }
        prop_assert_eq!(both.approval.is_some(), a.approval.is_some() || b.approval.is_some());
        if let (Some(both), Some(a), Some(b)) = (both.approval, a.approval, b.approval) {
            prop_assert!(both.approvers.iter().all(|who| a.approvers.contains(who) && b.approvers.contains(who)));
            prop_assert!(both.needed >= a.needed && both.needed >= b.needed);
        }
    }

    /// At no time may anybody decide whom one of the two policies does not let decide then.
    #[test]
    fn who_decides_under_two_policies_decides_under_each(
        a in rules(), b in rules(), waited in 0_i64..40, early in proptest::option::of(0_i64..40),
    ) {
        let then = now() + TimeDelta::hours(waited);
        let asked = Asked { at: now(), early: early.map(|hours| now() + TimeDelta::hours(hours)) };
        let both = stricter(&a, &b).approval.map(|rule| rule.at(asked, then));
        for one in [&a, &b].into_iter().filter_map(|rules| rules.approval.as_ref()) {
            let named = one.at(asked, then).approvers;
            let decides = both.iter().flat_map(|both| &both.approvers);
            prop_assert!(decides.into_iter().all(|who| named.contains(who)));
        }
    }

    /// In no history of votes is access granted by its beneficiary, its filer, or one person twice (I-05, I-11).
    #[test]
    fn self_approval_is_unreachable_in_any_history(
        votes in proptest::collection::vec((1_u128..8, any::<bool>()), 1..40), beneficiary in 1_u128..8, filer in 1_u128..8,
        named in proptest::collection::btree_set(1_u128..8, 0..7), needed in 0_u8..4,
        away in proptest::collection::btree_map(1_u128..8, 1_u128..8, 0..4),
    ) {
        let mut stage = Stage {
            beneficiary: person(beneficiary), filer: person(filer), approvers: named.iter().copied().map(person).collect(),
            needed, deadline: now() + TimeDelta::hours(1), given: Vec::new(), content_hash: "h".into(),
            stand_ins: away.iter().filter(|(one, other)| one != other).map(|(one, other)| (person(*one), person(*other))).collect(),
        };
        for (by, yes) in votes {
            let verdict = if yes { Verdict::Approve } else { Verdict::Deny };
            let vote = Vote { by: person(by), verdict, reason: "r", seen: "h" };
            let seat = stage.seat(person(by));
            let Ok(tally) = cast(&stage, &vote, now()) else { continue };
            let seat = seat.unwrap();
            let asks = [person(beneficiary), person(filer)];
            prop_assert!(!asks.contains(&person(by)) && !asks.contains(&seat) && stage.approvers.contains(&seat));
            prop_assert!(seat == person(by) || stage.stand_ins[&seat] == person(by));
            prop_assert!(!yes || asks.iter().all(|asks| stage.stand_ins.get(asks) != Some(&person(by))), "C12");
            let twice = stage.given.iter().any(|given| given.seat == seat || given.by == person(by));
            prop_assert!(!twice, "nobody counts twice");
            stage.given.push(Given { by: person(by), seat, able: true });
            match tally {
                Tally::Approved => {
                    prop_assert!(stage.given.len() >= usize::from(needed.max(1)));
                    break;
                }
                Tally::Denied => break,
                Tally::Waiting { .. } => {}
            }
        }
    }

    /// Overlapping spans are a union: an instant is inside the merged ones exactly when it is inside one of them (C01).
    #[test]
    fn the_union_covers_what_its_spans_cover(spans in proptest::collection::vec(span(), 0..6), at in moment()) {
        let merged = union(spans.clone());
        prop_assert_eq!(merged.iter().any(|s| s.contains(at)), spans.iter().any(|s| s.contains(at)));
        prop_assert!(merged.windows(2).all(|two| two[0].end.unwrap() < two[1].start), "continuous stretches are one");
    }

    /// Cutting never lengthens, never moves the start, never makes a negative span.
    #[test]
    fn a_cut_only_shortens(span in span(), at in moment()) {
        let cut = span.cut(at);
        prop_assert_eq!(cut.start, span.start);
        let end = cut.end.unwrap();
        prop_assert!(end >= cut.start && span.end.is_none_or(|before| end <= before) && (end <= at || end == cut.start));
    }

    /// Every length that can be set survives the wire.
    #[test]
    fn minutes_survive_the_wire(minutes in 0_u32..100_000) {
        prop_assert_eq!(Minutes(minutes).to_string().parse::<Minutes>().unwrap(), Minutes(minutes));
    }
}
