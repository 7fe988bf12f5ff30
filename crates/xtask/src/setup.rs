//! Installs what a new machine lacks. Quick and silent when nothing is missing.

mod debian;
mod node;
mod peers;
mod wasm_std;

use crate::run::{step, which};
use anyhow::{Result, bail};
use std::path::PathBuf;
use std::process::Command;

/// Everything that `demo` and `test` need.
pub fn run() -> Result<()> {
    wasm_std::ensure()?;
    postgres()?;
    node::ensure()?;
    peers::ensure()?;
    chromium()
}

/// Nothing is installed where the person has a database: hers is used.
fn postgres() -> Result<()> {
    let Err(missing) = devdb::present() else { return Ok(()) };
    if std::env::var_os("DATABASE_URL").is_some() {
        return Ok(());
    }
    if debian::can_install() {
        step("Install PostgreSQL (Debian package)", || debian::install(&["postgresql"]))?;
        return Ok(devdb::present()?);
    }
    step("Install PostgreSQL (npm package, for evaluation)", || {
        node::install_postgres().map_err(|failed| failed.context(missing))
    })?;
    Ok(devdb::present()?)
}

fn chromium() -> Result<()> {
    if browser().is_some() {
        return Ok(());
    }
    if debian::can_install() {
        return step("Install Chromium (Debian package)", || debian::install(&["chromium"]));
    }
    bail!(
        "no Chromium found: install it (or Chrome), or name the program in CHROMIUM; only the browser tests need it"
    )
}

/// The browser for tests and pictures.
pub fn browser() -> Option<PathBuf> {
    let named = std::env::var_os("CHROMIUM").map(PathBuf::from);
    let known = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
    let mac = PathBuf::from("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome");
    named.or_else(|| known.iter().find_map(|name| which(name))).or_else(|| mac.is_file().then_some(mac))
}

/// The compiler that makes WebAssembly.
pub use wasm_std::Toolchain;

/// `true` as root, the only user who may install packages without asking.
fn is_root() -> bool {
    crate::run::output(Command::new("id").arg("-u")).is_ok_and(|uid| uid == "0")
}
