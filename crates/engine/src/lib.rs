//! Use cases and reads on PostgreSQL.
//!
//! [`act`] holds one file per use case. Each is five steps: begin, load and lock, decide (by the rules in `domain`),
//! write, commit; its audit row is written in the same transaction. [`ask`] holds one file per page or report. Time
//! decisions read the database's clock, after the lock, in the next statement ([`clock`]).
//!
//! One lock order for everything: nesting → groups on the way ([`grounds`]) → slot → request → assignment → policy (the target's row) → audit.

pub mod access_review;
pub mod act;
pub mod administrators;
pub mod alert;
pub mod alike;
pub mod approvers;
pub mod ask;
pub mod audit;
pub mod authority;
pub mod bulk;
pub mod circle;
pub mod clock;
pub mod ctx;
pub mod db;
mod deciding;
pub mod demand;
pub mod demo;
pub mod desk;
pub mod device;
pub mod error;
pub mod factor;
mod flush;
pub mod grounds;
pub mod guard;
pub mod hashing;
pub mod hook;
pub mod ids;
pub mod import;
pub mod insight;
pub mod invitation;
mod known;
pub mod live;
pub mod mail;
pub mod nesting;
pub mod outbound;
pub mod pool;
pub mod proof;
pub mod provision;
pub mod pulse;
pub mod renewal;
pub mod roots;
pub mod secret;
pub mod settle;
pub mod spreadsheet;
pub mod standing;
pub mod step_up;
mod subject;
mod supply;
#[cfg(feature = "testkit")]
pub mod testkit;
pub mod throttle;
pub mod totp;
pub mod worker;

pub use ctx::Ctx;
pub use error::{Error, Result};
pub use flush::Tx;

use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The handle everybody clones.
#[derive(Clone)]
pub struct Engine {
    /// Connections that run as the restricted role `pimento_app`.
    pub pool: PgPool,
    /// A few more connections for what must stay written when the caller's transaction is rolled back: counts of
    /// failed tries. Whoever holds one waits for no other connection, so a caller that holds one of `pool` may.
    pub aside: PgPool,
    /// What the operator decided.
    pub settings: Arc<Settings>,
    /// How the loops of this process do.
    pub pulse: pulse::Pulse,
    flush: Arc<flush::Flush>,
}

/// What the operator decided and use cases need.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Name of the organisation, shown at sign-in and in authenticator apps.
    pub organisation: String,
    /// Address people reach us at; links are built from it, never from a request header.
    pub public_url: String,
    /// Seals second-factor secrets at rest; 32 bytes.
    pub key: secrecy::SecretSlice<u8>,
    /// The mail server; without one, mails are kept in the database and read there.
    pub post: Option<mail::post::Post>,
    /// The way out to other programs.
    pub outbound: outbound::Outbound,
    /// Signs the end of the audit; without it, there are no anchors.
    pub anchors: Option<audit::anchors::Signing>,
}

impl Engine {
    /// A handle on this pool.
    pub fn new(pool: PgPool, settings: Settings) -> Self {
        let aside = aside(&pool);
        let flush = Arc::new(flush::Flush::new(&pool));
        Self { pool, aside, settings: Arc::new(settings), pulse: pulse::Pulse::default(), flush }
    }

    /// Begins the transaction of a use case.
    ///
    /// # Errors
    /// The database can't be reached.
    pub async fn begin(&self) -> Result<Tx> {
        let since = Instant::now();
        let begun = Tx::begin(&self.pool, &self.flush).await;
        self.pulse.waited(since, begun.is_ok());
        begun
    }

    /// Waits until everything that was committed before is durable. For what must not outlive what it rests on.
    ///
    /// # Errors
    /// The database can't be reached.
    pub async fn flush(&self) -> Result<()> {
        self.flush.wait().await
    }
}

/// Opened when first needed, as the same restricted role.
fn aside(of: &PgPool) -> PgPool {
    pool::restricted(PgPoolOptions::new())
        .max_connections(3)
        .idle_timeout(Duration::from_secs(60))
        .connect_lazy_with((*of.connect_options()).clone())
}
