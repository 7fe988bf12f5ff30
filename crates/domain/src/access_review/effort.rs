//! What reviewing cost: numbers for administrators, no judgement.

use chrono::TimeDelta;

/// Nobody reads a row with its evidence in less.
pub const A_LOOK: TimeDelta = TimeDelta::seconds(5);

/// From so many decisions on haste says something.
const FROM: i64 = 3;

/// What one reviewer did in a round.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Effort {
    /// How many she could decide.
    pub items: i64,
    /// How many stand as she decided them.
    pub decided: i64,
    /// How many of these are approvals.
    pub approved: i64,
    /// How long they took together, in milliseconds.
    pub took_ms: i64,
    /// How long the slowest took.
    pub slowest_ms: i64,
}

impl Effort {
    /// How long each took on the average, in whole seconds.
    pub fn average(&self) -> Option<i64> {
        (self.decided > 0).then(|| self.took_ms / self.decided / 1_000)
    }

    /// Approved everything, and nothing took longer than a look.
    pub fn hasty(&self) -> bool {
        self.decided >= FROM && self.approved == self.decided && self.slowest_ms <= A_LOOK.num_milliseconds()
    }
}

/// How long each of `count` decisions took that were sent together: their share of the time that the page was open.
pub fn share(open: TimeDelta, count: usize) -> i64 {
    let count = i64::try_from(count.max(1)).unwrap_or(i64::MAX);
    open.num_milliseconds().max(0) / count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_approved_at_a_glance_is_said_and_nothing_else() {
        let quick = Effort { items: 9, decided: 9, approved: 9, took_ms: 18_000, slowest_ms: 5_000 };
        assert!(quick.hasty());
        assert_eq!(quick.average(), Some(2));
        assert!(!Effort { approved: 8, ..quick }.hasty(), "she denied one");
        assert!(!Effort { slowest_ms: 5_001, ..quick }.hasty(), "she looked at one");
        assert!(!Effort { decided: 2, approved: 2, ..quick }.hasty(), "two say nothing");
        assert_eq!(Effort::default().average(), None);
    }

    #[test]
    fn decisions_that_come_together_share_the_time() {
        assert_eq!(share(TimeDelta::seconds(30), 10), 3_000);
        assert_eq!(share(TimeDelta::seconds(30), 0), 30_000);
        assert_eq!(share(TimeDelta::seconds(-1), 4), 0);
    }
}
