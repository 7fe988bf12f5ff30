//! A new secret for a hook. The one before counts for a day besides, so that receivers can change in peace.

use crate::audit::{self, About};
use crate::hook::{keys, switch};
use crate::proof::{self, Purpose};
use crate::{Ctx, Engine, Result, authority, clock, demand};
use domain::audit::Event;
use domain::authz::Action;
use serde_json::json;
use uuid::Uuid;

/// Makes a new secret and gives it back: it is not shown again. One that is older than the one before stops counting now.
///
/// # Errors
/// Not for this person; unknown; the code is missing or wrong.
pub async fn renew_hook_secret(engine: &Engine, ctx: &Ctx, hook: Uuid, code: &str) -> Result<String> {
    authority::require(ctx, &Action::ManageHooks)?;
    let mut tx = engine.begin().await?;
    let (name, _) = switch::lock(&mut tx, hook).await?;
    let about = About { facts: Some(json!({ "hook": hook, "name": name })), ..About::default() };
    let (secret, sealed) = keys::new_secret(&engine.settings, hook)?;
    let now = clock::now(&mut tx).await?;
    sqlx::query("update hooks set old_secret = secret, old_until = $3, secret = $2 where id = $1")
        .bind(hook)
        .bind(sealed)
        .bind(now + keys::OVERLAP)
        .execute(&mut *tx)
        .await?;
    let subject = [format!("new secret of webhook {name}")];
    let given = proof::give(engine, &mut tx, ctx, code, Purpose::AdminOp, &subject).await?;
    let now = clock::now(&mut tx).await?;
    if let Some(refusal) = demand::fresh(given.given, now) {
        drop(tx);
        return Err(audit::refused(engine, &ctx.by(), Event::HookSecretChanged, about, refusal.into()).await);
    }
    let about = About { proof: given.proofs.first().copied(), ..about };
    audit::done(&mut tx, &ctx.by(), Event::HookSecretChanged, &about).await?;
    tx.commit().await?;
    Ok(secret)
}
