//! When holders are counted over the whole directory, which takes too long for a page.

use super::window::{Period, mondays};
use chrono::{DateTime, TimeDelta, Utc};

/// A count is made again when a thousand times of what the last one took have passed: counting is a thousandth of the work.
const RARE: i32 = 1_000;
/// But never sooner than this,
const SOONEST: TimeDelta = TimeDelta::minutes(1);
/// and never later.
const LATEST: TimeDelta = TimeDelta::hours(6);

/// The moment to count next, given those that are counted and how long the last count of a present took: the present, if
/// that is long enough ago, then the Mondays that the longest report looks back on, the newest first. `None` when
/// everything is counted.
pub fn next(counted: &[DateTime<Utc>], took: TimeDelta, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let fresh = took.checked_mul(RARE).unwrap_or(LATEST).clamp(SOONEST, LATEST);
    if counted.iter().max().is_none_or(|newest| now - *newest >= fresh) {
        return Some(now);
    }
    kept(now).into_iter().rev().find(|monday| !counted.contains(monday))
}

/// The moments whose counts are kept beside the newest one.
pub fn kept(now: DateTime<Utc>) -> Vec<DateTime<Utc>> {
    // a reader's first day may begin up to half a day before that of UTC
    mondays(now - TimeDelta::days(i64::from(Period::Quarter.days()) + 1), now)
}
