//! When what failed is tried again.

/// Seconds until what our data or the application's refusal keeps from going well is tried again: nobody hurries it.
pub const REFUSED: i64 = 6 * 3600;
/// Longest gap of a removal in quarantine, in seconds.
const LONGEST_REMOVAL: i64 = 15 * 60;

/// Seconds until the next try, after `tries` that failed since `failing` seconds; `dice` lies between 0 and 1. Full jitter: any
/// moment up to the gap, so that many that failed together do not come back together.
pub fn gap(tries: u32, failing: i64, dice: f64) -> f64 {
    let cap = match failing {
        ..600 => 60.0,
        600..7800 => 300.0,
        _ => 1800.0,
    };
    let gap = f64::from(2_u32.saturating_pow(tries.saturating_sub(1).min(20))).min(cap);
    // half a second at least: nothing is tried in a tight loop
    (gap * dice.clamp(0.0, 1.0)).max(0.5)
}

/// Seconds until a removal is tried again while its application is in quarantine.
pub fn removal_gap(tries: u32) -> i64 {
    (60 * i64::from(2_u32.saturating_pow(tries.saturating_sub(1).min(8)))).min(LONGEST_REMOVAL)
}

/// Seconds until the next test call of an application in quarantine.
pub fn test_gap(tries: u32) -> i64 {
    match tries {
        0 => 5 * 60,
        1 => 15 * 60,
        _ => 60 * 60,
    }
}

/// A pause with a tenth of jitter either way, so that servers do not come back at one instant.
pub fn pause(seconds: i64, dice: f64) -> f64 {
    seconds as f64 * (1.0 + 0.1 * dice.clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_double_up_to_a_cap_that_grows_with_the_time() {
        let last = |tries, failing| gap(tries, failing, 1.0);
        assert_eq!([last(1, 0), last(2, 1), last(3, 3), last(7, 60)], [1.0, 2.0, 4.0, 60.0]);
        assert_eq!(
            [last(30, 599), last(30, 600), last(30, 7799), last(30, 7800)],
            [60.0, 300.0, 300.0, 1800.0]
        );
        assert_eq!(gap(30, 0, 0.0), 0.5, "any moment up to it, and never at once");
    }

    #[test]
    fn removals_in_quarantine_are_tried_from_a_minute_to_a_quarter_of_an_hour() {
        assert_eq!([removal_gap(1), removal_gap(2), removal_gap(4), removal_gap(40)], [60, 120, 480, 900]);
        assert_eq!([test_gap(0), test_gap(1), test_gap(2), test_gap(50)], [300, 900, 3600, 3600]);
    }

    #[test]
    fn a_pause_is_never_shorter_than_asked_for() {
        assert!(pause(60, 0.0) >= 60.0 && pause(60, 1.0) <= 66.1);
    }
}
