//! A one-time sign-in link.

use crate::failure::Failure;
use crate::forms::Done;
use leptos::prelude::*;

/// Makes a link for the person at this address; the answer shows it once.
#[server(prefix = "/api/ui", endpoint = "people/invite")]
pub async fn invite_person(
    #[server(default)] user: String,
    #[server(default)] code: String,
) -> Result<Done, Failure> {
    use crate::ctx::{caller, engine};
    use engine::act::invite::invite;

    let (engine, caller) = (engine()?, caller()?);
    let person = engine::ask::person::find(&engine, &caller, &user).await?;
    let link = invite(&engine, &caller, person, &code).await?;
    Ok(Done::to(crate::pages::people::address(&user)).showing(vec![link.url]))
}
