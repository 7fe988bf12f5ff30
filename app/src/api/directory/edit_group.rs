//! Changing the name and description of a group.

use crate::failure::Failure;
use crate::forms::Done;
use leptos::prelude::*;

/// Changes the group at this address and goes to its page.
#[server(prefix = "/api/ui", endpoint = "directory/edit-group")]
pub async fn edit_group(
    #[server(default)] key: String,
    #[server(default)] display_name: String,
    #[server(default)] description: String,
) -> Result<Done, Failure> {
    use crate::ctx::{caller, engine};
    use engine::act::edit_group::{Input, edit_group};

    let (engine, caller) = (engine()?, caller()?);
    let group = engine::ask::edit_group::edit_group(&engine, &caller, &key).await?.id;
    edit_group(&engine, &caller, Input { group, display_name, description }).await?;
    Ok(Done::to(format!("/groups/{key}")).saying("group-edited"))
}
