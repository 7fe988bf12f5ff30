//! When those who can decide are reminded of a request that waits: with growing gaps, and not once it has lapsed. Access is
//! waited for at work; an assignment that ends in two weeks is not.

use crate::duration::Minutes;
use chrono::{DateTime, Utc};

/// How soon and how often.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// How long it has waited when the first reminders are due.
    first: [Minutes; 3],
    /// Afterwards one is due after each whole one of these.
    then: Minutes,
}

/// Of requests for approval.
pub const APPROVAL: Pace =
    Pace { first: [Minutes::hours(1), Minutes::hours(4), Minutes::hours(12)], then: Minutes::days(1) };
/// Of requests to extend or renew an assignment.
pub const RENEWAL: Pace =
    Pace { first: [Minutes::days(1), Minutes::days(3), Minutes::days(5)], then: Minutes::days(7) };

/// How many reminders have been due so far; none once it has lapsed.
pub fn due(pace: Pace, asked: DateTime<Utc>, deadline: DateTime<Utc>, now: DateTime<Utc>) -> usize {
    if deadline <= now {
        return 0;
    }
    let waited = Minutes::floor(now - asked);
    let first = pace.first.iter().filter(|wait| **wait <= waited).count();
    first + usize::try_from(waited.0 / pace.then.0).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    fn due_after(waited: TimeDelta) -> usize {
        let asked = DateTime::from_timestamp(1_773_324_000, 0).unwrap();
        due(APPROVAL, asked, asked + TimeDelta::days(3), asked + waited)
    }

    #[test]
    fn an_assignment_that_ends_later_is_reminded_of_after_days_and_then_weekly() {
        let (asked, second) = (DateTime::from_timestamp(1_773_324_000, 0).unwrap(), TimeDelta::seconds(1));
        let due_after = |waited| due(RENEWAL, asked, asked + TimeDelta::days(44), asked + waited);
        for (number, wait) in [1, 3, 5, 7, 14, 21].map(TimeDelta::days).into_iter().enumerate() {
            assert_eq!(due_after(wait - second), number, "{wait}");
            assert_eq!(due_after(wait), number + 1, "{wait}");
        }
    }

    #[test]
    fn reminders_come_after_1_4_and_12_hours_and_then_daily() {
        let second = TimeDelta::seconds(1);
        for (number, wait) in [1, 4, 12, 24, 48].map(TimeDelta::hours).into_iter().enumerate() {
            assert_eq!(due_after(wait - second), number, "{wait}");
            assert_eq!(due_after(wait), number + 1, "{wait}");
        }
    }

    #[test]
    fn nobody_is_reminded_of_what_was_just_asked_or_has_lapsed() {
        assert_eq!(due_after(TimeDelta::zero()), 0);
        assert_eq!(due_after(-TimeDelta::hours(2)), 0, "a clock behind the one that asked");
        assert_eq!(due_after(TimeDelta::days(3) - TimeDelta::seconds(1)), 5);
        assert_eq!(due_after(TimeDelta::days(3)), 0);
        assert_eq!(due_after(TimeDelta::days(9)), 0);
    }
}
