//! `cargo xtask bench`: figures for docs/benchmarks.md. Ratios in one run, not times: those depend on the machine.

use crate::run::{cargo, ok, step};
use anyhow::{Context, Result};
use devdb::{Cluster, Durability};
use std::fs;
use std::path::Path;
use std::process::Command;

/// Activations against `pgbench -N`, in turn, on the same server.
pub fn run(seconds: u32, rounds: u32) -> Result<()> {
    let pgbench = devdb::program("pgbench")?.context(
        "pgbench is missing: it comes with the PostgreSQL server packages (Debian: postgresql-contrib)",
    )?;
    step("Compile the harness", || {
        let build = ["build", "--locked", "--quiet", "--release", "--package", "engine", "--example"];
        ok(cargo().args(build).arg("activations"))
    })?;
    let folder = devdb::reachable_dir(Path::new("target/bench/pg"))?;
    forget(&folder)?;
    let cluster = step("Start a durable PostgreSQL", || Ok(Cluster::start(&folder, Durability::Durable)?))?;
    let mut harness = Command::new("target/release/examples/activations");
    harness.args([seconds.to_string(), rounds.to_string()]);
    harness.env("DATABASE_URL", cluster.url(devdb::DATABASE)).env("PGBENCH", pgbench);
    step("Measure", || ok(&mut harness))?;
    cluster.stop();
    forget(&folder)
}

/// Every run starts with an empty server.
fn forget(folder: &Path) -> Result<()> {
    if folder.exists() { Ok(fs::remove_dir_all(folder)?) } else { Ok(()) }
}
