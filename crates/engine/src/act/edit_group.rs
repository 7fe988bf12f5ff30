//! Changes the name and description of a group. Its key, kind and role-assignable flag stay as they are.

use crate::audit::{self, About};
use crate::db::groups::{self, GroupRow};
use crate::{Ctx, Engine, Error, Result, authority};
use domain::audit::Event;
use domain::authz::Action;
use domain::details;
use domain::ids::GroupId;
use domain::refusal::{Code, Refusal};
use serde_json::json;

/// As typed.
#[derive(Clone, Debug)]
pub struct Input {
    /// Which.
    pub group: GroupId,
    /// Name.
    pub display_name: String,
    /// What it gives.
    pub description: String,
}

/// Changes.
///
/// # Errors
/// Not found (or not allowed); a detail does not fit; nothing changed.
pub async fn edit_group(engine: &Engine, ctx: &Ctx, input: Input) -> Result<()> {
    let mut tx = engine.begin().await?;
    sqlx::query("select 1 from groups where id = $1 for no key update")
        .bind(input.group.0)
        .execute(&mut *tx)
        .await?;
    let group = groups::find(&mut tx, input.group).await?.ok_or_else(Error::not_found)?;
    let facts = authority::group_facts(&mut tx, ctx, &group).await?;
    let about = About { group: Some(input.group), ..About::default() };
    let judged = match authority::require(ctx, &Action::EditGroup(facts)) {
        Ok(()) => judge(&group, &input),
        Err(_) => Err(Refusal::not_found().into()),
    };
    let (name, description) = match judged {
        Ok(new) => new,
        Err(refusals) => {
            drop(tx);
            return Err(audit::refused(engine, &ctx.by(), Event::GroupUpdated, about, refusals).await);
        }
    };
    sqlx::query("update groups set display_name = $2, description = $3 where id = $1")
        .bind(input.group.0)
        .bind(&name)
        .bind(&description)
        .execute(&mut *tx)
        .await?;
    let facts =
        json!({ "displayName": [group.display_name, name], "description": [group.description, description] });
    audit::done(&mut tx, &ctx.by(), Event::GroupUpdated, &About { facts: Some(facts), ..about }).await?;
    tx.commit().await?;
    Ok(())
}

fn judge(group: &GroupRow, input: &Input) -> Result<(String, String), Vec<Refusal>> {
    let name = details::name(&input.display_name, "display_name");
    let description = details::description(&input.description, "description");
    match (name, description) {
        (Ok(name), Ok(description)) => {
            if name == group.display_name && description == group.description {
                return Err(Refusal::new(Code::NothingChanged, "Nothing would change.").into());
            }
            Ok((name, description))
        }
        (name, description) => Err(name.err().into_iter().chain(description.err()).collect()),
    }
}
