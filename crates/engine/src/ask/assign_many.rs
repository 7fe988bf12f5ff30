//! Assigning many at once: who may, and what came of it.

use crate::bulk::report::Report;
use crate::db::bulk_results;
use crate::{Ctx, Engine, Result, authority};
use chrono::{DateTime, Utc};
use domain::ids::RequestKey;

/// Whether this person manages anything that could be assigned.
///
/// # Errors
/// She doesn't; the database can't be reached.
pub async fn require(engine: &Engine, ctx: &Ctx) -> Result<()> {
    let mut conn = engine.pool.acquire().await?;
    authority::require_assigns_many(&mut conn, ctx).await
}

/// What came of a form of this person's, and when it was carried out.
///
/// # Errors
/// Unknown, somebody else's, or older than 30 days, alike.
pub async fn result(engine: &Engine, ctx: &Ctx, form: RequestKey) -> Result<(DateTime<Utc>, Report)> {
    let mut conn = engine.pool.acquire().await?;
    bulk_results::find(&mut conn, form, ctx.person()).await
}
