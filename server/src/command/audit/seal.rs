//! `pimento audit seal`: takes the oldest part of the audit out of the database, into files that prove themselves.

use super::{named, read_key};
use crate::config::Settings;
use crate::database::Database;
use crate::installation::anchor_key;
use anyhow::{Context, Result, ensure};
use chrono::{NaiveDate, NaiveTime};
use clap::Args;
use engine::act::seal_audit::{Unsealed, seal_audit};
use engine::audit::anchors::Signing;
use std::path::PathBuf;

/// What to seal, and where to.
#[derive(Args, Clone, Debug)]
pub struct What {
    /// Events of before this day (UTC), as far as they are anchored; the last 400 days always stay
    #[arg(long)]
    before: NaiveDate,
    /// Folder for the files
    #[arg(long)]
    out: PathBuf,
    /// Public keys that signed anchors before the one in use
    #[arg(long)]
    public_key: Vec<String>,
}

/// Seals, and says what to keep.
///
/// # Errors
/// Nothing was sealed.
pub async fn seal(settings: &Settings, what: &What) -> Result<()> {
    let key = anchor_key(settings)?
        .context("no key signs anchors, so nothing can be sealed: set PIMENTO_ANCHOR_KEY_FILE")?;
    let signing = Signing::new(&key.bytes(), None).map_err(anyhow::Error::msg)?;
    let older = what.public_key.iter().map(|given| read_key(given)).collect::<Result<Vec<_>>>()?;
    ensure!(what.out.is_dir(), "{} is no folder", what.out.display());
    let before = what.before.and_time(NaiveTime::MIN).and_utc();
    let database = Database::open(settings)?;
    // what was removed is gone for good, so also the commit has to wait for the disk
    let mut owner = database.owner().await?;
    let sealed = seal_audit(&mut owner, &signing, &older, before, &what.out).await;
    let sealed = sealed.map_err(|error| match error {
        Unsealed::Unsound(failed) => named(failed),
        other => other.into(),
    })?;
    match sealed {
        None => println!("Nothing to seal: no anchored events of before {} are left", what.before),
        Some((seal, files)) => {
            println!("Sealed: {} events, positions {} to {}", seal.events, seal.first, seal.last);
            println!("SHA-256: {}", seal.file_hash);
            println!(
                "They are not in the database any more. Keep these files, and copies of them elsewhere:"
            );
            for file in [&files.events, &files.anchors, &files.seal] {
                println!("  {}", file.display());
            }
        }
    }
    database.close();
    Ok(())
}
