//! Reads on in the audit, without missing what was committed out of order.

use crate::Result;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use std::collections::BTreeMap;

/// How often a number that was passed over is looked for again. A transaction that took it and goes on for longer than
/// that many looks is told of by nobody: open pages learn of it when they are looked at the next time.
const PATIENCE: u32 = 240;

/// Most events that one look finds; the rest is found by the next one.
pub const MOST: usize = 1000;

/// Most numbers that are looked for again. Refused transactions leave one each.
const MOST_MISSING: usize = 10_000;

/// Where a reader of the audit is.
#[derive(Debug)]
pub struct Feed {
    /// The highest number found.
    after: i64,
    /// Numbers below it that nobody has committed yet, and how many more looks they get.
    missing: BTreeMap<i64, u32>,
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
    events: Vec<i64>,
}

fn most() -> i64 {
    i64::try_from(MOST).unwrap_or(i64::MAX)
}

/// The events after this mark, the oldest first, [`MOST`] at most.
///
/// # Errors
/// The database can't be reached.
pub async fn since(conn: &mut PgConnection, mark: i64) -> Result<Vec<i64>> {
    let found = sqlx::query_scalar("select seq from audit_events where seq > $1 order by seq limit $2");
    Ok(found.bind(mark).bind(most()).fetch_all(conn).await?)
}

impl Feed {
    /// Begins behind the newest event.
    ///
    /// # Errors
    /// The database can't be reached.
    pub async fn start(conn: &mut PgConnection) -> Result<Self> {
        let after =
            sqlx::query_scalar("select coalesce(max(seq), 0) from audit_events").fetch_one(conn).await?;
        Ok(Self { after, missing: BTreeMap::new() })
    }

    /// The events that were committed since the last look, each once.
    ///
    /// # Errors
    /// The database can't be reached: then the next look finds them.
    pub async fn look(&mut self, conn: &mut PgConnection) -> Result<Found> {
        let missing: Vec<i64> = self.missing.keys().copied().collect();
        let Row { now, events } = sqlx::query_as(
            "select clock() as now, array( \
               (select seq from audit_events where seq > $1 order by seq limit $3) \
               union all select seq from audit_events where seq = any ($2)) as events",
        )
        .bind(self.after)
        .bind(missing)
        .bind(most())
        .fetch_one(conn)
        .await?;
        self.missing.retain(|_, looks| {
            *looks -= 1;
            *looks > 0
        });
        for event in &events {
            self.pass(*event);
        }
        Ok(Found { events, now })
    }

    fn pass(&mut self, event: i64) {
        self.missing.remove(&event);
        for skipped in self.after + 1..event {
            if self.missing.len() < MOST_MISSING {
                self.missing.insert(skipped, PATIENCE);
            }
        }
        self.after = self.after.max(event);
    }

    /// Everything up to this number has been found or never will be: a page that is made from now on holds it.
    pub fn mark(&self) -> i64 {
        self.missing.keys().next().map_or(self.after, |first| first - 1)
    }
}
