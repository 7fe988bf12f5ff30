//! The days and weeks that a report looks back on, in the reader's zone.

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc, Weekday};
use std::ops::Range;

/// How far a report looks back.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Period {
    /// Seven days.
    Week,
    /// Thirty days.
    #[default]
    Month,
    /// Ninety days.
    Quarter,
}

impl Period {
    /// All, the shortest first.
    pub const ALL: [Period; 3] = [Period::Week, Period::Month, Period::Quarter];

    /// How many days, today among them.
    pub const fn days(self) -> u32 {
        match self {
            Period::Week => 7,
            Period::Month => 30,
            Period::Quarter => 90,
        }
    }

    /// From a number of days in an address; anything else is thirty.
    pub fn parse(word: &str) -> Self {
        Self::ALL.into_iter().find(|period| period.days().to_string() == word).unwrap_or_default()
    }
}

/// A day of the reader's calendar.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Day {
    /// Its date.
    pub date: NaiveDate,
    /// Its first instant. The day ends where the next one begins.
    pub start: DateTime<Utc>,
}

/// Consecutive days of one week, which begins on Monday.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Week {
    /// The first of its days that the report looks at.
    pub first: NaiveDate,
    /// The last one.
    pub last: NaiveDate,
    /// Where they stand in the list of days.
    pub days: Range<usize>,
}

/// The last `count` days of a zone, today last. A date that a zone left out when it changed sides of the date line is
/// not among them.
pub fn days<Z: TimeZone>(zone: &Z, now: DateTime<Utc>, count: u32) -> Vec<Day> {
    let today = now.with_timezone(zone).date_naive();
    let back = (0..u64::from(count)).rev();
    back.filter_map(|back| {
        let date = today.checked_sub_days(Days::new(back))?;
        Some(Day { date, start: first_instant(zone, date)? })
    })
    .collect()
}

/// Where clocks skip midnight, the day begins up to an hour later; where midnight comes twice, with the first.
fn first_instant<Z: TimeZone>(zone: &Z, date: NaiveDate) -> Option<DateTime<Utc>> {
    let midnight = date.and_time(NaiveTime::MIN);
    [0, 30, 60].into_iter().find_map(|minutes| {
        let local = zone.from_local_datetime(&(midnight + TimeDelta::minutes(minutes))).earliest()?;
        Some(local.with_timezone(&Utc))
    })
}

/// The weeks that these days fall into. The first and the last one may have fewer than seven.
pub fn weeks(days: &[Day]) -> Vec<Week> {
    let mut weeks: Vec<Week> = Vec::new();
    for (at, day) in days.iter().enumerate() {
        match weeks.last_mut() {
            Some(week) if monday(week.first) == monday(day.date) => {
                week.last = day.date;
                week.days.end = at + 1;
            }
            _ => weeks.push(Week { first: day.date, last: day.date, days: at..at + 1 }),
        }
    }
    weeks
}

fn monday(date: NaiveDate) -> NaiveDate {
    date.week(Weekday::Mon).first_day()
}

/// Every Monday, 00:00 UTC, from `from` on and before `now`: the moments at which holders are counted. They are the same
/// for every reader, because such counts are kept.
pub fn mondays(from: DateTime<Utc>, now: DateTime<Utc>) -> Vec<DateTime<Utc>> {
    let first = monday(from.date_naive()).and_time(NaiveTime::MIN).and_utc();
    let each = (0..).map(|week| first + TimeDelta::weeks(week));
    each.skip_while(|at| *at < from).take_while(|at| *at < now).collect()
}

/// "9 Mar", for the axis and the table of a report.
pub fn short(date: NaiveDate) -> String {
    format!("{} {}", date.day(), date.format("%b"))
}
