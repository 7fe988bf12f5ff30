//! The reader's zone in the browser: the server sends the few offsets that matter, so no zone data travels.

use chrono::{DateTime, Datelike, NaiveDateTime, TimeDelta, Timelike, Utc};
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

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

impl Zone {
    /// "16:20 CET", with the day if it is not today's.
    #[must_use]
    pub fn say(&self, at: i64, now: i64) -> Option<String> {
        let (local, shift) = self.local(at)?;
        let today = self.local(now)?.0.date();
        let time = format!("{:02}:{:02} {}", local.hour(), local.minute(), shift.name);
        if local.date() == today {
            return Some(time);
        }
        let day = DAYS.get(local.weekday().num_days_from_monday() as usize)?;
        let month = MONTHS.get(local.month0() as usize)?;
        let year = if local.year() == today.year() { String::new() } else { format!(" {}", local.year()) };
        Some(format!("{day} {} {month}{year}, {time}", local.day()))
    }

    /// The moment a date-and-time field means, in seconds since 1970; the first of two, `None` for none.
    #[must_use]
    pub fn read(&self, typed: &str) -> Option<i64> {
        let wanted = parse(typed)?.and_utc().timestamp();
        self.0
            .iter()
            .map(|shift| wanted - shift.offset)
            .filter(|at| self.shift(*at).is_some_and(|shift| wanted - shift.offset == *at))
            .min()
    }

    fn local(&self, at: i64) -> Option<(NaiveDateTime, &Shift)> {
        let shift = self.shift(at)?;
        let moment = DateTime::<Utc>::from_timestamp(at, 0)?;
        Some((moment.naive_utc().checked_add_signed(TimeDelta::seconds(shift.offset))?, shift))
    }

    fn shift(&self, at: i64) -> Option<&Shift> {
        self.0.iter().rev().find(|shift| shift.from <= at).or_else(|| self.0.first())
    }
}

/// `2026-03-12T18:00`, by hand: chrono's own parser would double the size of the module.
fn parse(typed: &str) -> Option<NaiveDateTime> {
    let (date, time) = typed.split_once('T')?;
    let mut date = date.splitn(3, '-');
    let (year, month, day) = (date.next()?, date.next()?, date.next()?);
    let mut time = time.splitn(3, ':');
    let (hour, minute) = (time.next()?, time.next()?);
    chrono::NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)?.and_hms_opt(
        hour.parse().ok()?,
        minute.parse().ok()?,
        0,
    )
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
}
