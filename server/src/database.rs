//! Connections: which database, as which role, with which limits.

use crate::config::Settings;
use anyhow::{Context, Result};
use devdb::{Cluster, Durability};
use secrecy::{ExposeSecret, SecretString};
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{ConnectOptions, Executor, PgConnection};
use std::str::FromStr;
use std::time::Duration;

/// The database of this process. Keeps the private cluster running, if it is one.
pub struct Database {
    url: SecretString,
    cluster: Option<Cluster>,
}

/// Limits of a pool's statements (security.md 6.14).
#[derive(Clone, Copy, Debug)]
pub enum Use {
    /// Somebody waits for an answer.
    Web,
    /// Nobody waits.
    Worker,
    /// Somebody will ask again in some seconds.
    Metrics,
}

impl Database {
    /// The one named in the settings, else a private cluster, which is made when there is none.
    ///
    /// # Errors
    /// When the private cluster can't be started; the message says what is missing.
    pub fn open(settings: &Settings) -> Result<Self> {
        if let Some(url) = &settings.database_url {
            return Ok(Self { url: url.clone(), cluster: None });
        }
        let dir = devdb::default_dir("database")?;
        eprintln!("No DATABASE_URL: using a private PostgreSQL in {}", dir.display());
        let cluster = Cluster::attach_or_start(&dir, Durability::Durable)?;
        Ok(Self { url: cluster.url(devdb::DATABASE).into(), cluster: Some(cluster) })
    }

    /// The private cluster, if there is one.
    pub fn private(&self) -> Option<&Cluster> {
        self.cluster.as_ref()
    }

    fn options(&self) -> Result<PgConnectOptions> {
        let options = PgConnectOptions::from_str(self.url.expose_secret());
        // The address holds the password, so the cause is not told.
        let options = options.map_err(|_| anyhow::anyhow!("DATABASE_URL is not an address of PostgreSQL"))?;
        Ok(options.application_name("pimento"))
    }

    /// A connection as the owner of the schema.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn owner(&self) -> Result<PgConnection> {
        self.options()?.connect().await.context("the database does not answer")
    }

    /// Connections as the restricted role of the running server.
    ///
    /// # Errors
    /// When the database does not answer or does not know the role: then it was never migrated.
    pub async fn pool(&self, size: u32, how: Use) -> Result<PgPool> {
        let statements = match how {
            Use::Web => "5s",
            Use::Worker => "30s",
            Use::Metrics => "2s",
        };
        // Reads here take milliseconds; compiling a plan, which PostgreSQL does where it expects many rows, takes hundreds.
        let set = format!(
            "set role pimento_app; set jit = off; set statement_timeout = '{statements}'; set lock_timeout = '2s'; \
             set idle_in_transaction_session_timeout = '10s'"
        );
        let pool = engine::pool::trusting(PgPoolOptions::new())
            .max_connections(size)
            .acquire_timeout(Duration::from_secs(5))
            .after_connect(move |connection, _| {
                let set = sqlx::AssertSqlSafe(set.clone());
                Box::pin(async move { connection.execute(sqlx::raw_sql(set)).await.map(drop) })
            })
            .connect_with(self.options()?)
            .await;
        pool.context("the database does not answer, or was never migrated: pimento migrate")
    }

    /// Leaves the private cluster; the last one out stops it.
    pub fn close(self) {
        if let Some(cluster) = self.cluster {
            cluster.stop();
        }
    }
}
