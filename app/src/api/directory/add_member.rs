//! Putting somebody into a group that is not managed here.

use crate::failure::Failure;
use crate::forms::Done;
use leptos::prelude::*;

/// Adds a member or owner to the group at this address.
#[server(prefix = "/api/ui", endpoint = "directory/add-member")]
pub async fn add_member(
    #[server(default)] key: String,
    #[server(default)] access: String,
    #[server(default)] principal: String,
) -> Result<Done, Failure> {
    use crate::ctx::{caller, engine};
    use domain::refusal::{Code, Refusal};
    use domain::target::Access;
    use engine::act::edit_membership::{Change, add_or_remove};

    let access = Access::parse(&access).ok_or_else(|| {
        Failure::refused(Refusal::new(Code::BadValue, "Choose member or owner.").at("access"))
    })?;
    let principal = principal
        .parse()
        .map_err(|_| Failure::refused(Refusal::new(Code::Missing, "Choose somebody.").at("principal")))?;
    let name = add_or_remove(&engine()?, &caller()?, &key, access, principal, Change::Add).await?;
    Ok(Done::to(format!("/groups/{key}/membership")).saying("member-added").with("name", name))
}
