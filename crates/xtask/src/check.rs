//! `cargo xtask test`: everything that must hold before a change is good. Also what CI runs.

use crate::run::{cargo, ok, step};
use crate::{e2e, setup, site};
use anyhow::Result;
use devdb::{Cluster, Durability};
use std::path::Path;

/// Rounds of each race here; `cargo xtask proof` runs many more.
const ROUNDS: &str = "40";

/// Format, lints, all tests, browser tests.
pub fn run() -> Result<()> {
    setup::run()?;
    step("Check the format", || ok(cargo().args(["fmt", "--all", "--check"])))?;
    step("Lint", lint)?;
    step("Test", with_database)?;
    // its server was just built for the tests that start it: with their features, a second build would be another one
    site::build()?;
    e2e::once()
}

/// The browser half is linted natively with its own features, in its own folder: in the workspace's, the
/// server's features would be switched on with it.
fn lint() -> Result<()> {
    let deny = ["--", "--deny", "warnings"];
    ok(cargo().args(["clippy", "--locked", "--quiet", "--workspace", "--all-targets"]).args(deny))?;
    let browser = ["clippy", "--locked", "--quiet", "--package", "app", "--features", "hydrate"];
    ok(cargo().args(browser).args(["--target-dir", "target/hydrate"]).args(deny))
}

/// Each database test makes a database of its own in the server that `DATABASE_URL` names: the person's, or
/// a private one.
fn with_database() -> Result<()> {
    if std::env::var_os("DATABASE_URL").is_some() {
        return tests(None);
    }
    let folder = devdb::reachable_dir(Path::new("target/test/pg"))?;
    let cluster = Cluster::attach_or_start(&folder, Durability::Fast)?;
    tests(Some(&cluster.url(devdb::DATABASE)))?;
    cluster.stop();
    // Databases that failed tests left behind go with it.
    Ok(std::fs::remove_dir_all(folder)?)
}

fn tests(database: Option<&str>) -> Result<()> {
    for arguments in
        [&["nextest", "run", "--locked", "--workspace"][..], &["test", "--locked", "--workspace", "--doc"]]
    {
        let mut cargo = cargo();
        cargo.args(arguments).envs(database.map(|url| ("DATABASE_URL", url)));
        if std::env::var_os("PIMENTO_ROUNDS").is_none() {
            cargo.env("PIMENTO_ROUNDS", ROUNDS);
        }
        ok(&mut cargo)?;
    }
    Ok(())
}
