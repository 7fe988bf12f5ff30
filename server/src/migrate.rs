//! The schema: bringing a database up to date, and seeing whether it is.

use sqlx::PgConnection;
use sqlx::migrate::{MigrateError, Migrator};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The migrations this program was built with.
pub static MIGRATIONS: Migrator = sqlx::migrate!("../migrations");

/// How the database compares with this program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Schema {
    /// As this program expects it.
    Current,
    /// Older: migrations have to run.
    Behind,
    /// Applied migrations differ from those of this program, or it is newer.
    Foreign,
}

/// Brings the database up to date. Needs a connection that may change the schema.
///
/// # Errors
/// When a migration fails or an applied one differs from that of this program.
pub async fn run(connection: &mut PgConnection) -> Result<(), MigrateError> {
    MIGRATIONS.run(&mut *connection).await?;
    // So that the running server can see whether the schema is current.
    sqlx::query("grant select on _sqlx_migrations to pimento_app").execute(connection).await?;
    Ok(())
}

/// Throws everything away, for the sample company only.
///
/// # Errors
/// When the database does not answer.
pub async fn reset(connection: &mut PgConnection) -> sqlx::Result<()> {
    sqlx::raw_sql("drop schema public cascade; create schema public").execute(connection).await?;
    Ok(())
}

/// Compares the database with this program.
///
/// # Errors
/// When the database does not answer.
pub async fn state(connection: &mut PgConnection) -> sqlx::Result<Schema> {
    let known: Option<bool> =
        sqlx::query_scalar("select true where to_regclass('_sqlx_migrations') is not null")
            .fetch_optional(&mut *connection)
            .await?;
    if known.is_none() {
        return Ok(Schema::Behind);
    }
    let applied: Vec<(i64, Vec<u8>)> =
        sqlx::query_as("select version, checksum from _sqlx_migrations where success")
            .fetch_all(connection)
            .await?;
    Ok(compare(&applied))
}

fn compare(applied: &[(i64, Vec<u8>)]) -> Schema {
    let ours: BTreeMap<i64, &Cow<'_, [u8]>> =
        MIGRATIONS.iter().map(|each| (each.version, &each.checksum)).collect();
    let same =
        |(version, checksum): &(i64, Vec<u8>)| ours.get(version).is_some_and(|ours| ***ours == **checksum);
    if !applied.iter().all(same) {
        Schema::Foreign
    } else if applied.len() < ours.len() {
        Schema::Behind
    } else {
        Schema::Current
    }
}
