//! Moments in a person's own zone, always with the zone's short name.

use crate::islands::zone::{Shift, Zone};
use chrono::{DateTime, Datelike, LocalResult, NaiveDate, NaiveDateTime, Offset, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

/// The present moment by the database's clock and the reader's zone: what every time on a page is written against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clock {
    /// When the page was made, by the database's clock.
    pub now: DateTime<Utc>,
    /// The reader's zone.
    pub zone: Tz,
}

/// Why a typed local time is not a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoSuchTime {
    /// It is not a date and a time.
    Unreadable,
    /// Clocks are put forward over it, so it does not happen.
    Skipped,
}

impl Clock {
    /// The clock of this page's reader; UTC where nobody is known yet.
    #[must_use]
    pub fn here() -> Self {
        leptos::prelude::use_context().unwrap_or(Self { now: DateTime::UNIX_EPOCH, zone: Tz::UTC })
    }

    /// The time, with as much of the date as differs from today: "16:20 CET", "Fri 13 Mar, 14:52 CET",
    /// "Fri 12 Mar 2027, 14:52 CET".
    #[must_use]
    pub fn at(self, at: DateTime<Utc>) -> String {
        self.relative_to_today(at, "%H:%M")
    }

    /// The same to the second, for timelines: "15:01:20 CET".
    #[must_use]
    pub fn at_second(self, at: DateTime<Utc>) -> String {
        self.relative_to_today(at, "%H:%M:%S")
    }

    /// The whole date and time: "Thu 12 Mar 2026, 15:08 CET".
    #[must_use]
    pub fn full(self, at: DateTime<Utc>) -> String {
        self.write(at, "%a %-d %b %Y, %H:%M")
    }

    /// For rows of a log: "12 Mar 15:03:11 CET", with the year unless it is this one.
    #[must_use]
    pub fn log(self, at: DateTime<Utc>) -> String {
        let same_year = self.local(at).year() == self.local(self.now).year();
        self.write(at, if same_year { "%-d %b %H:%M:%S" } else { "%-d %b %Y %H:%M:%S" })
    }

    /// The day only: "30 Sep 2026".
    #[must_use]
    pub fn day(self, at: DateTime<Utc>) -> String {
        self.local(at).format("%-d %b %Y").to_string()
    }

    /// The time without its zone, where the zone is written nearby: "17:08", on another day "Fri 02:00".
    #[must_use]
    pub fn short(self, at: DateTime<Utc>) -> String {
        let local = self.local(at);
        let today = local.date_naive() == self.local(self.now).date_naive();
        let form = if today { "%H:%M" } else { "%a %H:%M" };
        local.format(form).to_string()
    }

    /// For machines: "2026-03-12T15:30:00+01:00".
    #[must_use]
    pub fn iso(self, at: DateTime<Utc>) -> String {
        self.local(at).format("%Y-%m-%dT%H:%M:%S%:z").to_string()
    }

    /// The zone's short name now: "CET", or "UTC+05:30" where it has no letters.
    #[must_use]
    pub fn zone_word(self) -> String {
        self.zone_at(self.now)
    }

    /// The value of a date-and-time field: "2026-03-12T18:00".
    #[must_use]
    pub fn field_value(self, at: DateTime<Utc>) -> String {
        self.local(at).format("%Y-%m-%dT%H:%M").to_string()
    }

    /// Reads what a date-and-time field sends. A time that happens twice, when clocks are put back, means the first.
    pub fn read(self, typed: &str) -> Result<DateTime<Utc>, NoSuchTime> {
        let naive = NaiveDateTime::parse_from_str(typed, "%Y-%m-%dT%H:%M")
            .or_else(|_| NaiveDateTime::parse_from_str(typed, "%Y-%m-%dT%H:%M:%S"))
            .map_err(|_| NoSuchTime::Unreadable)?;
        match self.zone.from_local_datetime(&naive) {
            LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => Ok(at.with_timezone(&Utc)),
            LocalResult::None => Err(NoSuchTime::Skipped),
        }
    }

    /// Reads what stands in a cell of a sheet: `2026-12-31`, `2026-12-31 18:00` in the reader's zone, or a whole moment
    /// with its offset. A day alone begins with its first minute and, as the `end` of something, ends with its last.
    #[must_use]
    pub fn read_cell(self, typed: &str, end: bool) -> Option<DateTime<Utc>> {
        if let Ok(at) = DateTime::parse_from_rfc3339(typed) {
            return Some(at.with_timezone(&Utc));
        }
        match typed.parse::<NaiveDate>() {
            Ok(day) => {
                let first = if end { day.succ_opt()? } else { day };
                // where clocks are put forward at midnight, the day begins an hour later
                self.read(&format!("{first}T00:00")).or_else(|_| self.read(&format!("{first}T01:00"))).ok()
            }
            Err(_) => self.read(&typed.trim().replacen(' ', "T", 1)).ok(),
        }
    }

    /// What the browser needs to know of the zone for the days until `end`: the offset now, and each later one.
    #[must_use]
    pub fn shifts(self, end: DateTime<Utc>) -> Zone {
        let mut shifts = vec![self.shift(self.now)];
        let mut at = self.now;
        while at < end {
            let next = (at + TimeDelta::hours(6)).min(end);
            if self.zone_at(next) != self.zone_at(at) || self.offset(next) != self.offset(at) {
                shifts.push(self.shift(self.turn(at, next)));
            }
            at = next;
        }
        Zone(shifts)
    }

    /// The second at which the offset changes between two moments.
    fn turn(self, mut before: DateTime<Utc>, mut after: DateTime<Utc>) -> DateTime<Utc> {
        let old = self.offset(before);
        while after - before > TimeDelta::seconds(1) {
            let middle = before + (after - before) / 2;
            if self.offset(middle) == old { before = middle } else { after = middle }
        }
        DateTime::from_timestamp(after.timestamp(), 0).unwrap_or(after)
    }

    fn shift(self, at: DateTime<Utc>) -> Shift {
        Shift { from: at.timestamp(), offset: self.offset(at), name: self.zone_at(at) }
    }

    fn offset(self, at: DateTime<Utc>) -> i64 {
        i64::from(self.local(at).offset().fix().local_minus_utc())
    }

    fn relative_to_today(self, at: DateTime<Utc>, time: &str) -> String {
        let (then, today) = (self.local(at), self.local(self.now));
        if then.date_naive() == today.date_naive() {
            self.write(at, time)
        } else if then.year() == today.year() {
            self.write(at, &format!("%a %-d %b, {time}"))
        } else {
            self.write(at, &format!("%a %-d %b %Y, {time}"))
        }
    }

    fn write(self, at: DateTime<Utc>, form: &str) -> String {
        format!("{} {}", self.local(at).format(form), self.zone_at(at))
    }

    fn zone_at(self, at: DateTime<Utc>) -> String {
        let local = self.local(at);
        let name = local.format("%Z").to_string();
        if name.starts_with(['+', '-']) { format!("UTC{}", local.format("%:z")) } else { name }
    }

    fn local(self, at: DateTime<Utc>) -> DateTime<Tz> {
        at.with_timezone(&self.zone)
    }
}

#[cfg(test)]
mod tests;
