//! Says where events are sent from now on.

use crate::audit::{self, About};
use crate::hook::input::{self, Input, taken};
use crate::hook::keys;
use crate::proof::{self, Purpose};
use crate::{Ctx, Engine, Error, Result, authority, clock, demand, ids};
use domain::audit::Event;
use domain::authz::Action;
use domain::refusal::Refusal;
use domain::webhook::address::shown;
use serde_json::json;
use uuid::Uuid;

/// A hook that was made.
#[derive(Clone, Debug)]
pub struct Created {
    /// Its id.
    pub id: Uuid,
    /// Its secret, which is not shown again.
    pub secret: String,
}

/// Makes the hook, on from now. It takes a fresh code: the audit leaves the house by it.
///
/// # Errors
/// Not for this person; what is wrong with the input, all at once; the code is missing or wrong.
pub async fn create_hook(engine: &Engine, ctx: &Ctx, input: &Input, code: &str) -> Result<Created> {
    authority::require(ctx, &Action::ManageHooks)?;
    let (judged, address) = match input::judge_new(engine.settings.outbound.rules(), input) {
        Ok(judged) => judged,
        Err(refusals) => return Err(refused(engine, ctx, refusals).await),
    };
    let (id, shown) = (ids::new(), shown(&address));
    let (secret, sealed) = keys::new_secret(&engine.settings, id)?;
    let mut tx = engine.begin().await?;
    let made = sqlx::query(
        "insert into hooks (id, name, format, address, shown, secret, topics, refusals, made_by, position, anchor) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, coalesce((select max(position) from audit_chain), 0), \
           coalesce((select max(position) from audit_anchors), 0)) on conflict (lower(name)) where deleted_at is null do nothing",
    )
    .bind(id)
    .bind(&judged.name)
    .bind(judged.format.wire())
    .bind(keys::seal_address(&engine.settings, id, &address)?)
    .bind(&shown)
    .bind(sealed)
    .bind(judged.topics())
    .bind(judged.refusals)
    .bind(ctx.person().0)
    .execute(&mut *tx)
    .await?;
    if made.rows_affected() == 0 {
        drop(tx);
        return Err(refused(engine, ctx, taken().into()).await);
    }
    let subject = [format!("webhook {} to {shown}", judged.name)];
    let given = proof::give(engine, &mut tx, ctx, code, Purpose::AdminOp, &subject).await?;
    let now = clock::now(&mut tx).await?;
    if let Some(refusal) = demand::fresh(given.given, now) {
        drop(tx);
        return Err(refused(engine, ctx, refusal.into()).await);
    }
    let facts = json!({ "hook": id, "name": judged.name, "address": shown, "format": judged.format.wire(),
        "events": judged.topics(), "refusals": judged.refusals });
    let about = About { facts: Some(facts), proof: given.proofs.first().copied(), ..About::default() };
    audit::done(&mut tx, &ctx.by(), Event::HookCreated, &about).await?;
    tx.commit().await?;
    Ok(Created { id, secret })
}

async fn refused(engine: &Engine, ctx: &Ctx, refusals: Vec<Refusal>) -> Error {
    audit::refused(engine, &ctx.by(), Event::HookCreated, About::default(), refusals).await
}
