//! The one clock: the database's. Lock in one statement, read the clock in the next, then compare (security.md
//! section 0, point 1): a comparison inside the locking statement would use a time from before the wait.

use crate::Result;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

/// The database's time, read by a statement of its own.
///
/// # Errors
/// The database can't be reached.
pub async fn now(conn: &mut PgConnection) -> Result<DateTime<Utc>> {
    Ok(sqlx::query_scalar("select clock()").fetch_one(conn).await?)
}
