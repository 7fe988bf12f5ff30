//! How long failures make one wait.

#![cfg(test)]

use chrono::{DateTime, TimeDelta, Utc};
use domain::throttle::{Count, Scope, count};

fn start() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).unwrap()
}

/// The waits in seconds after each failure, when every next try comes as early as it may.
fn waits(scope: Scope, tries: usize) -> Vec<i64> {
    let (mut state, mut now) = (Count::default(), start());
    (0..tries)
        .map(|_| {
            state = count(scope, state, now).unwrap();
            let wait = state.wait_till.map_or(0, |till| (till - now).num_seconds());
            now = state.wait_till.unwrap_or(now);
            wait
        })
        .collect()
}

#[test]
fn four_are_free_then_the_wait_doubles_up_to_a_quarter_of_an_hour() {
    let expected = [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900];
    assert_eq!(waits(Scope::Pair, expected.len()), expected);
    assert_eq!(waits(Scope::Device, expected.len()), expected);
    let shared = waits(Scope::Account, 36);
    assert!(shared[..19].iter().all(|wait| *wait == 0));
    assert_eq!(shared[19..31], [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]);
}

/// Three steps are open at a time, so a guess is right with a chance of 3 in a million (security.md 6.1).
#[test]
fn codes_can_be_guessed_at_a_chance_below_one_in_ten_thousand_a_day() {
    let mut most = 0;
    for pause in [TimeDelta::zero(), TimeDelta::hours(6)] {
        for in_a_row in 1..=8 {
            let (mut state, mut now, mut tries) = (Count::default(), start(), 0);
            while now < start() + TimeDelta::days(1) {
                state = count(Scope::Code, state, now).unwrap();
                tries += 1;
                now = state.wait_till.unwrap_or(now);
                if tries % in_a_row == 0 {
                    now += pause;
                }
            }
            most = most.max(tries);
        }
    }
    assert!(f64::from(most) * 3e-6 < 1e-4, "{most} tries a day");
}

#[test]
fn knocking_while_waiting_counts_nothing() {
    let mut state = Count::default();
    for _ in 0..5 {
        state = count(Scope::Pair, state, start()).unwrap();
    }
    assert_eq!(count(Scope::Pair, state, start()), Err(start() + TimeDelta::seconds(1)));
    assert!(count(Scope::Pair, state, start() + TimeDelta::seconds(1)).is_ok());
}

#[test]
fn a_quiet_time_after_the_wait_forgives() {
    let mut state = Count::default();
    for _ in 0..5 {
        state = count(Scope::Pair, state, start()).unwrap();
    }
    let quiet = start() + TimeDelta::seconds(1) + TimeDelta::minutes(30);
    assert_eq!(count(Scope::Pair, state, quiet - TimeDelta::seconds(1)).unwrap().failures, 6);
    assert_eq!(count(Scope::Pair, state, quiet).unwrap().failures, 1);
}
