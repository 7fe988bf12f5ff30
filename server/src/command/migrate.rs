//! `pimento migrate`: brings the database up to date.

use crate::config::Settings;
use crate::database::Database;
use crate::migrate::run;
use anyhow::Result;

/// Runs the migrations that are missing.
///
/// # Errors
/// When the database does not answer or a migration fails.
pub async fn migrate(settings: &Settings) -> Result<()> {
    let database = Database::open(settings)?;
    run(&mut database.owner().await?).await?;
    println!("The database is up to date.");
    database.close();
    Ok(())
}
