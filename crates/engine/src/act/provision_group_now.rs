//! Provisioning of a group on demand: everybody who is in it, or was, is looked at again, before anything that waits for its turn.

use crate::audit::{self, About};
use crate::provision::{input, marks};
use crate::{Ctx, Engine, Error, Result, authority};
use domain::audit::Event;
use domain::authz::Action;
use domain::ids::GroupId;
use serde_json::json;
use uuid::Uuid;

/// Has everybody of the group looked at in this application. What the application asked for, a pause or a quarantine, is kept.
///
/// # Errors
/// Not for this person, or unknown.
pub async fn provision_group_now(engine: &Engine, ctx: &Ctx, id: Uuid, group: GroupId) -> Result<()> {
    authority::require(ctx, &Action::ManageApplications)?;
    let mut tx = engine.begin().await?;
    let outcome = async {
        let name = input::lock(&mut tx, id).await?;
        let there =
            "select exists (select from application_groups where application_id = $1 and group_id = $2)";
        if !sqlx::query_scalar::<_, bool>(there).bind(id).bind(group.0).fetch_one(&mut *tx).await? {
            return Err(Error::not_found());
        }
        marks::everybody(&mut tx, id, Some(group.0), "on demand").await?;
        let facts = Some(json!({ "application": id, "name": name }));
        let about = About { group: Some(group), facts, ..About::default() };
        audit::done(&mut tx, &ctx.by(), Event::ApplicationAsked, &about).await
    }
    .await;
    input::end(engine, ctx, tx, Event::ApplicationAsked, outcome).await
}
