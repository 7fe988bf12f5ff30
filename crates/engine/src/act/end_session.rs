//! Ending sessions of one's own: one, or all others.

use crate::audit::spool::surely;
use crate::audit::{self, About};
use crate::db::sessions;
use crate::{Ctx, Engine, Error, Result};
use domain::audit::Event;
use serde_json::json;

/// Ends one session of the caller; `id_hash` as listed.
///
/// # Errors
/// Not found: it is over already, or somebody else's.
pub async fn end_one(engine: &Engine, ctx: &Ctx, id_hash: &[u8]) -> Result<()> {
    surely(|| one(engine, ctx, id_hash)).await
}

async fn one(engine: &Engine, ctx: &Ctx, id_hash: &[u8]) -> Result<()> {
    let mut tx = engine.begin().await?;
    if !sessions::end(&mut tx, ctx.person(), id_hash).await? {
        return Err(Error::not_found());
    }
    audit::done(&mut tx, &ctx.by(), Event::SessionEnded, &about(ctx, 1)).await?;
    tx.commit().await?;
    Ok(())
}

/// Ends all sessions of the caller but the present one; says how many.
///
/// # Errors
/// The database can't be reached.
pub async fn end_others(engine: &Engine, ctx: &Ctx) -> Result<u64> {
    surely(|| others(engine, ctx)).await
}

async fn others(engine: &Engine, ctx: &Ctx) -> Result<u64> {
    let mut tx = engine.begin().await?;
    let ended = sessions::end_others(&mut tx, ctx.person(), &ctx.session.hash).await?;
    if ended > 0 {
        audit::done(&mut tx, &ctx.by(), Event::SessionEnded, &about(ctx, ended)).await?;
    }
    tx.commit().await?;
    Ok(ended)
}

fn about(ctx: &Ctx, ended: u64) -> About {
    About { principal: Some(ctx.person().into()), facts: Some(json!({ "ended": ended })), ..About::default() }
}
