//! Deleting a person.

use crate::failure::Failure;
use crate::forms::Done;
use leptos::prelude::*;

/// Deletes the person at this address with all her access.
#[server(prefix = "/api/ui", endpoint = "people/delete")]
pub async fn delete_person(
    #[server(default)] user: String,
    #[server(default)] reason: String,
) -> Result<Done, Failure> {
    use crate::ctx::{caller, engine};
    use engine::act::delete_person::{Input, delete_person};

    let (engine, caller) = (engine()?, caller()?);
    let person = engine::ask::person::find(&engine, &caller, &user).await?;
    let done = delete_person(&engine, &caller, Input { person, reason }).await?;
    Ok(Done::to("/people")
        .saying("person-deleted")
        .with("assignments", done.assignments)
        .with("requests", done.requests))
}
