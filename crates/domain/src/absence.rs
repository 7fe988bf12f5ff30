//! Being away: until when, and who decides on requests meanwhile. Whoever is away is not asked by mail; her say stays.

use crate::ids::PersonId;
use crate::principal::Person;
use crate::refusal::{Code, Refusal};
use chrono::{DateTime, TimeDelta, Utc};

/// Nobody is away for longer at once: who leaves for good is disabled, and her approvals belong to others.
pub const LONGEST: TimeDelta = TimeDelta::days(180);

/// What is wrong with an absence of this person, each at its field. `delegate` is who was named to stand in, as far as
/// she was found.
pub fn check(
    person: PersonId,
    until: DateTime<Utc>,
    delegate: Option<&Person>,
    now: DateTime<Utc>,
) -> Vec<Refusal> {
    let mut found = Vec::new();
    if until <= now {
        found.push(Refusal::new(Code::EndBeforeStart, "Choose a time that is still to come.").at("until"));
    } else if until - now > LONGEST {
        let text = "At most 180 days. Say it again when they are over.";
        found.push(Refusal::new(Code::BadValue, text).at("until"));
    }
    match delegate {
        Some(delegate) if delegate.id == person => {
            let text = "Somebody else stands in for you, or nobody.";
            found.push(Refusal::new(Code::BadValue, text).at("delegate"));
        }
        Some(delegate) if !delegate.able() => found.push(nobody()),
        _ => {}
    }
    found
}

/// Who was named is not there, or can't act.
pub fn nobody() -> Refusal {
    Refusal::new(Code::PrincipalUnfit, "Nobody who can sign in has this user name.").at("delegate")
}
