//! The transaction of a use case, and how its commit becomes durable.
//!
//! The audit is one chain, so whoever has written an event holds the chain's lock until her commit ends. Would that wait
//! for the disk, everybody would flush alone, one after the other. So the commit itself does not wait
//! (`synchronous_commit = off` in this transaction), which frees the lock at once; then [`Tx::commit`] waits for a flush
//! that it shares with all who committed meanwhile. It answers when what was done is as durable as the server's
//! `synchronous_commit` promises, never before. The log is flushed in its order: nothing that builds on a commit can
//! outlive it.

use crate::{Error, Result};
use sqlx::{PgConnection, PgPool, Postgres};
use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
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
    /// The database refuses or can't be reached. When it was lost during the flush, the transaction may be true all the
    /// same, as always when the answer to a commit is lost.
    pub async fn commit(self) -> Result<()> {
        self.inner.commit().await?;
        self.flush.wait().await
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
    /// The number of the last flush that ended well.
    ended: Mutex<u64>,
}

impl Flush {
    /// `pool` is one whose holders wait for no other connection.
    pub(crate) fn new(pool: PgPool) -> Self {
        Self { pool, begun: AtomicU64::new(0), ended: Mutex::new(0) }
    }

    /// Waits until everything committed before this call is durable.
    pub(crate) async fn wait(&self) -> Result<()> {
        // one that has already begun may have missed what was committed after its start
        let missed = self.begun.load(SeqCst);
        let mut ended = self.ended.lock().await;
        if *ended > missed {
            return Ok(());
        }
        let number = self.begun.fetch_add(1, SeqCst) + 1;
        // a commit that has something to write, as the server is set: the log before it is flushed with it
        sqlx::query("select pg_logical_emit_message(true, 'pimento', '')")
            .execute(&self.pool)
            .await
            .map_err(Error::from)?;
        *ended = number;
        Ok(())
    }
}
