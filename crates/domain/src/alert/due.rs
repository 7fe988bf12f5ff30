//! When alerts are counted again.

use super::Part;
use chrono::{DateTime, TimeDelta, Utc};

/// What is read at once is read every minute.
const SWIFT: TimeDelta = TimeDelta::minutes(1);
/// A walk over everything is made again when a hundred times of what the last one took have passed,
const RARE: i32 = 100;
/// but never sooner than this,
const SOONEST: TimeDelta = TimeDelta::minutes(5);
/// and never later.
const LATEST: TimeDelta = TimeDelta::hours(6);

/// Whether a part is due that was last counted at `counted` and took so long then, where settings were saved at `saved`.
pub fn is_due(
    part: Part,
    counted: Option<(DateTime<Utc>, TimeDelta)>,
    saved: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> bool {
    let Some((at, took)) = counted else { return true };
    let gap = match part {
        Part::Swift => SWIFT,
        Part::Whole => took.checked_mul(RARE).unwrap_or(LATEST).clamp(SOONEST, LATEST),
    };
    now - at >= gap || saved.is_some_and(|saved| saved > at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_773_324_000 + seconds, 0).unwrap()
    }

    #[test]
    fn the_longer_a_walk_takes_the_rarer_it_is() {
        let due = |took, after| is_due(Part::Whole, Some((at(0), TimeDelta::seconds(took))), None, at(after));
        assert!(!due(0, 299) && due(0, 300));
        assert!(!due(10, 999) && due(10, 1_000));
        assert!(!due(9_999, 21_599) && due(9_999, 21_600));
    }

    #[test]
    fn the_first_count_is_due_at_once_and_so_is_one_after_new_settings() {
        assert!(is_due(Part::Whole, None, None, at(0)));
        let counted = Some((at(0), TimeDelta::zero()));
        assert!(!is_due(Part::Swift, counted, None, at(59)) && is_due(Part::Swift, counted, None, at(60)));
        assert!(is_due(Part::Whole, counted, Some(at(1)), at(2)));
        assert!(!is_due(Part::Whole, counted, Some(at(-1)), at(2)));
    }
}
