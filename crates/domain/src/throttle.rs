//! How long to wait after failed tries (security.md 6.1 and 6.2): some tries are free, then the wait doubles up to a
//! longest one, and a quiet time forgives. Nobody is ever locked out for good.

use chrono::{DateTime, TimeDelta, Utc};

/// What failures are counted by.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Scope {
    /// One name from one address.
    Pair,
    /// One name from a device that this person has signed in from: the owner's own count, which others cannot use up.
    Device,
    /// One name from anywhere unknown.
    Account,
    /// One address for any name.
    Address,
    /// Codes of one person's second factor.
    Code,
}

/// The numbers of a scope.
struct Limits {
    free: i32,
    first: TimeDelta,
    longest: TimeDelta,
    quiet: TimeDelta,
}

/// Failures counted so far.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Count {
    /// In a row, without the quiet time between.
    pub failures: i32,
    /// The last one.
    pub last: Option<DateTime<Utc>>,
    /// No try before this.
    pub wait_till: Option<DateTime<Utc>>,
}

impl Scope {
    /// The stable word, as stored.
    pub const fn wire(self) -> &'static str {
        match self {
            Scope::Pair => "pair",
            Scope::Device => "device",
            Scope::Account => "account",
            Scope::Address => "address",
            Scope::Code => "code",
        }
    }

    /// A guessed code is right with a chance of 3 in a million (three steps are open). Five free ones, the doubling
    /// waits and one each two hours are at most 24 a day, five each six hours 20: below 1 in 10,000 a day.
    fn limits(self) -> Limits {
        let (free, first, longest, quiet) = match self {
            Scope::Pair | Scope::Device => {
                (5, TimeDelta::seconds(1), TimeDelta::minutes(15), TimeDelta::minutes(30))
            }
            Scope::Account | Scope::Address => {
                (20, TimeDelta::seconds(1), TimeDelta::minutes(15), TimeDelta::minutes(30))
            }
            Scope::Code => (5, TimeDelta::minutes(1), TimeDelta::hours(2), TimeDelta::hours(6)),
        };
        Limits { free, first, longest, quiet }
    }
}

/// Counts a try before it is judged, so that many at once are not one. A right one is given back afterwards.
///
/// # Errors
/// The time from which the next try is possible; nothing is counted then, so that nobody makes the wait longer by
/// knocking.
pub fn count(scope: Scope, before: Count, now: DateTime<Utc>) -> Result<Count, DateTime<Utc>> {
    let limits = scope.limits();
    if let Some(till) = before.wait_till.filter(|till| *till > now) {
        return Err(till);
    }
    let forgiven = before.wait_till.max(before.last).is_none_or(|end| now - end >= limits.quiet);
    let failures = if forgiven { 1 } else { before.failures.saturating_add(1) };
    let wait = (failures >= limits.free).then(|| {
        let doublings = u32::try_from(failures - limits.free).unwrap_or(0).min(20);
        (limits.first * (1 << doublings)).min(limits.longest)
    });
    Ok(Count { failures, last: Some(now), wait_till: wait.map(|wait| now + wait) })
}
