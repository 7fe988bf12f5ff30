//! Deletes a hook with everything that waits for it. Its secrets go at once; the worker takes away its log, which may be long.

use crate::audit::{self, About};
use crate::{Ctx, Engine, Error, Result, authority};
use domain::audit::Event;
use domain::authz::Action;
use serde_json::json;
use uuid::Uuid;

/// Deletes.
///
/// # Errors
/// Not for this person, or unknown.
pub async fn delete_hook(engine: &Engine, ctx: &Ctx, hook: Uuid) -> Result<()> {
    authority::require(ctx, &Action::ManageHooks)?;
    let mut tx = engine.begin().await?;
    let gone: Option<(String, String)> = sqlx::query_as(
        "update hooks set deleted_at = clock(), address = '', secret = '', old_secret = null, old_until = null \
         where id = $1 and deleted_at is null returning name, shown",
    )
    .bind(hook)
    .fetch_optional(&mut *tx)
    .await?;
    let (name, address) = gone.ok_or_else(Error::not_found)?;
    let facts = json!({ "hook": hook, "name": name, "address": address });
    let about = About { facts: Some(facts), ..About::default() };
    audit::done(&mut tx, &ctx.by(), Event::HookDeleted, &about).await?;
    tx.commit().await?;
    Ok(())
}
