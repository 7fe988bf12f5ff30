//! Tells those who see alerts of one, once.

use crate::Result;
use chrono::{DateTime, Utc};
use domain::notice::Notice;
use sqlx::PgConnection;
use uuid::Uuid;

/// Writes a notice of what happened to an alert at `now`.
///
/// # Errors
/// The database can't be reached.
pub async fn notice(conn: &mut PgConnection, notice: Notice, alert: Uuid, now: DateTime<Utc>) -> Result<()> {
    sqlx::query(
        "insert into notices (kind, alert_id, once) values ($1, $2, $3) on conflict (once) do nothing",
    )
    .bind(notice.wire())
    .bind(alert)
    .bind(format!("{} {alert} {}", notice.wire(), now.timestamp()))
    .execute(conn)
    .await?;
    Ok(())
}
