//! `cargo xtask proof`: what takes too long for every change. Random histories against the reference model, and the
//! races with many rounds, on a private PostgreSQL. Each runner closes with a line that says how much it played.

use crate::run::{cargo, ok, step};
use anyhow::Result;
use devdb::{Cluster, Durability};
use std::path::Path;

/// Plays so many histories, and each race for so many rounds.
pub fn run(histories: u32, rounds: u32) -> Result<()> {
    let folder = devdb::reachable_dir(Path::new("target/proof/pg"))?;
    let cluster =
        step("Start a private PostgreSQL", || Ok(Cluster::attach_or_start(&folder, Durability::Fast)?))?;
    let database = cluster.url(devdb::DATABASE);
    // two databases at once: the histories of even and of odd seeds
    step("Play histories", || {
        tests(&["--test", "histories"], &[], &database, ("PIMENTO_HISTORIES", histories))
    })?;
    step("Race", || {
        tests(&["--test", "races"], &[], &database, ("PIMENTO_ROUNDS", rounds))?;
        tests(&["--test", "renewal"], &["race::"], &database, ("PIMENTO_ROUNDS", rounds))
    })?;
    cluster.stop();
    Ok(std::fs::remove_dir_all(folder)?)
}

/// By cargo's own runner: the usual one stops what takes minutes. Not optimised: most of the time is PostgreSQL's, and
/// what `cargo xtask test` built is used again.
fn tests(which: &[&str], filter: &[&str], database: &str, (much, count): (&str, u32)) -> Result<()> {
    let mut cargo = cargo();
    cargo.args(["test", "--locked", "--quiet", "--package", "engine"]).args(which);
    cargo.arg("--").args(filter).args(["--nocapture", "--test-threads", "2"]);
    ok(cargo.env("DATABASE_URL", database).env(much, count.to_string()))
}
