//! When rounds begin and end, and when reviewers are reminded.

use chrono::{DateTime, Months, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// How often a review is repeated.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Every {
    /// It is not.
    Once,
    /// On the same day of each month, or its last.
    Month,
    /// Of each third month.
    Quarter,
    /// Of each twelfth.
    Year,
}

impl Every {
    /// All, in the order of the form.
    pub const ALL: [Every; 4] = [Every::Once, Every::Month, Every::Quarter, Every::Year];

    /// The stable word.
    pub const fn wire(self) -> &'static str {
        match self {
            Every::Once => "once",
            Every::Month => "month",
            Every::Quarter => "quarter",
            Every::Year => "year",
        }
    }

    /// As people read it.
    pub const fn words(self) -> &'static str {
        match self {
            Every::Once => "Once",
            Every::Month => "Monthly",
            Every::Quarter => "Quarterly",
            Every::Year => "Yearly",
        }
    }

    /// From the stable word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|every| every.wire() == word)
    }

    /// The most days of a round: it is over before the next begins.
    pub const fn longest(self) -> u16 {
        match self {
            Every::Month => 27,
            Every::Quarter => 80,
            Every::Once | Every::Year => 180,
        }
    }

    const fn months(self) -> u32 {
        match self {
            Every::Once => 0,
            Every::Month => 1,
            Every::Quarter => 3,
            Every::Year => 12,
        }
    }

    /// The first beginning after `after`, counted from the very first one, so that the 31st does not wander. What was
    /// missed in between, because no worker ran, is not made up for.
    pub fn next(self, first: DateTime<Utc>, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
        if first > after {
            return Some(first);
        }
        let step = Some(self.months()).filter(|months| *months > 0)?;
        let passed = (after - first).num_days() / 31;
        let mut number = u32::try_from(passed).ok()? / step;
        loop {
            number = number.checked_add(1)?;
            let at = first.checked_add_months(Months::new(number.checked_mul(step)?))?;
            if at > after {
                return Some(at);
            }
        }
    }
}

/// What reviewers with something left are told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reminder {
    /// Half of the time is over.
    Half,
    /// One day is left.
    LastDay,
}

/// The reminders of a round, the earlier first. One that would come within a day of another is left out.
pub fn reminders(start: DateTime<Utc>, end: DateTime<Utc>) -> Vec<(Reminder, DateTime<Utc>)> {
    let (day, long) = (TimeDelta::days(1), end - start);
    let half = (Reminder::Half, start + long / 2);
    let last = (Reminder::LastDay, end - day);
    match long {
        long if long >= day * 4 => vec![half, last],
        long if long >= day * 2 => vec![last],
        _ => Vec::new(),
    }
}

/// Which reminder is due at `now`, if any, and when to look again. Of two that were missed only the later one is sent.
pub fn remind(
    start: DateTime<Utc>,
    end: DateTime<Utc>,
    since: DateTime<Utc>,
    now: DateTime<Utc>,
) -> (Option<Reminder>, Option<DateTime<Utc>>) {
    let all = reminders(start, end);
    let due = all.iter().rfind(|(_, at)| *at >= since && *at <= now && now < end).map(|(which, _)| *which);
    let next = all.iter().map(|(_, at)| *at).find(|at| *at > now);
    (due, next)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::NaiveDate;

    fn on(year: i32, month: u32, day: u32) -> DateTime<Utc> {
        NaiveDate::from_ymd_opt(year, month, day).unwrap().and_hms_opt(9, 0, 0).unwrap().and_utc()
    }

    #[test]
    fn rounds_are_counted_from_the_first_and_missed_ones_are_not_made_up_for() {
        let first = on(2026, 1, 31);
        assert_eq!(Every::Month.next(first, on(2026, 1, 1)), Some(first));
        assert_eq!(Every::Month.next(first, first), Some(on(2026, 2, 28)));
        assert_eq!(Every::Month.next(first, on(2026, 2, 28)), Some(on(2026, 3, 31)), "it does not wander");
        assert_eq!(Every::Month.next(first, on(2026, 7, 15)), Some(on(2026, 7, 31)));
        assert_eq!(Every::Quarter.next(first, first), Some(on(2026, 4, 30)));
        assert_eq!(Every::Year.next(on(2024, 2, 29), on(2027, 6, 1)), Some(on(2028, 2, 29)));
        assert_eq!(Every::Once.next(first, first), None);
        let late = on(2126, 1, 30);
        assert_eq!(Every::Month.next(first, late), Some(on(2126, 1, 31)));
    }

    #[test]
    fn reminders_come_at_half_time_and_a_day_before_the_end_and_never_in_a_crowd() {
        let start = on(2026, 3, 1);
        let kinds = |days| {
            let found = reminders(start, start + TimeDelta::days(days));
            found.iter().map(|(which, at)| (*which, (*at - start).num_hours())).collect::<Vec<_>>()
        };
        assert_eq!(kinds(14), [(Reminder::Half, 168), (Reminder::LastDay, 312)]);
        assert_eq!(kinds(4), [(Reminder::Half, 48), (Reminder::LastDay, 72)]);
        assert_eq!(kinds(3), [(Reminder::LastDay, 48)]);
        assert_eq!(kinds(1), []);
    }

    #[test]
    fn after_a_pause_only_the_later_reminder_is_sent_and_none_after_the_end() {
        let (start, end) = (on(2026, 3, 1), on(2026, 3, 15));
        let at = |day| remind(start, end, start, on(2026, 3, day));
        assert_eq!(at(2), (None, Some(on(2026, 3, 8))));
        assert_eq!(at(8), (Some(Reminder::Half), Some(on(2026, 3, 14))));
        assert_eq!(at(14), (Some(Reminder::LastDay), None));
        assert_eq!(at(15), (None, None));
        let (due, _) = remind(start, end, on(2026, 3, 14), on(2026, 3, 14));
        assert_eq!(due, Some(Reminder::LastDay));
    }
}
