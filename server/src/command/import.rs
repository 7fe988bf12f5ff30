//! `pimento import`: says what a directory export would change, and with `--apply` changes it, all or nothing.

use crate::command::{clean, plain};
use crate::config::Settings;
use crate::database::{Database, Use};
use crate::installation::Installation;
use anyhow::{Context, Result, ensure};
use clap::Args;
use engine::act::import_directory::{Input, import_directory_as, preview_as};
use engine::ctx::By;
use engine::import::read::File;
use engine::import::report::{Outcome, Report, Thing};
use std::fs;
use std::path::{Path, PathBuf};

/// The largest file taken, in bytes.
const LARGEST: u64 = 32 * 1024 * 1024;

/// Which files, and whether to change anything.
#[derive(Args, Clone, Debug)]
pub struct Import {
    /// Lists as Microsoft Graph answers them: users, groups, role assignments, in any order
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Writes what is reported; without it nothing is changed
    #[arg(long)]
    apply: bool,
}

/// Reports or imports.
///
/// # Errors
/// A file can't be read; the import was refused; the database does not answer.
pub async fn import(settings: &Settings, what: Import) -> Result<()> {
    let files = what.files.iter().map(|path| read(path)).collect::<Result<_>>()?;
    let input = Input { files, agreed: None };
    let installation = Installation::new(settings, Database::open(settings)?, false)?;
    let engine = installation.engine(Use::Worker).await?;
    let by = By::system("pimento import");
    let report = match what.apply {
        true => import_directory_as(&engine, &by, &input).await,
        false => preview_as(&engine, &by, &input).await,
    };
    tell(&report.map_err(plain)?);
    if !what.apply {
        println!("\nNothing was changed. Add --apply to do it.");
    }
    engine.pool.close().await;
    installation.database.close();
    Ok(())
}

fn read(path: &Path) -> Result<File> {
    let name = path.display().to_string();
    let size = fs::metadata(path).with_context(|| name.clone())?.len();
    ensure!(size <= LARGEST, "{name} is larger than {} MiB", LARGEST / 1024 / 1024);
    Ok(File { bytes: fs::read(path).with_context(|| name.clone())?, name })
}

fn tell(report: &Report) {
    for line in &report.lines {
        let why: Vec<_> = line.why.iter().map(ToString::to_string).collect();
        println!(
            "{:<9} {:<15} {}  {}",
            line.outcome.words(),
            line.thing.words(),
            clean(&line.name),
            clean(&why.join(" "))
        );
    }
    println!();
    for thing in Thing::ALL {
        let counts = Outcome::ALL.into_iter().map(|outcome| (report.count(thing, outcome), outcome));
        let counts: Vec<_> =
            counts.filter(|(n, _)| *n > 0).map(|(n, outcome)| format!("{n} {}", outcome.words())).collect();
        if !counts.is_empty() {
            println!("{:<15} {}", thing.words(), counts.join(", "));
        }
    }
}
