//! Signing out: the session is gone when this returns.

use crate::audit::spool::surely;
use crate::audit::{self, About};
use crate::db::sessions;
use crate::{Ctx, Engine, Result};
use domain::audit::Event;

/// Ends the caller's own session.
///
/// # Errors
/// The database can't be reached.
pub async fn sign_out(engine: &Engine, ctx: &Ctx) -> Result<()> {
    surely(|| once(engine, ctx)).await
}

async fn once(engine: &Engine, ctx: &Ctx) -> Result<()> {
    let mut tx = engine.begin().await?;
    if sessions::end(&mut tx, ctx.person(), &ctx.session.hash).await? {
        let about = About { principal: Some(ctx.person().into()), ..About::default() };
        audit::done(&mut tx, &ctx.by(), Event::SignedOut, &about).await?;
    }
    tx.commit().await?;
    Ok(())
}
