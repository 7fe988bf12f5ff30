//! Taking a deleted person back.

use crate::failure::Failure;
use crate::forms::Done;
use leptos::prelude::*;

/// Restores the deleted person with this user name, without access.
#[server(prefix = "/api/ui", endpoint = "people/restore")]
pub async fn restore_person(#[server(default)] user: String) -> Result<Done, Failure> {
    use crate::ctx::{caller, engine};

    engine::act::restore_person::restore_person(&engine()?, &caller()?, &user).await?;
    Ok(Done::to(crate::pages::people::address(&user)).saying("person-restored"))
}
