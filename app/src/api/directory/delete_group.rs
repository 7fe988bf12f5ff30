//! Deleting a group.

use crate::failure::Failure;
use crate::forms::Done;
use leptos::prelude::*;

/// Deletes the group at this address with everything assigned for it.
#[server(prefix = "/api/ui", endpoint = "directory/delete-group")]
pub async fn delete_group(
    #[server(default)] key: String,
    #[server(default)] reason: String,
) -> Result<Done, Failure> {
    use crate::ctx::{caller, engine};
    use engine::act::delete_group::{Input, delete_group};

    let (engine, caller) = (engine()?, caller()?);
    let group = engine::ask::edit_group::edit_group(&engine, &caller, &key).await?;
    let done = delete_group(&engine, &caller, Input { group: group.id, reason }).await?;
    Ok(Done::to("/groups")
        .saying("group-deleted")
        .with("name", group.name)
        .with("assignments", done.assignments)
        .with("requests", done.requests))
}
