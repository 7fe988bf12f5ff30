//! Real peers for tests, from PyPI, in a virtual environment of their own: a mail server, who signs its certificate, and a SCIM server.

use crate::run::{ok, step, which};
use crate::site::fingerprint;
use anyhow::{Result, bail};
use std::fs;
use std::path::Path;
use std::process::Command;

/// What is installed; a change installs again.
const PACKAGES: [&str; 3] = ["aiosmtpd==1.4.6", "trustme==1.2.1", "scim2-server==0.8.3"];

/// Brings `target/peers` to what is needed.
pub fn ensure() -> Result<()> {
    let (done, now) = (Path::new("target/peers/.installed"), fingerprint(PACKAGES.join(" ").as_bytes()));
    if fs::read_to_string(done).is_ok_and(|then| then == now) {
        return Ok(());
    }
    if which("python3").is_none() {
        bail!(
            "python3 is not installed: install Python 3.11 or later; tests talk to real mail and SCIM servers written in it"
        );
    }
    step("Install mail and SCIM servers for tests (PyPI)", || {
        ok(Command::new("python3").args(["-m", "venv", "target/peers"]))?;
        let mut pip = Command::new("target/peers/bin/pip");
        ok(pip.args(["install", "--quiet", "--disable-pip-version-check"]).args(PACKAGES))?;
        Ok(fs::write(done, now)?)
    })
}
