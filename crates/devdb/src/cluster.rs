//! The cluster as its users see it.

use crate::account::Account;
use crate::binaries::{self, Binaries};
use crate::error::{Error, Of};
use crate::{init, place, postmaster};
use std::fs::{self, File, OpenOptions};
use std::path::{Path, PathBuf};
use std::process::Child;

/// What a crash may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// Nothing that was committed: PostgreSQL's own settings.
    Durable,
    /// Everything: no `fsync`. For tests, whose data nobody misses.
    Fast,
}

/// A running private cluster. Dropping it leaves it; the last user of a data directory stops the server.
#[derive(Debug)]
pub struct Cluster {
    dir: PathBuf,
    socket: PathBuf,
    password: String,
    /// The server, if this process started it.
    child: Option<Child>,
    /// Held shared by every user: who can lock it alone is the last one. `None` after leaving.
    users: Option<File>,
}

impl Cluster {
    /// Starts the cluster in `dir`, which is made when it isn't there.
    ///
    /// # Errors
    /// [`Error::InUse`] when another process uses `dir`; otherwise see [`Error`].
    pub fn start(dir: &Path, durability: Durability) -> Result<Cluster, Error> {
        Cluster::open(dir, durability, false)
    }

    /// Starts the cluster in `dir`, or joins when another process runs it already (with the durability chosen
    /// by that one). So `pimento admin …` works with and without `pimento serve` running.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn attach_or_start(dir: &Path, durability: Durability) -> Result<Cluster, Error> {
        Cluster::open(dir, durability, true)
    }

    fn open(dir: &Path, durability: Durability, join: bool) -> Result<Cluster, Error> {
        let account = Account::choose()?;
        let dir = std::path::absolute(dir).of("find", dir)?;
        let socket = place::socket_dir(&dir);
        init::private_dir(&account, &dir)?;
        init::private_dir(&account, &socket)?;
        let _gate = gate(&dir)?;
        let users = lock_file(&dir.join("users.lock"))?;
        if !join && users.try_lock().is_err() {
            return Err(Error::InUse(dir));
        }
        users.lock_shared().of("lock", &dir)?;
        let mut child = None;
        if !postmaster::answers(&socket) {
            let binaries = matching(&account, &dir)?;
            init::ensure(&account, &binaries, &dir)?;
            child = Some(postmaster::start(&account, &binaries, &dir, &socket, durability)?);
        }
        let file = dir.join("password");
        let password = fs::read_to_string(&file).of("read", &file)?;
        Ok(Cluster { dir, socket, password, child, users: Some(users) })
    }

    /// The address of a database in this cluster ([`crate::DATABASE`] is there from the start). It holds the
    /// password: not for logs.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        let host = encode(&self.socket.to_string_lossy());
        format!("postgres://{}:{}@localhost/{}?host={host}", crate::USER, self.password, encode(database))
    }

    /// The data directory.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Leaves the cluster, as dropping does: connections of this process should be closed. The server is
    /// stopped when nobody else uses it.
    pub fn stop(self) {}

    fn leave(&mut self) {
        // Without the gate somebody could join between our look and the stop.
        let (Some(users), Ok(_gate)) = (self.users.take(), gate(&self.dir)) else { return };
        drop(users.unlock());
        if users.try_lock().is_ok() {
            postmaster::stop(&self.dir.join("data"), self.child.take());
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.leave();
    }
}

/// Binaries of the version that made the data, if there is data.
fn matching(account: &Account, dir: &Path) -> Result<Binaries, Error> {
    let made = fs::read_to_string(dir.join("data/PG_VERSION")).ok().map(|text| text.trim().to_owned());
    let binaries = binaries::find(account, made.as_ref().and_then(|made| made.parse().ok()))?;
    match made {
        Some(made) if made != binaries.version.to_string() => {
            Err(Error::OtherVersion { dir: dir.to_owned(), made, found: binaries.version })
        }
        _ => Ok(binaries),
    }
}

/// Only one process at a time starts or stops.
fn gate(dir: &Path) -> Result<File, Error> {
    let gate = lock_file(&dir.join("gate.lock"))?;
    gate.lock().of("lock", dir)?;
    Ok(gate)
}

fn lock_file(path: &Path) -> Result<File, Error> {
    OpenOptions::new().write(true).create(true).truncate(false).open(path).of("open", path)
}

/// Percent-encodes all but what is plain in every part of an address.
fn encode(text: &str) -> String {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"/-_.~".contains(byte);
    text.bytes().map(|b| if plain(&b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

#[cfg(test)]
mod tests {
    use super::encode;

    #[test]
    fn a_folder_with_odd_characters_survives_the_address() {
        assert_eq!(encode("/home/zoë/my data/50%"), "/home/zo%C3%AB/my%20data/50%25");
    }
}
