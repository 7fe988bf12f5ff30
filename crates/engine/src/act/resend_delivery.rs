//! Sends again what was settled, under the same id: one delivery, or all of a hook that were given up, which the worker puts back.

use crate::audit::{self, About};
use crate::hook::switch;
use crate::hook::tidy::AGAIN;
use crate::{Ctx, Engine, Error, Result, authority};
use domain::audit::Event;
use domain::authz::Action;
use domain::refusal::{Code, Refusal};
use serde_json::json;
use sqlx::{AssertSqlSafe, PgConnection};
use uuid::Uuid;

/// Puts `delivery`, or all that were given up, back into the queue, due now, and says how many. A hook that rests is tried at once.
///
/// # Errors
/// Not for this person; unknown; the hook is off; or there is nothing to send again.
pub async fn resend_delivery(engine: &Engine, ctx: &Ctx, hook: Uuid, delivery: Option<Uuid>) -> Result<i64> {
    authority::require(ctx, &Action::ManageHooks)?;
    let mut tx = engine.begin().await?;
    let (name, off_at) = switch::lock(&mut tx, hook).await?;
    if off_at.is_some() {
        let text = "This webhook is switched off. Switch it on first.";
        return Err(Refusal::new(Code::NotActive, text).into());
    }
    let again = match delivery {
        Some(delivery) => one(&mut tx, hook, delivery).await?,
        None => all(&mut tx, hook).await?,
    };
    if again == 0 {
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

async fn one(conn: &mut PgConnection, hook: Uuid, delivery: Uuid) -> Result<i64> {
    let state = "select state from hook_deliveries where hook_id = $1 and id = $2 for update";
    let state: Option<String> =
        sqlx::query_scalar(state).bind(hook).bind(delivery).fetch_optional(&mut *conn).await?;
    if state.ok_or_else(Error::not_found)? == "waiting" {
        return Ok(0);
    }
    let sql = format!("update hook_deliveries set {AGAIN} where id = $1");
    sqlx::query(AssertSqlSafe(sql)).bind(delivery).execute(conn).await?;
    Ok(1)
}

/// There may be very many: they are counted here, and put back in batches.
async fn all(conn: &mut PgConnection, hook: Uuid) -> Result<i64> {
    let count = "select count(*) from hook_deliveries where hook_id = $1 and state = 'failed'";
    let count: i64 = sqlx::query_scalar(count).bind(hook).fetch_one(&mut *conn).await?;
    let again = "update hooks set again_before = clock() where id = $1 and $2 > 0";
    sqlx::query(again).bind(hook).bind(count).execute(conn).await?;
    Ok(count)
}
