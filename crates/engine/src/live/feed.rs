//! Reads on in the audit by the positions of its chain. They are given at the commit, one transaction after the other, so
//! that nothing turns up later in front of what was read.

use crate::Result;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

/// Most events that one look finds; the rest is found by the next one.
pub const MOST: usize = 1000;

/// Where a reader of the audit is.
#[derive(Debug)]
pub struct Feed {
    /// The last position found.
    after: i64,
}

/// What one look found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Numbers of the new events.
    pub events: Vec<i64>,
    /// The database's time.
    pub now: DateTime<Utc>,
}

#[derive(sqlx::FromRow)]
struct Row {
    now: DateTime<Utc>,
    after: Option<i64>,
    events: Vec<i64>,
}

/// The events after this position, the oldest first, [`MOST`] at most.
///
/// # Errors
/// The database can't be reached.
pub async fn since(conn: &mut PgConnection, mark: i64) -> Result<Vec<i64>> {
    Ok(read(conn, mark).await?.events)
}

async fn read(conn: &mut PgConnection, after: i64) -> Result<Row> {
    let row = sqlx::query_as(
        "select clock() as now, max(position) as after, coalesce(array_agg(seq order by position), '{}') as events \
         from (select position, seq from audit_chain where position > $1 order by position limit $2) next",
    );
    let most = i64::try_from(MOST).unwrap_or(i64::MAX);
    Ok(row.bind(after).bind(most).fetch_one(conn).await?)
}

impl Feed {
    /// Begins behind the newest event.
    ///
    /// # Errors
    /// The database can't be reached.
    pub async fn start(conn: &mut PgConnection) -> Result<Self> {
        let after = sqlx::query_scalar("select coalesce(max(position), 0) from audit_chain");
        Ok(Self { after: after.fetch_one(conn).await? })
    }

    /// The events that were committed since the last look, each once.
    ///
    /// # Errors
    /// The database can't be reached: then the next look finds them.
    pub async fn look(&mut self, conn: &mut PgConnection) -> Result<Found> {
        let Row { now, after, events } = read(conn, self.after).await?;
        self.after = after.unwrap_or(self.after);
        Ok(Found { events, now })
    }

    /// A page that is made from now on holds everything up to this position.
    pub fn mark(&self) -> i64 {
        self.after
    }
}
