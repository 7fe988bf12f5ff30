//! Switches a hook off, or on again. What happens meanwhile is not collected for it; what happened before is, and kept until it is on.

use crate::audit::{self, About};
use crate::hook::switch;
use crate::{Ctx, Engine, Result, authority};
use domain::audit::Event;
use domain::authz::Action;
use serde_json::json;
use uuid::Uuid;

/// Switches. Doing what is done already changes nothing.
///
/// # Errors
/// Not for this person, or unknown.
pub async fn switch_hook(engine: &Engine, ctx: &Ctx, hook: Uuid, on: bool) -> Result<()> {
    authority::require(ctx, &Action::ManageHooks)?;
    let mut tx = engine.begin().await?;
    let (name, off_at) = switch::lock(&mut tx, hook).await?;
    if off_at.is_none() == on {
        return Ok(());
    }
    let event = if on {
        switch::on(&mut tx, hook).await?;
        Event::HookSwitchedOn
    } else {
        switch::off(&mut tx, hook, "").await?;
        Event::HookSwitchedOff
    };
    let about = About { facts: Some(json!({ "hook": hook, "name": name })), ..About::default() };
    audit::done(&mut tx, &ctx.by(), event, &about).await?;
    tx.commit().await?;
    Ok(())
}
