//! Lengths of time as people set them: whole minutes, written as ISO 8601 on the wire.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A length in whole minutes.
///
/// On the wire ISO 8601 days, hours and minutes (`P1D`, `PT8H`, `PT1H30M`); months and years are refused, since
/// their length depends on the calendar (product.md 4.14).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Minutes(pub u32);

impl Minutes {
    /// Whole hours.
    pub const fn hours(hours: u32) -> Self {
        Self(hours * 60)
    }

    /// Whole days of 24 hours.
    pub const fn days(days: u32) -> Self {
        Self(days * 24 * 60)
    }

    /// As a chrono length.
    pub fn delta(self) -> TimeDelta {
        TimeDelta::minutes(i64::from(self.0))
    }

    /// Whole minutes of a chrono length, rounded down; negative lengths are zero.
    pub fn floor(delta: TimeDelta) -> Self {
        Self(u32::try_from(delta.num_minutes().max(0)).unwrap_or(u32::MAX))
    }

    /// As people read it: "30 min", "1 h 30 min", "15 days". Parts are joined by no-break spaces.
    pub fn words(self) -> String {
        let (days, hours, minutes) = (self.0 / 1440, self.0 / 60 % 24, self.0 % 60);
        if days > 0 && hours == 0 && minutes == 0 && self.0 != 1440 {
            return format!("{days}\u{a0}days");
        }
        let hours = self.0 / 60;
        match (hours, minutes) {
            (0, minutes) => format!("{minutes}\u{a0}min"),
            (hours, 0) => format!("{hours}\u{a0}h"),
            (hours, minutes) => format!("{hours}\u{a0}h {minutes}\u{a0}min"),
        }
    }
}

/// What was wrong with a duration on the wire.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BadDuration {
    /// Months, years and weeks have no fixed or no accepted length.
    #[error(
        "years, months and weeks are not accepted; send days, hours and minutes, for example P365D or PT1H30M"
    )]
    Calendar,
    /// Seconds are finer than anything here.
    #[error("seconds are not accepted; send whole minutes, for example PT30M")]
    Seconds,
    /// Anything else.
    #[error("not a duration; send days, hours and minutes, for example P15D, PT8H or PT1H30M")]
    Malformed,
}

impl std::str::FromStr for Minutes {
    type Err = BadDuration;

    fn from_str(text: &str) -> Result<Self, BadDuration> {
        let rest = text.strip_prefix('P').ok_or(BadDuration::Malformed)?;
        let (date, time) = rest.split_once('T').map_or((rest, None), |(date, time)| (date, Some(time)));
        if time.is_some_and(str::is_empty) || (date.is_empty() && time.is_none()) {
            return Err(BadDuration::Malformed);
        }
        let days = units(date, &[('D', 1440)], &['Y', 'M', 'W'], BadDuration::Calendar)?;
        let within = units(time.unwrap_or(""), &[('H', 60), ('M', 1)], &['S'], BadDuration::Seconds)?;
        days.checked_add(within).map(Self).ok_or(BadDuration::Malformed)
    }
}

/// Sums `<digits><unit>` pairs in the given order.
fn units(text: &str, known: &[(char, u32)], refused: &[char], why: BadDuration) -> Result<u32, BadDuration> {
    let (mut total, mut digits, mut next) = (0_u32, String::new(), 0);
    for sign in text.chars() {
        if sign.is_ascii_digit() {
            digits.push(sign);
            continue;
        }
        if refused.contains(&sign) {
            return Err(why);
        }
        let at =
            known.iter().skip(next).position(|(unit, _)| *unit == sign).ok_or(BadDuration::Malformed)? + next;
        let count: u32 = digits.parse().map_err(|_| BadDuration::Malformed)?;
        total = count
            .checked_mul(known[at].1)
            .and_then(|n| total.checked_add(n))
            .ok_or(BadDuration::Malformed)?;
        digits.clear();
        next = at + 1;
    }
    if digits.is_empty() { Ok(total) } else { Err(BadDuration::Malformed) }
}

impl fmt::Display for Minutes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (days, hours, minutes) = (self.0 / 1440, self.0 / 60 % 24, self.0 % 60);
        f.write_str("P")?;
        if days > 0 {
            write!(f, "{days}D")?;
        }
        if hours > 0 || minutes > 0 || days == 0 {
            f.write_str("T")?;
        }
        if hours > 0 {
            write!(f, "{hours}H")?;
        }
        if minutes > 0 || self.0 == 0 {
            write!(f, "{minutes}M")?;
        }
        Ok(())
    }
}

impl TryFrom<String> for Minutes {
    type Error = BadDuration;
    fn try_from(text: String) -> Result<Self, BadDuration> {
        text.parse()
    }
}

impl From<Minutes> for String {
    fn from(minutes: Minutes) -> Self {
        minutes.to_string()
    }
}
