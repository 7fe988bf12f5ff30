//! Enabling a person again.

use crate::failure::Failure;
use crate::forms::Done;
use leptos::prelude::*;

/// Enables the person at this address. What ended when she was disabled stays ended.
#[server(prefix = "/api/ui", endpoint = "people/enable")]
pub async fn enable_person(
    #[server(default)] user: String,
    #[server(default)] reason: String,
) -> Result<Done, Failure> {
    use crate::ctx::{caller, engine};
    use engine::act::set_person_state::{Input, set_person_state};

    let (engine, caller) = (engine()?, caller()?);
    let person = engine::ask::person::find(&engine, &caller, &user).await?;
    set_person_state(&engine, &caller, Input { person, enabled: true, reason }).await?;
    Ok(Done::to(crate::pages::people::address(&user)).saying("person-enabled"))
}
