//! What is read from the database for metrics: each part by itself, so that one that fails hides no other, and never more often
//! than every few seconds, however many ask.

use super::Meters;
use engine::ask::measured::news::{self, Mark};
use engine::ask::measured::{self, Alerts, Application, Audit, Outbox};
use sqlx::pool::PoolConnection;
use sqlx::{PgPool, Postgres};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;
use tokio::time::timeout;

/// How long a reading may take, all in all. Each statement has its own end before.
const PATIENCE: Duration = Duration::from_secs(5);

/// What was read. What could not be read is left out: an old number would look like a new one.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// The database answered at all.
    pub up: bool,
    /// Which parts could be read.
    pub parts: BTreeMap<&'static str, bool>,
    /// The audit.
    pub audit: Option<Audit>,
    /// Mail and webhooks.
    pub outboxes: Vec<Outbox>,
    /// Alerts.
    pub alerts: Option<Vec<Alerts>>,
    /// Provisioning.
    pub applications: Vec<Application>,
}

/// Reads, and keeps for a while.
pub struct Reading {
    pool: PgPool,
    fresh: Duration,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    known: Option<(Instant, Arc<Known>)>,
    mark: Option<Mark>,
}

impl Reading {
    /// From a pool of its own, so that it is told of a database whose connections are all taken. What was read holds for `fresh`.
    pub fn new(pool: PgPool, fresh: Duration) -> Self {
        Self { pool, fresh, kept: Mutex::default() }
    }

    /// What is known. Who asks while somebody reads waits for that.
    pub async fn look(&self, meters: &Meters) -> Arc<Known> {
        let mut kept = self.kept.lock().await;
        if let Some((_, known)) = kept.known.as_ref().filter(|(at, _)| at.elapsed() < self.fresh) {
            return Arc::clone(known);
        }
        let mut known = Known::default();
        let read = timeout(PATIENCE, self.read(&mut known, &mut kept.mark, meters)).await;
        match read {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "the database could not be read for metrics"),
            Err(_) => tracing::warn!("the database is too slow for metrics"),
        }
        let known = Arc::new(known);
        // also when it failed: a database that is away is not asked by everybody again
        kept.known = Some((Instant::now(), Arc::clone(&known)));
        known
    }

    async fn read(&self, known: &mut Known, mark: &mut Option<Mark>, meters: &Meters) -> sqlx::Result<()> {
        let mut conn = self.pool.acquire().await?;
        let audit = measured::audit(&mut conn).await;
        known.audit = known.part("audit", audit);
        let outboxes = measured::outboxes(&mut conn).await;
        known.outboxes = known.part("outbox", outboxes).unwrap_or_default();
        let alerts = measured::alerts(&mut conn).await;
        known.alerts = known.part("alerts", alerts);
        let applications = measured::applications(&mut conn).await;
        known.applications = known.part("provisioning", applications).unwrap_or_default();
        let news = count(&mut conn, mark, meters).await;
        known.part("events", news);
        Ok(())
    }
}

impl Known {
    /// Notes whether a part could be read.
    fn part<T>(&mut self, part: &'static str, read: engine::Result<T>) -> Option<T> {
        self.up |= read.is_ok();
        self.parts.insert(part, read.is_ok());
        read.inspect_err(|error| tracing::warn!(?error, part, "can't be read for metrics")).ok()
    }
}

/// Counts what is new. The mark moves with what was counted, so that nothing is counted twice.
async fn count(
    conn: &mut PoolConnection<Postgres>,
    mark: &mut Option<Mark>,
    meters: &Meters,
) -> engine::Result<()> {
    let Some(from) = *mark else {
        *mark = Some(news::begin(conn).await?);
        return Ok(());
    };
    let (news, to) = news::since(conn, from).await?;
    meters.happened(news);
    *mark = Some(to);
    Ok(())
}
