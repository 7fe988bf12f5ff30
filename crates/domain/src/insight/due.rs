//! When holders are counted over the whole directory, which takes too long for a page.

use super::window::{Period, mondays};
use chrono::{DateTime, TimeDelta, Utc};

/// A count of the present is repeated after this.
const FRESH: TimeDelta = TimeDelta::hours(1);

/// The moment to count next, given those that are counted: the present, once an hour, then the Mondays that the longest
/// report looks back on, the newest first. `None` when everything is counted.
pub fn next(counted: &[DateTime<Utc>], now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    if counted.iter().max().is_none_or(|newest| now - *newest >= FRESH) {
        return Some(now);
    }
    kept(now).into_iter().rev().find(|monday| !counted.contains(monday))
}

/// The moments whose counts are kept beside the newest one.
pub fn kept(now: DateTime<Utc>) -> Vec<DateTime<Utc>> {
    // a reader's first day may begin up to half a day before that of UTC
    mondays(now - TimeDelta::days(i64::from(Period::Quarter.days()) + 1), now)
}
