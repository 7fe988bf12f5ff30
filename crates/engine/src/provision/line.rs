//! Somebody's work on an application: its turn in the bucket, the fence of its key, and why it stops.

use super::app::App;
use crate::{Engine, Error, Result};
use chrono::{DateTime, TimeDelta, Utc};
use domain::provision::bucket::Pace;
use std::time::Duration;
use uuid::Uuid;

/// Nobody else takes a key for so long after each request of it began: longer than a request can take, and short enough that the
/// work of a server that died is taken up within a minute.
pub(crate) const LEASE: &str = "45 seconds";
/// A turn that is further away than this is not waited for: others may have something to do.
const PATIENCE: TimeDelta = TimeDelta::seconds(20);
/// Longest time in which a transaction for a turn is begun without waiting for the disk.
const BEGIN: &str = "begin; set local synchronous_commit = off";

/// Why work on a key stops.
#[derive(Debug)]
pub(crate) enum Stop {
    /// The database.
    Engine(Error),
    /// Somebody else has the key now.
    Lost,
    /// The application is to be left alone for so many seconds.
    Pause(f64),
    /// There is something to give, and the application is in quarantine.
    Held,
    /// What is wanted changed meanwhile: it is read anew.
    Stale,
    /// Somebody else makes or rewrites the group.
    Busy,
    /// It did not go well.
    Failed(String, Again),
    /// It waits for somebody to allow it.
    Blocked(String),
}

impl Stop {
    /// As people read it.
    pub(crate) fn words(&self) -> String {
        match self {
            Stop::Failed(why, _) | Stop::Blocked(why) => why.clone(),
            Stop::Pause(seconds) => format!("The application asked to be left alone for {seconds:.0} s."),
            Stop::Held => "The application is in quarantine: only removals go.".into(),
            Stop::Stale => "What is wanted changed meanwhile; it goes on with that.".into(),
            Stop::Busy => "Somebody else works on the group at this moment.".into(),
            Stop::Lost => "Another server went on with it.".into(),
            Stop::Engine(_) => "It could not be worked on here; the log says why.".into(),
        }
    }
}

/// When what failed is tried again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Again {
    /// In seconds, then minutes.
    Soon,
    /// In hours: the data or the settings have to change first.
    Later,
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Stop::Engine(error)
    }
}

impl From<sqlx::Error> for Stop {
    fn from(error: sqlx::Error) -> Self {
        Stop::Engine(error.into())
    }
}

/// Somebody's work on an application.
#[derive(Clone)]
pub(crate) struct Line {
    pub engine: Engine,
    pub app: App,
    /// Of which person, under which lease; tests and sweeps have none.
    pub key: Option<Key>,
    /// Why it is done, and by whom if somebody asked.
    pub why: String,
    pub actor: Option<Uuid>,
}

/// A key under a lease.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct Key {
    pub user_id: Uuid,
    pub generation: i64,
    pub lease: Uuid,
    pub fence: i64,
    pub attempts: i32,
    pub failing_since: Option<DateTime<Utc>>,
    pub why: String,
}

impl Line {
    /// Keeps the key for as long as a request can take.
    pub(crate) async fn hold(&self, conn: &mut sqlx::PgConnection) -> Result<(), Stop> {
        let Some(key) = &self.key else { return Ok(()) };
        let held = format!(
            "update application_people set leased_until = clock() + interval '{LEASE}' \
             where application_id = $1 and user_id = $2 and lease = $3 and fence = $4"
        );
        let held = sqlx::query(sqlx::AssertSqlSafe(held))
            .bind(self.app.id)
            .bind(key.user_id)
            .bind(key.lease)
            .bind(key.fence)
            .execute(conn)
            .await?;
        if held.rows_affected() == 1 { Ok(()) } else { Err(Stop::Lost) }
    }

    pub(crate) async fn hold_now(&self) -> Result<(), Stop> {
        let mut conn = self.engine.pool.acquire().await?;
        self.hold(&mut conn).await
    }

    /// Waits until something may be sent.
    pub(crate) async fn wait_for_turn(&self) -> Result<(), Stop> {
        let wait = self.turn().await?;
        if !wait.is_zero() {
            tokio::time::sleep(wait).await;
            self.hold_now().await?;
        }
        Ok(())
    }

    /// Whether it is kept to a pause. Somebody who tests wants to know at once.
    fn waits(&self) -> bool {
        self.key.is_some() || self.why == super::drift::WHY
    }

    /// Takes a place in the bucket, and holds the key for as long as a request can take: how long to wait before sending.
    async fn turn(&self) -> Result<Duration, Stop> {
        let mut tx = self.engine.pool.begin_with(BEGIN).await?;
        // the application first, as everybody does who holds it and keys of it
        let row: Option<Turn> = sqlx::query_as(
            "select full_at, per_second, burst, pace_share, slowed_at, paused_until, clock() as now from applications \
             where id = $1 and deleted_at is null for no key update",
        )
        .bind(self.app.id)
        .fetch_optional(&mut *tx)
        .await?;
        let held = self.hold(&mut tx).await;
        let (Some(row), Ok(())) = (row, &held) else {
            tx.rollback().await?;
            return Err(held.err().unwrap_or(Stop::Lost));
        };
        if let Some(until) = row.paused_until.filter(|until| *until > row.now && self.waits()) {
            tx.rollback().await?;
            return Err(Stop::Pause(seconds(until - row.now)));
        }
        let (full_at, wait) = row.pace().take(row.full_at, row.now);
        if wait > PATIENCE {
            tx.rollback().await?;
            return Err(Stop::Pause(seconds(wait)));
        }
        let taken = "update applications set full_at = $2 where id = $1";
        sqlx::query(taken).bind(self.app.id).bind(full_at).execute(&mut *tx).await?;
        tx.commit().await?;
        Ok(wait.to_std().unwrap_or_default())
    }
}

fn seconds(wait: TimeDelta) -> f64 {
    wait.num_milliseconds() as f64 / 1000.0
}

#[derive(sqlx::FromRow)]
struct Turn {
    full_at: DateTime<Utc>,
    per_second: i32,
    burst: i32,
    pace_share: f64,
    slowed_at: Option<DateTime<Utc>>,
    paused_until: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
}

impl Turn {
    fn pace(&self) -> Pace {
        Pace {
            per_second: f64::from(self.per_second),
            burst: self.burst.unsigned_abs(),
            share: self.pace_share,
            slowed_at: self.slowed_at,
        }
    }
}
