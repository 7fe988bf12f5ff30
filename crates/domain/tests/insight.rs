//! Reports: days of a zone, weeks, waits, shares, what lies unused, and when holders are counted.

#![cfg(test)]

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use domain::insight::due;
use domain::insight::idle::{Idle, idle_days, idle_since};
use domain::insight::reasons;
use domain::insight::share::per_cent;
use domain::insight::waits::Waits;
use domain::insight::window::{Period, days, mondays, weeks};
use domain::refusal::Code;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn starts(zone: Tz, now: &str, count: u32) -> Vec<String> {
    let days = days(&zone, at(now), count);
    days.iter().map(|day| format!("{} {}", day.date, day.start.format("%d %H:%M"))).collect()
}

#[test]
fn days_begin_at_midnight_of_the_readers_zone_and_end_with_today() {
    // 23:30 UTC is tomorrow in Berlin and still yesterday's afternoon in Los Angeles
    assert_eq!(
        starts(Tz::Europe__Berlin, "2026-01-09T23:30:00Z", 2),
        ["2026-01-09 08 23:00", "2026-01-10 09 23:00"]
    );
    assert_eq!(
        starts(Tz::America__Los_Angeles, "2026-01-10T07:30:00Z", 2),
        ["2026-01-08 08 08:00", "2026-01-09 09 08:00"]
    );
    assert_eq!(starts(Tz::Asia__Kolkata, "2026-01-09T18:30:00Z", 1), ["2026-01-10 09 18:30"]);
    assert_eq!(days(&Utc, at("2026-01-09T12:00:00Z"), 0), []);
}

#[test]
fn days_are_as_long_as_clocks_make_them() {
    let long = starts(Tz::Europe__Berlin, "2026-10-26T12:00:00Z", 3);
    assert_eq!(long, ["2026-10-24 23 22:00", "2026-10-25 24 22:00", "2026-10-26 25 23:00"], "25 hours");
    // Beirut put its clocks forward at midnight, so that day began at one
    let skipped = starts(Tz::Asia__Beirut, "2021-03-28T12:00:00Z", 2);
    assert_eq!(skipped, ["2021-03-27 26 22:00", "2021-03-28 27 22:00"]);
    // Havana puts them back at one: midnight comes twice, and the day begins with the first
    let twice = starts(Tz::America__Havana, "2025-11-02T12:00:00Z", 1);
    assert_eq!(twice, ["2025-11-02 02 04:00"]);
    // Samoa had no 30 December 2011
    let left_out = starts(Tz::Pacific__Apia, "2011-12-31T09:00:00Z", 3);
    assert_eq!(left_out, ["2011-12-29 29 10:00", "2011-12-31 30 10:00"]);
}

#[test]
fn weeks_begin_on_monday_and_the_first_and_last_may_be_short() {
    // 1 March 2026 is a Sunday
    let days = days(&Utc, at("2026-03-10T12:00:00Z"), 10);
    let weeks = weeks(&days);
    let seen: Vec<_> = weeks.iter().map(|week| (week.first, week.last, week.days.clone())).collect();
    assert_eq!(
        seen,
        [
            (date("2026-03-01"), date("2026-03-01"), 0..1),
            (date("2026-03-02"), date("2026-03-08"), 1..8),
            (date("2026-03-09"), date("2026-03-10"), 8..10),
        ]
    );
}

#[test]
fn a_percentile_is_a_wait_that_somebody_had() {
    let mut waits = Waits::default();
    assert_eq!((waits.median(), waits.ninth_tenth(), waits.count()), (None, None, 0));
    waits.add(7, 1);
    assert_eq!((waits.median(), waits.ninth_tenth()), (Some(7), Some(7)), "one value is all of them");
    for minutes in [1, 2, 3, 4, 5, 6, 8, 9, 60] {
        waits.add(minutes, 1);
    }
    assert_eq!((waits.median(), waits.ninth_tenth(), waits.percentile(100)), (Some(5), Some(9), Some(60)));
    let mut more = Waits::default();
    more.add(60, 10);
    more.add(90, 0);
    waits.merge(&more);
    assert_eq!((waits.median(), waits.percentile(100), waits.count()), (Some(60), Some(60), 20));
}

#[test]
fn only_nothing_is_nothing_and_only_everything_is_everything() {
    for (part, whole, share) in [
        (0, 0, None),
        (5, 0, None),
        (0, 7, Some(0)),
        (7, 7, Some(100)),
        (1, 3, Some(33)),
        (2, 3, Some(67)),
        (1, 1_000, Some(1)),
        (999, 1_000, Some(99)),
        (1, 8, Some(13)),
    ] {
        assert_eq!(per_cent(part, whole), share, "{part} of {whole}");
    }
}

#[test]
fn an_eligibility_lies_idle_since_its_last_use_or_its_beginning() {
    let (began, now) = (at("2026-01-01T00:00:00Z"), at("2026-03-02T12:00:00Z"));
    assert_eq!(idle_days(began, None, now), 60);
    assert_eq!(idle_days(began, Some(at("2026-03-01T13:00:00Z")), now), 0);
    assert_eq!(idle_days(began, Some(at("2026-02-01T12:00:00Z")), now), 29);
    // used under an earlier eligibility: this one is as new as it is
    assert_eq!(idle_since(began, Some(at("2025-06-01T00:00:00Z"))), began);
    assert_eq!(idle_days(now + TimeDelta::days(3), None, now), 0, "not begun");
    assert_eq!(Idle::Sixty.limit(now), at("2026-01-01T12:00:00Z"));
}

#[test]
fn the_present_is_counted_the_rarer_the_longer_it_takes_and_missing_mondays_after_it() {
    let now = at("2026-03-12T10:00:00Z");
    let ago = |seconds| now - TimeDelta::seconds(seconds);
    let due = |took, seconds| due::next(&[ago(seconds)], TimeDelta::milliseconds(took), now) == Some(now);
    assert_eq!(due::next(&[], TimeDelta::zero(), now), Some(now));
    assert_eq!([due(0, 59), due(0, 60)], [false, true], "a minute at least");
    assert_eq!([due(8_000, 7_999), due(8_000, 8_000)], [false, true], "a thousand times as long as it took");
    assert_eq!([due(i64::MAX, 21_599), due(i64::MAX, 21_600)], [false, true], "six hours at most");
    let mut counted = vec![ago(59)];
    let mut caught_up = Vec::new();
    while let Some(monday) = due::next(&counted, TimeDelta::zero(), now) {
        caught_up.push(monday);
        counted.push(monday);
    }
    assert_eq!(caught_up.first(), Some(&at("2026-03-09T00:00:00Z")));
    assert_eq!((caught_up.len(), caught_up.last()), (13, Some(&at("2025-12-15T00:00:00Z"))));
    assert_eq!(mondays(at("2026-03-09T00:00:00Z"), at("2026-03-16T00:00:00Z")), [at("2026-03-09T00:00:00Z")]);
}

#[test]
fn an_unknown_period_is_the_usual_one() {
    assert_eq!(
        [Period::parse("7"), Period::parse("90"), Period::parse("8"), Period::parse("")].map(Period::days),
        [7, 90, 30, 30]
    );
    assert_eq!([Idle::parse("30"), Idle::parse("0"), Idle::parse("x")].map(Idle::days), [30, 90, 90]);
}

#[test]
fn every_code_has_words_of_its_own() {
    let words: std::collections::BTreeSet<_> = Code::ALL.iter().map(|code| reasons::words(*code)).collect();
    assert_eq!(words.len(), Code::ALL.len());
    for code in Code::ALL {
        assert_eq!(Code::parse(code.wire()), Some(*code));
    }
    assert_eq!(Code::parse("of-a-later-version"), None);
}
