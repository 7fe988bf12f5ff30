//! A certificate of an authority that nobody knows.

use std::path::Path;
use std::process::Command;

/// A certificate for `localhost`: its chain, its key and its authority, as PEM.
pub fn pem() -> [Vec<u8>; 3] {
    let folder = tempfile::tempdir().unwrap();
    let python = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/peers/bin/python");
    let made = Command::new(python)
        .args(["-m", "trustme", "-q", "-i", "localhost", "-d"])
        .arg(folder.path())
        .status();
    assert!(made.unwrap().success(), "`cargo xtask setup` installs trustme");
    ["server.pem", "server.key", "client.pem"].map(|name| std::fs::read(folder.path().join(name)).unwrap())
}
