//! The reader's zone in the browser: the server sends the few offsets that matter, so no zone data travels.

use serde::{Deserialize, Serialize};

/// From this moment on, this offset and this short name hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shift {
    /// Seconds since 1970.
    pub from: i64,
    /// Seconds east of Greenwich.
    pub offset: i64,
    /// "CET".
    pub name: String,
}

/// The offsets of one zone for the time a form can ask for; the first one holds now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Zone(pub Vec<Shift>);

const WEEKDAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

const DAY: i64 = 86_400;

impl Zone {
    /// "16:20 CET", with the day if it is not today's.
    #[must_use]
    pub fn say(&self, at: i64, now: i64) -> Option<String> {
        let (local, shift) = self.local(at)?;
        let today = self.local(now)?.0.div_euclid(DAY);
        let (day, second) = (local.div_euclid(DAY), local.rem_euclid(DAY));
        let time = format!("{:02}:{:02} {}", second / 3_600, second / 60 % 60, shift.name);
        if day == today {
            return Some(time);
        }
        let (year, month, of_month) = civil(day);
        let month = MONTHS.get(usize::try_from(month - 1).ok()?)?;
        // 1 January 1970 was a Thursday.
        let weekday = WEEKDAYS.get(usize::try_from((day + 3).rem_euclid(7)).ok()?)?;
        let year = if year == civil(today).0 { String::new() } else { format!(" {year}") };
        Some(format!("{weekday} {of_month} {month}{year}, {time}"))
    }

    /// The moment a date-and-time field means, in seconds since 1970; the first of two, `None` for none.
    #[must_use]
    pub fn read(&self, typed: &str) -> Option<i64> {
        let wanted = parse(typed)?;
        self.0
            .iter()
            .map(|shift| wanted - shift.offset)
            .filter(|at| self.shift(*at).is_some_and(|shift| wanted - shift.offset == *at))
            .min()
    }

    /// Seconds since 1970 on the wall clock.
    fn local(&self, at: i64) -> Option<(i64, &Shift)> {
        let shift = self.shift(at)?;
        Some((at.checked_add(shift.offset)?, shift))
    }

    fn shift(&self, at: i64) -> Option<&Shift> {
        self.0.iter().rev().find(|shift| shift.from <= at).or_else(|| self.0.first())
    }
}

// By hand, because chrono would make the module a fifth larger. The two are Howard Hinnant's well-known algorithms
// (https://howardhinnant.github.io/date_algorithms.html), here for years that forms can ask for.

/// Year, month and day of a day since 1970.
fn civil(day: i64) -> (i64, i64, i64) {
    let day = day + 719_468;
    let (era, of_era) = (day.div_euclid(146_097), day.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, of_year - (153 * from_march + 2) / 5 + 1)
}

/// The day since 1970 of a year, month and day.
fn day_of(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let from_march = if month > 2 { month - 3 } else { month + 9 };
    let of_year = (153 * from_march + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + of_year - 719_468
}

/// `2026-03-12T18:00`, in seconds since 1970 on the wall clock.
fn parse(typed: &str) -> Option<i64> {
    let (date, time) = typed.split_once('T')?;
    let mut parts = date.splitn(3, '-').chain(time.splitn(3, ':')).map(|part| part.parse::<i64>().ok());
    let mut next = || parts.next().flatten();
    let (year, month, of_month, hour, minute) = (next()?, next()?, next()?, next()?, next()?);
    let day = day_of(year, month, of_month);
    let real = (1..=9999).contains(&year)
        && civil(day) == (year, month, of_month)
        && (0..24).contains(&hour)
        && (0..60).contains(&minute);
    real.then_some(day * DAY + hour * 3_600 + minute * 60)
}

#[cfg(test)]
mod tests {
    use super::{Shift, Zone};

    /// Oslo around the night of 29 March 2026, when clocks go from 02:00 to 03:00.
    fn oslo() -> Zone {
        let shift = |from, offset, name: &str| Shift { from, offset, name: name.to_owned() };
        Zone(vec![shift(0, 3_600, "CET"), shift(1_774_746_000, 7_200, "CEST")])
    }

    const NOW: i64 = 1_773_324_484; // 2026-03-12T14:08:04Z

    #[test]
    fn moments_read_as_on_the_server() {
        let say = |at| oslo().say(at, NOW).unwrap_or_default();
        assert_eq!(say(NOW + 7_200), "17:08 CET");
        assert_eq!(say(NOW + 86_400), "Fri 13 Mar, 15:08 CET");
        assert_eq!(say(1_774_746_000), "Sun 29 Mar, 03:00 CEST");
        assert_eq!(say(1_798_761_600), "Fri 1 Jan 2027, 02:00 CEST");
    }

    #[test]
    fn typed_times_mean_the_readers_zone() {
        assert_eq!(oslo().read("2026-03-12T18:00"), Some(1_773_334_800));
        assert_eq!(oslo().read("2026-03-29T01:59"), Some(1_774_745_940));
        assert_eq!(oslo().read("2026-03-29T02:30"), None, "clocks skip it");
        assert_eq!(oslo().read("2026-03-29T03:00"), Some(1_774_746_000));
        for nonsense in ["", "tomorrow", "2026-02-30T10:00", "2026-03-12T25:00", "2026-03-12"] {
            assert_eq!(oslo().read(nonsense), None, "{nonsense}");
        }
    }

    #[test]
    fn days_agree_with_the_calendar_of_the_server() {
        use chrono::{Datelike, NaiveDate};
        let start = NaiveDate::from_ymd_opt(1999, 12, 30).expect("a day");
        for ahead in 0..12_000 {
            let day = start + chrono::Days::new(ahead);
            let expected = (i64::from(day.year()), i64::from(day.month()), i64::from(day.day()));
            let count = i64::from(day.num_days_from_ce()) - 719_163;
            assert_eq!(super::civil(count), expected);
            assert_eq!(super::day_of(expected.0, expected.1, expected.2), count);
        }
    }
}
