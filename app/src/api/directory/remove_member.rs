//! Taking somebody out of a group that is not managed here.

use crate::failure::Failure;
use crate::forms::Done;
use leptos::prelude::*;

/// Removes a member or owner from the group at this address.
#[server(prefix = "/api/ui", endpoint = "directory/remove-member")]
pub async fn remove_member(
    #[server(default)] key: String,
    #[server(default)] access: String,
    #[server(default)] who: String,
) -> Result<Done, Failure> {
    use crate::ctx::{caller, engine};
    use domain::target::Access;
    use engine::act::edit_membership::{Change, add_or_remove};

    let access = Access::parse(&access).ok_or(Failure::NotFound)?;
    let who = who.parse().map_err(|_| Failure::NotFound)?;
    let name = add_or_remove(&engine()?, &caller()?, &key, access, who, Change::Remove).await?;
    Ok(Done::to(format!("/groups/{key}/membership")).saying("member-removed").with("name", name))
}
