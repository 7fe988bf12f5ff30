//! Risk cues: each fact is told by one line, and only when it is one.

#![cfg(test)]

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use domain::duration::Minutes;
use domain::ids::PersonId;
use domain::risk::{Facts, Level, UsualHours, cues, look_alike_key};
use domain::target::Access;
use uuid::Uuid;

fn at(hour: u32) -> NaiveTime {
    NaiveTime::from_hms_opt(hour, 30, 0).unwrap()
}

fn all_at(hours: &[u32]) -> Vec<NaiveTime> {
    hours.iter().copied().map(at).collect()
}

#[test]
fn usual_hours_are_where_nine_in_ten_starts_lie_and_an_hour_around() {
    let office = [8, 9, 9, 10, 11, 13, 14, 14, 15];
    let one_night: Vec<u32> = office.iter().copied().chain([3]).collect();
    let two_nights: Vec<u32> = one_night.iter().copied().chain([3]).collect();
    let cases: [(&str, &[u32], Option<&str>); 9] = [
        ("nothing before", &[], None),
        ("four say nothing", &[9, 9, 9, 9], None),
        ("five do", &[9, 9, 9, 9, 9], Some("08:00 to 11:00")),
        ("an office day", &office, Some("07:00 to 17:00")),
        ("one night in ten is none", &one_night, Some("07:00 to 17:00")),
        ("two nights are", &two_nights, Some("02:00 to 16:00")),
        ("over midnight", &[22, 23, 0, 1, 2], Some("21:00 to 04:00")),
        ("up to midnight", &[20, 21, 22, 22, 22], Some("19:00 to 00:00")),
        ("around the clock", &[0, 3, 6, 9, 12, 15, 18, 21], None),
    ];
    for (name, hours, expected) in cases {
        let found = UsualHours::of(&all_at(hours)).map(UsualHours::words);
        assert_eq!(found.as_deref(), expected, "{name}");
    }
}

fn facts(start: Option<NaiveTime>, starts: Vec<NaiveTime>) -> Facts {
    let long_ago = now() - TimeDelta::days(400);
    Facts {
        name: "Ann".into(),
        look_alike: None,
        account_since: long_ago,
        factor_since: Some(long_ago),
        eligible_since: long_ago,
        eligible_by: None,
        viewer: PersonId(Uuid::from_u128(1)),
        requests_ever: 20,
        times_here: 20,
        times_recently: 4,
        access: Some(Access::Member),
        length: Minutes::hours(1),
        max: Minutes::hours(8),
        start,
        starts,
        zone: "Europe/Oslo".into(),
        leads_to_role: false,
    }
}

fn now() -> DateTime<Utc> {
    "2026-03-12T14:08:04Z".parse().unwrap()
}

/// What it is, the hour that is asked for, hours before, what is told.
type Start<'a> = (&'a str, Option<u32>, &'a [u32], Option<&'a str>);

#[test]
fn a_start_outside_the_usual_hours_is_told_and_no_other() {
    let usual = [9, 10, 10, 11, 15];
    let told = Some("Outside usual hours: 08:00 to 17:00 (Europe/Oslo)");
    let cases: [Start<'_>; 7] = [
        ("at night", Some(3), &usual, told),
        ("the hour before is no surprise", Some(8), &usual, None),
        ("the hour before that is", Some(7), &usual, told),
        ("the hour after is no surprise", Some(16), &usual, None),
        ("the hour after that is", Some(17), &usual, told),
        ("nothing is known of her", Some(3), &usual[1..], None),
        ("more time on what is on", None, &usual, None),
    ];
    for (name, start, starts, expected) in cases {
        let found = cues(&facts(start.map(at), all_at(starts)), now());
        let said: Vec<_> = found.iter().map(|cue| (cue.level, cue.text.as_str())).collect();
        let expected: Vec<_> = expected.map(|text| (Level::Look, text)).into_iter().collect();
        assert_eq!(said, expected, "{name}");
    }
}

#[test]
fn keys_that_are_stored_stay_what_they_are() {
    // when this fails: a migration that clears users.alike_of, then the new values here
    assert_eq!(unicode_security::UNICODE_VERSION, (18, 0, 0));
    let cases = [
        ("Megan Bowen", "rnegan bowen"),
        ("  MEG\u{430}N\u{200b}   BOWEN ", "rnegan bowen"),
        ("Zoë Ström", "zoe\u{308} stro\u{308}rn"),
        ("\u{410}нна 1l", "a\u{29c}\u{29c}a ll"),
    ];
    for (name, key) in cases {
        assert_eq!(look_alike_key(name), key, "{name}");
    }
}
