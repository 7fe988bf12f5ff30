//! When access would be on: the same rules as on the server, said while a person chooses.

use super::words::length;
use super::zone::Zone;
use domain::duration::Minutes;
use domain::policy::MIN_LENGTH;

/// What is chosen in the form right now, as its fields say it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chosen {
    /// Value of the choice of lengths: an ISO 8601 length or "other".
    pub length: String,
    /// Hours of another length.
    pub hours: String,
    /// Minutes of another length.
    pub minutes: String,
    /// "later" if the start is not now.
    pub start: String,
    /// The start, as a date-and-time field says it.
    pub start_at: String,
}

impl Chosen {
    /// The chosen length, if it is one.
    #[must_use]
    pub fn minutes(&self) -> Option<Minutes> {
        if self.length != "other" {
            return self.length.parse().ok();
        }
        let part =
            |text: &str| if text.trim().is_empty() { Some(0) } else { text.trim().parse::<u32>().ok() };
        let minutes = part(&self.hours)?.checked_mul(60)?.checked_add(part(&self.minutes)?)?;
        (minutes > 0).then_some(Minutes(minutes))
    }
}

/// The preview: when it would be on, or why not. Empty while nothing can be said.
#[must_use]
pub fn preview(chosen: &Chosen, max: Minutes, now: i64, zone: &Zone) -> String {
    say(chosen, max, now, zone).unwrap_or_default()
}

fn say(chosen: &Chosen, max: Minutes, now: i64, zone: &Zone) -> Option<String> {
    let minutes = chosen.minutes()?;
    let seconds = i64::from(minutes.0) * 60;
    if minutes < MIN_LENGTH {
        return Some(format!("At least {}.", length(i64::from(MIN_LENGTH.0) * 60)));
    }
    if minutes > max {
        return Some(format!("At most {} here.", max.words()));
    }
    if chosen.start != "later" {
        return Some(format!("{}, until {}.", length(seconds), zone.say(now + seconds, now)?));
    }
    let start = zone.read(&chosen.start_at)?;
    if start < now {
        return Some(format!("Choose a start after {}.", zone.say(now, now)?));
    }
    Some(format!("From {} until {}.", zone.say(start, now)?, zone.say(start + seconds, now)?))
}

#[cfg(test)]
mod tests {
    use super::super::zone::{Shift, Zone};
    use super::{Chosen, preview};
    use domain::duration::Minutes;

    const NOW: i64 = 1_773_324_484; // 2026-03-12T14:08:04Z

    fn said(chosen: &Chosen) -> String {
        let zone = Zone(vec![Shift { from: 0, offset: 3_600, name: "CET".to_owned() }]);
        preview(chosen, Minutes::hours(4), NOW, &zone).replace('\u{a0}', " ")
    }

    fn other(hours: &str, minutes: &str) -> Chosen {
        Chosen {
            length: "other".to_owned(),
            hours: hours.to_owned(),
            minutes: minutes.to_owned(),
            ..Chosen::default()
        }
    }

    #[test]
    fn a_length_says_its_end() {
        assert_eq!(said(&Chosen { length: "PT2H".to_owned(), ..Chosen::default() }), "2 h, until 17:08 CET.");
        assert_eq!(said(&other("1", "15")), "1 h 15 min, until 16:23 CET.");
        assert_eq!(said(&other("", "30")), "30 min, until 15:38 CET.");
    }

    #[test]
    fn what_the_server_would_refuse_is_said_before() {
        assert_eq!(said(&other("4", "1")), "At most 4 h here.");
        assert_eq!(said(&other("0", "4")), "At least 5 min.");
        let past =
            Chosen { start: "later".to_owned(), start_at: "2026-03-12T15:00".to_owned(), ..other("1", "") };
        assert_eq!(said(&past), "Choose a start after 15:08 CET.");
    }

    #[test]
    fn a_later_start_says_both_ends() {
        let later =
            Chosen { start: "later".to_owned(), start_at: "2026-03-12T22:00".to_owned(), ..other("4", "") };
        assert_eq!(said(&later), "From 22:00 CET until Fri 13 Mar, 02:00 CET.");
    }

    #[test]
    fn nothing_is_said_about_what_is_not_complete() {
        assert_eq!(said(&other("", "")), "");
        assert_eq!(said(&other("x", "")), "");
        assert_eq!(said(&other("4294967295", "")), "");
        assert_eq!(said(&Chosen { start: "later".to_owned(), ..other("1", "") }), "");
    }
}
