//! Stops provisioning of an application, or goes on with it. What changes meanwhile is caught up with: keys wait.

use crate::audit::{self, About};
use crate::provision::input;
use crate::{Ctx, Engine, Result, authority};
use domain::audit::Event;
use domain::authz::Action;
use serde_json::json;
use uuid::Uuid;

/// Switches. Doing what is done already changes nothing. While it is off, ended access stays there: pages say so.
///
/// # Errors
/// Not for this person, or unknown.
pub async fn switch_application(engine: &Engine, ctx: &Ctx, id: Uuid, on: bool) -> Result<()> {
    authority::require(ctx, &Action::ManageApplications)?;
    let mut tx = engine.begin().await?;
    let name = input::lock(&mut tx, id).await?;
    let sql = "update applications set off_at = case when $2 then null else clock() end where id = $1 and (off_at is null) <> $2";
    if sqlx::query(sql).bind(id).bind(on).execute(&mut *tx).await?.rows_affected() == 0 {
        return Ok(());
    }
    let event = if on { Event::ApplicationSwitchedOn } else { Event::ApplicationSwitchedOff };
    let about = About { facts: Some(json!({ "application": id, "name": name })), ..About::default() };
    audit::done(&mut tx, &ctx.by(), event, &about).await?;
    tx.commit().await
}
