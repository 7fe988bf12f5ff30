//! What stands in the form that changes a group.

use crate::db::groups;
use crate::{Ctx, Engine, Error, Result, authority};
use domain::authz::Action;
use domain::ids::GroupId;

/// The form.
#[derive(Clone, Debug)]
pub struct EditGroup {
    /// Which.
    pub id: GroupId,
    /// Address.
    pub key: String,
    /// Name.
    pub name: String,
    /// What it gives.
    pub description: String,
}

/// Loads the form for whoever may change the group.
///
/// # Errors
/// Unknown or not for this person, alike.
pub async fn edit_group(engine: &Engine, ctx: &Ctx, key: &str) -> Result<EditGroup> {
    let mut conn = engine.pool.acquire().await?;
    let group = groups::by_key(&mut conn, key).await?.ok_or_else(Error::not_found)?;
    let facts = authority::group_facts(&mut conn, ctx, &group).await?;
    authority::require(ctx, &Action::EditGroup(facts))?;
    Ok(EditGroup {
        id: group.group_id(),
        key: group.key,
        name: group.display_name,
        description: group.description,
    })
}
