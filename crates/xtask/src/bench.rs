//! `cargo xtask bench`: figures for docs/benchmarks.md. Ratios in one run, not times: those depend on the machine.

use crate::run::{cargo, ok, step};
use anyhow::{Context, Result};
use devdb::{Cluster, Durability};
use std::fs;
use std::path::Path;
use std::process::Command;

/// Activations against `pgbench -N`, in turn, on the same server.
pub fn activations(seconds: u32, rounds: u32) -> Result<()> {
    let pgbench = devdb::program("pgbench")?.context(
        "pgbench is missing: it comes with the PostgreSQL server packages (Debian: postgresql-contrib)",
    )?;
    measure("activations", Durability::Durable, |harness| {
        harness.args([seconds.to_string(), rounds.to_string()]).env("PGBENCH", pgbench);
    })
}

/// Pages with 1,000 people and with this many, in turn, on the same server. Nothing is written while it measures, so the
/// server need not be durable.
pub fn scale(people: u32) -> Result<()> {
    measure("scale", Durability::Fast, |harness| {
        harness.arg(people.to_string());
    })
}

/// How soon an application follows, and what comparing everything takes; the worker is killed so many times.
pub fn provisioning(kills: u32) -> Result<()> {
    measure("provisioning", Durability::Durable, |harness| {
        harness.arg(kills.to_string());
    })
}

/// Runs an optimised example of the engine on a server of its own.
fn measure(example: &str, durability: Durability, ask: impl FnOnce(&mut Command)) -> Result<()> {
    step("Compile the harness", || {
        let build = ["build", "--locked", "--quiet", "--release", "--package", "engine", "--example"];
        ok(cargo().args(build).arg(example))
    })?;
    let folder = devdb::reachable_dir(Path::new("target/bench/pg"))?;
    forget(&folder)?;
    let cluster = step("Start a PostgreSQL", || Ok(Cluster::start(&folder, durability)?))?;
    let mut harness = Command::new(format!("target/release/examples/{example}"));
    ask(&mut harness);
    harness.env("DATABASE_URL", cluster.url(devdb::DATABASE));
    let measured = step("Measure", || ok(&mut harness));
    cluster.stop();
    // also after a failure: the next run would begin with it, and what it holds may be large
    forget(&folder)?;
    measured
}

/// Every run starts with an empty server.
fn forget(folder: &Path) -> Result<()> {
    if folder.exists() { Ok(fs::remove_dir_all(folder)?) } else { Ok(()) }
}
