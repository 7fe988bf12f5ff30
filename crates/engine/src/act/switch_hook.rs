//! Switches a hook off, or on again. What happens meanwhile is not collected for it; what waits is kept.

use crate::audit::{self, About};
use crate::{Ctx, Engine, Error, Result, authority};
use chrono::{DateTime, Utc};
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
    let found: Option<(String, Option<DateTime<Utc>>)> =
        sqlx::query_as("select name, off_at from hooks where id = $1 for update")
            .bind(hook)
            .fetch_optional(&mut *tx)
            .await?;
    let (name, off_at) = found.ok_or_else(Error::not_found)?;
    if off_at.is_none() == on {
        return Ok(());
    }
    let change = if on {
        "update hooks set off_at = null, off_why = '', failures = 0, rests_until = null, \
           position = coalesce((select max(position) from audit_chain), 0), \
           anchor = coalesce((select max(position) from audit_anchors), 0) where id = $1"
    } else {
        "update hooks set off_at = clock(), off_why = '' where id = $1"
    };
    sqlx::query(change).bind(hook).execute(&mut *tx).await?;
    let event = if on { Event::HookSwitchedOn } else { Event::HookSwitchedOff };
    let about = About { facts: Some(json!({ "hook": hook, "name": name })), ..About::default() };
    audit::done(&mut tx, &ctx.by(), event, &about).await?;
    tx.commit().await?;
    Ok(())
}
