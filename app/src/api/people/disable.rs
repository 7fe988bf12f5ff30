//! Disabling a person.

use crate::failure::Failure;
use crate::forms::Done;
use leptos::prelude::*;

/// Disables the person at this address: ends what is on, closes what is open, signs her out.
#[server(prefix = "/api/ui", endpoint = "people/disable")]
pub async fn disable_person(
    #[server(default)] user: String,
    #[server(default)] reason: String,
) -> Result<Done, Failure> {
    use crate::ctx::{caller, engine};
    use engine::act::set_person_state::{Input, set_person_state};

    let (engine, caller) = (engine()?, caller()?);
    let person = engine::ask::person::find(&engine, &caller, &user).await?;
    let done = set_person_state(&engine, &caller, Input { person, enabled: false, reason }).await?;
    Ok(Done::to(crate::pages::people::address(&user))
        .saying("person-disabled")
        .with("activations", done.activations)
        .with("requests", done.requests)
        .with("sessions", done.sessions))
}
