//! How connections are kept.

use sqlx::postgres::PgPoolOptions;
use sqlx::{Connection, Executor};
use std::time::Duration;

/// A connection is asked whether it still lives when it lay idle for longer than this. It was asked when it was given
/// back, so one that goes from hand to hand need not answer twice, which would be a round trip of every act.
const TRUSTED: Duration = Duration::from_secs(5);

/// Adds that to the options of a pool.
pub fn trusting(options: PgPoolOptions) -> PgPoolOptions {
    options.test_before_acquire(false).before_acquire(|connection, kept| {
        Box::pin(async move {
            if kept.idle_for > TRUSTED {
                connection.ping().await?;
            }
            Ok(true)
        })
    })
}

/// Adds the role of the running server to the options of a pool: what is done by it can't change history.
pub fn restricted(options: PgPoolOptions) -> PgPoolOptions {
    options.after_connect(|connection, _| {
        Box::pin(async move { connection.execute("set role pimento_app").await.map(drop) })
    })
}
