//! The transaction of a use case, and how its commit becomes durable.
//!
//! The audit is one chain, so whoever has written an event holds the chain's lock until her commit ends. Would that wait
//! for the disk, everybody would flush alone, one after the other. So the commit itself does not wait
//! (`synchronous_commit = off` in this transaction), which frees the lock at once; then [`Tx::commit`] waits for a flush
//! that it shares with all who committed meanwhile. It answers when what was done is as durable as the server's
//! `synchronous_commit` promises, never before. The log is flushed in its order: nothing that builds on a commit can
//! outlive it (`docs/decisions/0008-commits-share-a-flush.md`).

use crate::{Error, Result, pool};
use sqlx::postgres::PgPoolOptions;
use sqlx::{PgConnection, PgPool, Postgres};
use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::time::Duration;
use tokio::sync::Mutex;

/// Two statements in one round trip.
const BEGIN: &str = "begin; set local synchronous_commit = off";

/// The transaction of a use case: rolled back unless committed.
pub struct Tx {
    inner: sqlx::Transaction<'static, Postgres>,
    flush: Arc<Flush>,
}

impl Tx {
    pub(crate) async fn begin(pool: &PgPool, flush: &Arc<Flush>) -> Result<Self> {
        Ok(Self { inner: pool.begin_with(BEGIN).await?, flush: Arc::clone(flush) })
    }

    /// Makes it true for everybody, and answers once it is durable.
    ///
    /// # Errors
    /// The database refuses: nothing was done. Or its answer or that of the flush was lost: [`Error::Unconfirmed`].
    pub async fn commit(self) -> Result<()> {
        match self.inner.commit().await {
            Ok(()) => self.flush.wait().await,
            Err(refused @ sqlx::Error::Database(_)) => Err(refused.into()),
            Err(lost) => Err(Error::Unconfirmed(lost.to_string())),
        }
    }

    /// Takes everything back.
    ///
    /// # Errors
    /// The database can't be reached.
    pub async fn rollback(self) -> Result<()> {
        Ok(self.inner.rollback().await?)
    }
}

impl Deref for Tx {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        &self.inner
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.inner
    }
}

/// One flush at a time, shared by all who wait for the next one.
pub(crate) struct Flush {
    pool: PgPool,
    begun: AtomicU64,
    ended: Mutex<Ended>,
}

/// The numbers of the last flushes that ended well and badly.
#[derive(Default)]
struct Ended {
    well: u64,
    badly: u64,
    problem: String,
}

impl Flush {
    /// By connections of its own to the server of this pool: whoever waits for a flush may hold one of those.
    pub(crate) fn new(of: &PgPool) -> Self {
        let options = (*of.connect_options()).clone().options([("statement_timeout", "5s")]);
        let pool = pool::restricted(pool::trusting(PgPoolOptions::new()))
            .max_connections(1)
            .acquire_timeout(Duration::from_secs(5))
            .connect_lazy_with(options);
        Self { pool, begun: AtomicU64::new(0), ended: Mutex::default() }
    }

    /// Waits until everything committed before this call is durable.
    pub(crate) async fn wait(&self) -> Result<()> {
        // one that has already begun may have missed what was committed after its start
        let missed = self.begun.load(SeqCst);
        let mut ended = self.ended.lock().await;
        if ended.well > missed {
            return Ok(());
        }
        // all who waited for it hear of it together, instead of each waiting for a database that is away
        if ended.badly > missed {
            return Err(Error::Unconfirmed(ended.problem.clone()));
        }
        let number = self.begun.fetch_add(1, SeqCst) + 1;
        // a commit that has something to write, as the server is set: the log before it is flushed with it
        let flushed =
            sqlx::query("select pg_logical_emit_message(true, 'pimento', '')").execute(&self.pool).await;
        match flushed {
            Ok(_) => ended.well = number,
            Err(problem) => {
                ended.badly = number;
                ended.problem = problem.to_string();
                return Err(Error::Unconfirmed(ended.problem.clone()));
            }
        }
        Ok(())
    }
}
