//! What a form offers is what the rules take: each choice gives the end it says.

#![cfg(test)]

mod support;

use chrono::TimeDelta;
use domain::activation::{self, Next, Standing, offers, offers_of_more};
use domain::duration::Minutes;
use domain::policy::evaluate::Answers;
use domain::refusal::Code;
use domain::span::Span;
use support::*;

fn minutes(n: i64) -> TimeDelta {
    TimeDelta::minutes(n)
}

fn lengths(standing: &Standing) -> Vec<(u32, bool)> {
    offers(standing, now(), now()).iter().map(|offer| (offer.length.0, offer.cut)).collect()
}

fn ends_in(left: i64) -> Standing {
    with(|s| {
        s.eligibilities =
            vec![eligibility(1, Span { start: now() - minutes(60), end: Some(now() + minutes(left)) })]
    })
}

fn running(left: i64, max: u32) -> (Standing, Span) {
    let span = Span { start: now() - minutes(60), end: Some(now() + minutes(left)) };
    let standing = with(|s| {
        s.running = Some(span);
        s.rules.max = Minutes(max);
    });
    (standing, span)
}

#[test]
fn the_longest_allowed_is_always_among_the_choices() {
    assert_eq!(lengths(&with(|s| s.rules.max = Minutes(90))), [(30, false), (60, false), (90, false)]);
    assert_eq!(lengths(&with(|s| s.rules.max = Minutes(30))), [(30, false)]);
}

#[test]
fn nothing_ends_after_the_eligibility_and_nothing_ends_twice_with_it() {
    assert_eq!(lengths(&ends_in(60)), [(30, false), (60, false), (120, true)]);
    assert_eq!(lengths(&ends_in(61)), [(30, false), (60, false), (120, true)]);
    assert_eq!(lengths(&ends_in(59)), [(30, false), (60, true)]);
    assert_eq!(lengths(&ends_in(5)), [(30, true)]);
    assert_eq!(lengths(&ends_in(4)), [], "too short to be worth it");
    assert_eq!(lengths(&ends_in(0)), []);
}

#[test]
fn nothing_is_offered_that_would_meet_what_is_planned() {
    let planned = with(|s| s.planned = vec![Span::lasting(now() + minutes(90), minutes(60))]);
    assert_eq!(lengths(&planned), [(30, false), (60, false)]);
}

#[test]
fn every_offer_is_taken_and_gives_the_end_it_says() {
    for standing in [standing(), ends_in(59), ends_in(700), with(|s| s.rules.max = Minutes(1440))] {
        for start in [None, Some(now() + minutes(10))] {
            for offer in offers(&standing, start.unwrap_or(now()), now()) {
                let answers = Answers { start, ..asking(offer.length.0) };
                let plan = activation::request(&standing, &answers, good_factor(), now()).expect("an offer");
                assert!(matches!(plan.next, Next::Live(span) | Next::Scheduled(span) if span == offer.span));
            }
        }
    }
}

#[test]
fn more_is_offered_only_where_it_ends_later() {
    for (left, max, expected) in [
        (20, 120, vec![30, 60, 120]),
        (30, 120, vec![60, 120]),
        (90, 120, vec![120]),
        (120, 120, vec![]),
        (119, 120, vec![120]),
    ] {
        let (standing, span) = running(left, max);
        let offers = offers_of_more(&standing, span, now());
        assert_eq!(
            offers.iter().map(|offer| offer.length.0).collect::<Vec<_>>(),
            expected,
            "{left} of {max}"
        );
        for offer in offers {
            let plan = activation::extend(&standing, span, &asking(offer.length.0), good_factor(), now());
            assert_eq!(plan.expect("an offer").next, Next::Live(offer.span));
        }
    }
}

#[test]
fn more_is_refused_for_what_is_over_without_a_word_about_anything_else() {
    let (mut standing, span) = running(10, 120);
    standing.group_open = false;
    let over = now() + minutes(10);
    let refused = activation::obstacles_to_more(&standing, span, over);
    assert_eq!(refused.iter().map(|refusal| refusal.code).collect::<Vec<_>>(), [Code::NotActive]);
    let refused = activation::obstacles_to_more(&standing, span, over - TimeDelta::microseconds(1));
    assert_eq!(refused.iter().map(|refusal| refusal.code).collect::<Vec<_>>(), [Code::GroupClosed]);
}
