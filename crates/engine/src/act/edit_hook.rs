//! Changes a hook: its name, address, format and what it tells of. What waits is sent as the hook is then.

use crate::audit::{self, About};
use crate::hook::input::{self, Input, Judged, taken};
use crate::hook::keys;
use crate::proof::{self, Purpose};
use crate::{Ctx, Engine, Error, Result, Tx, authority, clock, demand};
use domain::audit::Event;
use domain::authz::Action;
use domain::refusal::{Code, Refusal};
use domain::webhook::address::shown;
use serde_json::{Value, json};
use sqlx::PgConnection;
use uuid::Uuid;

#[derive(sqlx::FromRow)]
struct Before {
    name: String,
    shown: String,
    format: String,
    topics: Vec<String>,
    refusals: bool,
    version: i32,
}

/// Changes the hook as it was in this version. It takes a fresh code: the audit leaves the house by it.
///
/// # Errors
/// Not for this person; unknown; changed meanwhile; what is wrong with the input, all at once; the code is missing or wrong.
pub async fn edit_hook(
    engine: &Engine,
    ctx: &Ctx,
    hook: Uuid,
    version: i32,
    input: &Input,
    code: &str,
) -> Result<()> {
    authority::require(ctx, &Action::ManageHooks)?;
    let mut tx = engine.begin().await?;
    let before = lock(&mut tx, hook).await?;
    let changed = match judge(engine, &before, version, input) {
        Ok(judged) => change(engine, &mut tx, ctx, hook, &before, &judged, code).await,
        Err(refusals) => Err(refusals.into()),
    };
    match changed {
        Ok(()) => {
            tx.commit().await?;
            Ok(())
        }
        Err(Error::Refused(refusals)) => {
            drop(tx);
            let about =
                About { facts: Some(json!({ "hook": hook, "name": before.name })), ..About::default() };
            Err(audit::refused(engine, &ctx.by(), Event::HookChanged, about, refusals).await)
        }
        Err(error) => Err(error),
    }
}

async fn lock(conn: &mut PgConnection, hook: Uuid) -> Result<Before> {
    sqlx::query_as(
        "select name, shown, format, topics, refusals, version from hooks where id = $1 and deleted_at is null for update",
    )
    .bind(hook)
    .fetch_optional(conn)
    .await?
    .ok_or_else(Error::not_found)
}

fn judge(engine: &Engine, before: &Before, version: i32, input: &Input) -> Result<Judged, Vec<Refusal>> {
    if before.version != version {
        let text = "Somebody else changed this webhook meanwhile. Open the page again and look.";
        return Err(Refusal::new(Code::ChangedMeanwhile, text).into());
    }
    input::judge(engine.settings.outbound.rules(), input)
}

async fn change(
    engine: &Engine,
    tx: &mut Tx,
    ctx: &Ctx,
    hook: Uuid,
    before: &Before,
    judged: &Judged,
    code: &str,
) -> Result<()> {
    let to = judged.address.as_ref().map_or_else(|| before.shown.clone(), shown);
    let facts = facts(hook, before, judged, &to);
    if facts.as_object().is_some_and(|facts| facts.len() == 2) {
        return Err(Refusal::new(Code::NothingChanged, "Nothing would change.").into());
    }
    let other =
        "select exists (select from hooks where lower(name) = lower($2) and id <> $1 and deleted_at is null)";
    if sqlx::query_scalar(other).bind(hook).bind(&judged.name).fetch_one(&mut **tx).await? {
        return Err(taken().into());
    }
    let sealed =
        judged.address.as_ref().map(|url| keys::seal_address(&engine.settings, hook, url)).transpose()?;
    sqlx::query(
        "update hooks set name = $2, format = $3, address = coalesce($4, address), shown = $5, topics = $6, refusals = $7, \
           version = version + 1, failures = 0, rests_until = null, failing_since = null, failing_tries = 0 where id = $1",
    )
    .bind(hook)
    .bind(&judged.name)
    .bind(judged.format.wire())
    .bind(sealed)
    .bind(&to)
    .bind(judged.topics())
    .bind(judged.refusals)
    .execute(&mut **tx)
    .await?;
    let subject = [format!("webhook {} to {to}", judged.name)];
    let given = proof::give(engine, tx, ctx, code, Purpose::AdminOp, &subject).await?;
    let now = clock::now(tx).await?;
    if let Some(refusal) = demand::fresh(given.given, now) {
        return Err(refusal.into());
    }
    let about = About { facts: Some(facts), proof: given.proofs.first().copied(), ..About::default() };
    audit::done(tx, &ctx.by(), Event::HookChanged, &about).await
}

/// Which hook it is, and what was before and after. An address may differ in what is not shown of it.
fn facts(hook: Uuid, before: &Before, judged: &Judged, to: &str) -> Value {
    let mut facts = json!({ "hook": hook, "name": before.name });
    if judged.name != before.name {
        facts["newName"] = json!(judged.name);
    }
    if judged.address.is_some() {
        facts["address"] = json!([before.shown, "→", to]);
    }
    if judged.format.wire() != before.format {
        facts["format"] = json!([before.format, "→", judged.format.wire()]);
    }
    if judged.topics() != before.topics {
        facts["events"] = json!(judged.topics());
        facts["eventsBefore"] = json!(before.topics);
    }
    if judged.refusals != before.refusals {
        facts["refusals"] = json!(if judged.refusals { "told from now on" } else { "not told any more" });
    }
    facts
}
