//! Debian packages.

use super::is_root;
use crate::run::{ok, which};
use anyhow::Result;
use std::path::Path;
use std::process::{Command, Stdio};

/// Is this a Debian (or a child of it) where we may install packages?
pub fn can_install() -> bool {
    Path::new("/etc/debian_version").exists() && which("apt-get").is_some() && is_root()
}

/// Installs packages, with a fresh package list if the one at hand is not good enough.
pub fn install(packages: &[&str]) -> Result<()> {
    let install = || {
        let mut command = apt("install");
        command.args(["--yes", "--no-install-recommends"]).args(packages);
        ok(&mut command)
    };
    install().or_else(|_| {
        ok(&mut apt("update"))?;
        install()
    })
}

fn apt(verb: &str) -> Command {
    let mut command = Command::new("apt-get");
    command.env("DEBIAN_FRONTEND", "noninteractive").args(["-qq", verb]);
    command.stdin(Stdio::null()).stdout(Stdio::null());
    command
}
