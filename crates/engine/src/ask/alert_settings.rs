//! What raises alerts: the settings in force, and who saved them.

use crate::db::alerts::{self, Versioned};
use crate::{Ctx, Engine, Result, authority};
use chrono::{DateTime, Utc};
use domain::authz::{Action, allows};

/// The settings with their past.
#[derive(Clone, Debug)]
pub struct Shown {
    /// In force.
    pub current: Versioned,
    /// Every saved version, the newest first; at most the last twenty.
    pub versions: Vec<Saved>,
    /// The reader may change them.
    pub may_set: bool,
}

/// A saved version.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Saved {
    /// Which.
    pub version: i32,
    /// When.
    pub at: DateTime<Utc>,
    /// By whom.
    pub by: String,
    /// Why.
    pub reason: String,
}

/// Reads them.
///
/// # Errors
/// Not for this person.
pub async fn alert_settings(engine: &Engine, ctx: &Ctx) -> Result<Shown> {
    authority::require(ctx, &Action::ReadAlerts)?;
    let mut conn = engine.pool.acquire().await?;
    let current = alerts::settings(&mut conn).await?;
    let versions = sqlx::query_as(
        "select s.version, s.saved_at as at, u.display_name as by, s.reason \
         from alert_settings s join users u on u.id = s.saved_by order by s.version desc limit 20",
    )
    .fetch_all(&mut *conn)
    .await?;
    Ok(Shown { current, versions, may_set: allows(&ctx.actor, &Action::SetAlerts) })
}
