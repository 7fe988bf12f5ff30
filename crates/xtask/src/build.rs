//! `cargo xtask build`.

use crate::run::{cargo, ok, step};
use crate::site;
use anyhow::Result;
use std::path::PathBuf;

/// The site, then the server.
pub fn all(release: bool) -> Result<()> {
    site::build()?;
    server(release)
}

/// The server alone.
pub fn server(release: bool) -> Result<()> {
    step("Compile the server", || {
        let mut cargo = cargo();
        cargo.args(["build", "--locked", "--quiet", "--package", "server"]);
        if release {
            cargo.arg("--release");
        }
        ok(&mut cargo)
    })
}

/// The program that [`server`] makes without `--release`.
pub fn program() -> Result<PathBuf> {
    Ok(std::path::absolute("target/debug/pimento")?)
}
