//! From what stands in the fields of a management form to what the engine takes, and back from its refusals to fields.

use crate::failure::Failure;
use crate::forms::unreadable;
use crate::pages::frame;
use crate::parts::moment::Clock;
use chrono::{DateTime, Utc};
use domain::assignment::{Kind, Wanted};
use domain::ids::RequestKey;
use domain::refusal::{Code, Refusal};
use domain::role::Role;
use domain::target::{Access, TargetKind};
use engine::ask::thing::{Pick, Place};
use std::str::FromStr;

/// Something that the page itself wrote into the form; only a forged form has it wrong.
///
/// # Errors
/// It can't be read.
pub fn written<T: FromStr>(word: &str) -> Result<T, Failure> {
    word.parse().map_err(|_| Failure::refused(unreadable()))
}

/// The refusal of a form that nobody filled in by our page.
pub fn unreadable_form() -> Failure {
    Failure::refused(unreadable())
}

/// Member or owner.
///
/// # Errors
/// Nothing, or something else, was chosen.
pub fn access(word: &str) -> Result<Access, Failure> {
    Access::parse(word)
        .ok_or_else(|| Failure::refused(Refusal::new(Code::Missing, "Choose member or owner.").at("role")))
}

/// The group at `key` or the role `role`, of which the address names one.
///
/// # Errors
/// It names none or both; only a forged form does.
pub fn place(key: &str, role: &str) -> Result<Place, Failure> {
    match (key, Role::parse(role)) {
        ("", Some(role)) => Ok(Place::Role(role)),
        ("", None) => Err(Failure::NotFound),
        (_, Some(_)) => Err(Failure::refused(unreadable())),
        (key, None) => Ok(Place::Group(key.to_owned())),
    }
}

/// The membership or ownership, as `role` says, of the group at `key`; without a key the directory role `role`.
///
/// # Errors
/// Neither was chosen.
pub fn pick(key: &str, role: &str) -> Result<Pick, Failure> {
    if key.is_empty() {
        return Ok(Pick { key: place(key, role)?.key().to_owned(), kind: TargetKind::Role });
    }
    Ok(Pick { key: key.to_owned(), kind: access(role)?.into() })
}

/// The id of the form, which makes sending it twice the same as sending it once.
///
/// # Errors
/// It can't be read.
pub fn form_key(word: &str) -> Result<RequestKey, Failure> {
    Ok(RequestKey(written(word)?))
}

/// The clock of the person who sent the form.
///
/// # Errors
/// The database can't be reached.
pub async fn clock() -> Result<Clock, Failure> {
    Ok(frame::here().await?.clock)
}

/// A moment typed in the person's zone; `None` when nothing was typed.
///
/// # Errors
/// It is no day and time, or one that clocks skip.
pub fn moment(clock: Clock, typed: &str, field: &str) -> Result<Option<DateTime<Utc>>, Failure> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Ok(None);
    }
    let no = || Failure::refused(Refusal::new(Code::BadValue, "Choose a day and a time.").at(field));
    clock.read(typed).map(Some).map_err(|_| no())
}

/// Kind, window and reason of an assignment; `until` is the choice `never` or the moment typed beside it.
///
/// # Errors
/// No kind was chosen, or a moment is none.
pub fn wanted(
    clock: Clock,
    kind: &str,
    start: &str,
    (until, end): (&str, &str),
    reason: &str,
) -> Result<Wanted, Failure> {
    let missing = || Failure::refused(Refusal::new(Code::Missing, "Choose eligible or active.").at("kind"));
    let kind = Kind::parse(kind).ok_or_else(missing)?;
    let end = if until == "never" { None } else { Some(moment(clock, end, "end")?.unwrap_or(clock.now)) };
    Ok(Wanted { kind, start: moment(clock, start, "start")?, end, reason: reason.trim().to_owned() })
}

/// Puts refusals at the fields as this form calls them.
pub fn at_fields(failure: Failure, names: &[(&str, &str)]) -> Failure {
    let Failure::Refused { refusals } = failure else { return failure };
    let moved = refusals.into_iter().map(|refusal| {
        let name = names.iter().find(|(from, _)| refusal.field.as_deref() == Some(from));
        match name {
            Some((_, to)) => refusal.at(*to),
            None => refusal,
        }
    });
    Failure::Refused { refusals: moved.collect() }
}
