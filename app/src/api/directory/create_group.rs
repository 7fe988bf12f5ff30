//! A new group by hand.

use crate::failure::Failure;
use crate::forms::Done;
use leptos::prelude::*;

/// Creates a group and goes to its page.
#[server(prefix = "/api/ui", endpoint = "directory/create-group")]
pub async fn create_group(
    #[server(default)] display_name: String,
    #[server(default)] key: String,
    #[server(default)] description: String,
    #[server(default)] kind: String,
    #[server(default)] role_assignable: bool,
) -> Result<Done, Failure> {
    use crate::ctx::{caller, engine};
    use engine::act::create_group::{Input, create_group};

    let kind = crate::pages::directory::kind_of_group(&kind)?;
    let input = Input { display_name, key, description, kind, role_assignable };
    let key = create_group(&engine()?, &caller()?, input).await?;
    Ok(Done::to(format!("/groups/{key}")).saying("group-created"))
}
