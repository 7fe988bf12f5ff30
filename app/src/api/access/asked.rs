//! From what stands in the fields of a form to answers that the rules judge, and from their outcome to a message.

use crate::ctx;
use crate::failure::Failure;
use crate::forms::{Done, unreadable};
use crate::islands::window::Chosen;
use crate::pages::frame::zone;
use crate::parts::moment::{Clock, NoSuchTime};
use chrono::{DateTime, TimeDelta, Utc};
use domain::activation::Next;
use domain::duration::Minutes;
use domain::policy::evaluate::Answers;
use domain::refusal::{Code, Refusal};
use engine::act::activate::Activated;
use std::str::FromStr;

/// The answers of a form. A wrong length and a wrong start are told of together.
pub async fn answers(chosen: Chosen, reason: &str, ticket: &str) -> Result<Answers, Failure> {
    let (length, start) = (length(&chosen), start(&chosen).await?);
    match (length, start) {
        (Ok(length), Ok(start)) => {
            let (reason, ticket) = (reason.trim().to_owned(), ticket.trim().to_owned());
            Ok(Answers { start, length, reason, ticket })
        }
        (length, start) => Err([length.err(), start.err()].into_iter().flatten().collect::<Vec<_>>().into()),
    }
}

/// An id or other word that the page itself wrote into the form.
pub fn written<T: FromStr>(word: &str) -> Result<T, Failure> {
    word.parse().map_err(|_| Failure::refused(unreadable()))
}

/// Nothing chosen is left to the rules, which say so.
fn length(chosen: &Chosen) -> Result<Option<Minutes>, Refusal> {
    let nothing = chosen.length.is_empty();
    match chosen.minutes() {
        Some(length) => Ok(Some(length)),
        None if nothing => Ok(None),
        None => Err(Refusal::new(Code::BadValue, "Write hours and minutes as whole numbers.").at("length")),
    }
}

/// A later start, read in the person's own zone.
async fn start(chosen: &Chosen) -> Result<Result<Option<DateTime<Utc>>, Refusal>, Failure> {
    if chosen.start != "later" {
        return Ok(Ok(None));
    }
    let (now, name) = engine::ask::frame::clock(&ctx::engine()?, &ctx::caller()?).await?;
    let clock = Clock { now, zone: zone(&name) };
    let missing = || Refusal::new(Code::Missing, "Choose day and time of the start.").at("start");
    Ok(moment(clock, &chosen.start_at).map(Some).ok_or_else(missing))
}

/// A time that does not happen, because clocks are put forward over it, means as much later: 02:30 reads as 03:30. The
/// message afterwards says the start that was taken.
fn moment(clock: Clock, typed: &str) -> Option<DateTime<Utc>> {
    let typed = typed.trim();
    match clock.read(typed) {
        Ok(at) => Some(at),
        Err(NoSuchTime::Unreadable) => None,
        Err(NoSuchTime::Skipped) => {
            let day = TimeDelta::days(1);
            let typed = chrono::NaiveDateTime::parse_from_str(typed, "%Y-%m-%dT%H:%M").ok()?;
            let before = clock.read(&(typed - day).format("%Y-%m-%dT%H:%M").to_string()).ok()?;
            Some(before + day)
        }
    }
}

/// The message about what was done with a request.
pub fn done(asked: &Activated, group: &str, more: bool) -> Done {
    let to = Done::to("/access");
    let to = match asked.next {
        Next::Live(span) => {
            let code = if more { "extended" } else { "activated" };
            to.saying(code).with("until", span.end.map(|end| end.to_rfc3339()).unwrap_or_default())
        }
        Next::Scheduled(span) => to
            .saying("planned")
            .with("start", span.start.to_rfc3339())
            .with("until", span.end.map(|end| end.to_rfc3339()).unwrap_or_default()),
        Next::Awaiting { deadline } => to.saying("asked").with("lapses", deadline.to_rfc3339()),
    };
    to.with("group", group)
}

#[cfg(test)]
mod tests {
    use super::moment;
    use crate::parts::moment::Clock;
    use chrono::{DateTime, Utc};
    use chrono_tz::Europe::Berlin;

    fn read(typed: &str) -> Option<String> {
        let now: DateTime<Utc> = "2026-03-12T14:08:04Z".parse().unwrap();
        moment(Clock { now, zone: Berlin }, typed).map(|at| at.to_rfc3339())
    }

    #[test]
    fn a_local_time_is_read_in_the_persons_zone() {
        assert_eq!(read("2026-03-12T18:00").unwrap(), "2026-03-12T17:00:00+00:00");
        assert_eq!(read(" 2026-07-01T18:00 ").unwrap(), "2026-07-01T16:00:00+00:00");
        assert_eq!(read("tomorrow"), None);
        assert_eq!(read(""), None);
    }

    #[test]
    fn a_time_that_clocks_skip_means_as_much_later() {
        // 02:30 does not happen on this day: 03:30 CEST
        assert_eq!(read("2026-03-29T02:30").unwrap(), "2026-03-29T01:30:00+00:00");
    }

    #[test]
    fn a_time_that_happens_twice_means_the_first() {
        assert_eq!(read("2026-10-25T02:30").unwrap(), "2026-10-25T00:30:00+00:00");
    }
}
