use super::{Clock, NoSuchTime};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("a moment")
}

fn oslo() -> Clock {
    Clock { now: at("2026-03-12T14:08:04Z"), zone: Tz::Europe__Oslo }
}

#[test]
fn today_shows_the_time_only() {
    assert_eq!(oslo().at(at("2026-03-12T15:20:00Z")), "16:20 CET");
    assert_eq!(oslo().at_second(at("2026-03-12T14:01:20Z")), "15:01:20 CET");
}

#[test]
fn today_is_the_readers_day_not_the_servers() {
    // Half past eleven in the evening in London is tomorrow in Oslo.
    assert_eq!(oslo().at(at("2026-03-12T23:30:00Z")), "Fri 13 Mar, 00:30 CET");
    let auckland = Clock { zone: Tz::Pacific__Auckland, ..oslo() };
    assert_eq!(auckland.at(at("2026-03-12T23:30:00Z")), "12:30 NZDT");
}

#[test]
fn another_day_shows_the_day_and_another_year_the_year() {
    assert_eq!(oslo().at(at("2026-03-13T13:52:00Z")), "Fri 13 Mar, 14:52 CET");
    assert_eq!(oslo().at(at("2027-03-12T13:52:00Z")), "Fri 12 Mar 2027, 14:52 CET");
    assert_eq!(oslo().at(at("2025-12-31T23:30:00Z")), "Thu 1 Jan, 00:30 CET");
}

#[test]
fn the_zone_is_the_one_of_that_moment() {
    assert_eq!(oslo().at(at("2026-07-01T06:00:00Z")), "Wed 1 Jul, 08:00 CEST");
    assert_eq!(oslo().zone_word(), "CET");
}

#[test]
fn zones_without_letters_are_written_as_offsets() {
    let clock = Clock { zone: Tz::America__Sao_Paulo, ..oslo() };
    assert_eq!(clock.at(at("2026-03-12T15:20:00Z")), "12:20 UTC-03:00");
    let india = Clock { zone: Tz::Asia__Kolkata, ..oslo() };
    assert_eq!(india.at(at("2026-03-12T15:20:00Z")), "20:50 IST");
}

#[test]
fn the_other_forms() {
    let then = at("2026-03-12T14:08:04Z");
    assert_eq!(oslo().full(then), "Thu 12 Mar 2026, 15:08 CET");
    assert_eq!(oslo().log(then), "12 Mar 15:08:04 CET");
    assert_eq!(oslo().log(at("2025-03-12T14:08:04Z")), "12 Mar 2025 15:08:04 CET");
    assert_eq!(oslo().day(at("2026-09-30T21:59:59Z")), "30 Sep 2026");
    assert_eq!(oslo().day(at("2026-09-30T22:00:00Z")), "1 Oct 2026");
    assert_eq!(oslo().short(at("2026-03-12T16:08:00Z")), "17:08");
    assert_eq!(oslo().short(at("2026-03-13T01:00:00Z")), "Fri 02:00");
    assert_eq!(oslo().iso(then), "2026-03-12T15:08:04+01:00");
}

#[test]
fn a_typed_time_is_read_in_the_readers_zone() {
    assert_eq!(oslo().read("2026-03-12T18:00"), Ok(at("2026-03-12T17:00:00Z")));
    assert_eq!(oslo().read("2026-03-12T18:00:30"), Ok(at("2026-03-12T17:00:30Z")));
    assert_eq!(oslo().field_value(at("2026-03-12T17:00:00Z")), "2026-03-12T18:00");
    for nonsense in ["", "tomorrow", "2026-02-30T10:00", "2026-03-12"] {
        assert_eq!(oslo().read(nonsense), Err(NoSuchTime::Unreadable), "{nonsense}");
    }
}

#[test]
fn a_time_that_clocks_skip_is_refused_and_a_doubled_one_means_the_first() {
    assert_eq!(oslo().read("2026-03-29T02:30"), Err(NoSuchTime::Skipped));
    assert_eq!(oslo().read("2026-10-25T02:30"), Ok(at("2026-10-25T00:30:00Z")));
}

#[test]
fn the_browser_is_told_the_turns_of_the_clock_to_the_second() {
    let zone = oslo().shifts(at("2026-04-11T14:00:00Z"));
    let told: Vec<_> = zone.0.iter().map(|shift| (shift.from, shift.offset, shift.name.as_str())).collect();
    let turn = at("2026-03-29T01:00:00Z").timestamp();
    assert_eq!(told, [(oslo().now.timestamp(), 3_600, "CET"), (turn, 7_200, "CEST")]);
    assert_eq!(oslo().shifts(at("2026-03-20T00:00:00Z")).0.len(), 1);
}
