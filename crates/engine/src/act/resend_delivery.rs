//! Sends again what was settled, under the same id: one delivery, or all of a hook that were given up.

use crate::audit::{self, About};
use crate::{Ctx, Engine, Error, Result, authority};
use chrono::{DateTime, Utc};
use domain::audit::Event;
use domain::authz::Action;
use domain::refusal::{Code, Refusal};
use serde_json::json;
use uuid::Uuid;

/// Puts `delivery`, or all that were given up, back into the queue, due now, and says how many. A hook that rests is tried at once.
///
/// # Errors
/// Not for this person; unknown; the hook is off; or there is nothing to send again.
pub async fn resend_delivery(engine: &Engine, ctx: &Ctx, hook: Uuid, delivery: Option<Uuid>) -> Result<u64> {
    authority::require(ctx, &Action::ManageHooks)?;
    let mut tx = engine.begin().await?;
    let found: Option<(String, Option<DateTime<Utc>>)> =
        sqlx::query_as("select name, off_at from hooks where id = $1 for update")
            .bind(hook)
            .fetch_optional(&mut *tx)
            .await?;
    let (name, off_at) = found.ok_or_else(Error::not_found)?;
    if off_at.is_some() {
        let text = "This webhook is switched off. Switch it on first.";
        return Err(Refusal::new(Code::NotActive, text).into());
    }
    let again = sqlx::query(
        "update hook_deliveries set state = 'waiting', closed_at = null, attempts = 0, due_at = clock(), problem = '' \
         where hook_id = $1 and case when $2::uuid is null then state = 'failed' else state <> 'waiting' and id = $2 end",
    )
    .bind(hook)
    .bind(delivery)
    .execute(&mut *tx)
    .await?
    .rows_affected();
    if again == 0 {
        let known = "select exists (select from hook_deliveries where hook_id = $1 and ($2::uuid is null or id = $2))";
        let known: bool = sqlx::query_scalar(known).bind(hook).bind(delivery).fetch_one(&mut *tx).await?;
        if delivery.is_some() && !known {
            return Err(Error::not_found());
        }
        let text = "Nothing was given up: what waits is sent by itself.";
        return Err(Refusal::new(Code::AlreadyClosed, text).into());
    }
    sqlx::query("update hooks set rests_until = null where id = $1").bind(hook).execute(&mut *tx).await?;
    let facts = json!({ "hook": hook, "name": name, "delivery": delivery, "deliveries": again });
    let about = About { facts: Some(facts), ..About::default() };
    audit::done(&mut tx, &ctx.by(), Event::HookResent, &about).await?;
    tx.commit().await?;
    Ok(again)
}
