//! Who runs PostgreSQL: ourselves, or somebody else when we are root.

use crate::error::{Error, Of};
use std::ffi::OsStr;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

/// The user PostgreSQL runs as.
#[derive(Debug, Clone)]
pub(crate) struct Account {
    /// `None`: the user we are already.
    other: Option<Other>,
}

#[derive(Debug, Clone)]
struct Other {
    name: &'static str,
    uid: u32,
    gid: u32,
}

impl Account {
    /// Ourselves; as root `postgres`, else `nobody`.
    pub(crate) fn choose() -> Result<Account, Error> {
        if id(&["-u"]) != Some(0) {
            return Ok(Account { other: None });
        }
        let known =
            |name: &'static str| Some(Other { name, uid: id(&["-u", name])?, gid: id(&["-g", name])? });
        let other = known("postgres").or_else(|| known("nobody")).ok_or(Error::NoAccount)?;
        Ok(Account { other: Some(other) })
    }

    /// Are we root, acting for somebody else?
    pub(crate) fn is_other(&self) -> bool {
        self.other.is_some()
    }

    /// A command run by this user, free of settings that would lead PostgreSQL elsewhere.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        for name in
            ["PGDATA", "PGPORT", "PGHOST", "PGUSER", "PGOPTIONS", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"]
        {
            command.env_remove(name);
        }
        // Messages are parsed and shown: keep them in one language.
        command.env("LC_ALL", "C").stdin(Stdio::null());
        // The folder we were started from may be closed to the other user.
        command.current_dir("/");
        if let Some(Other { uid, gid, .. }) = self.other {
            command.uid(uid).gid(gid);
        }
        command
    }

    /// Makes the file or folder this user's own.
    pub(crate) fn own(&self, path: &Path) -> Result<(), Error> {
        match self.other {
            Some(Other { uid, gid, .. }) => chown(path, Some(uid), Some(gid)).of("hand over", path),
            None => Ok(()),
        }
    }

    /// Can this user enter the folder?
    pub(crate) fn reaches(&self, dir: &Path) -> bool {
        let mut probe = self.command("test");
        probe.arg("-x").arg(dir).stderr(Stdio::null());
        probe.status().is_ok_and(|status| status.success())
    }

    /// For messages.
    pub(crate) fn name(&self) -> &str {
        self.other.as_ref().map_or("you", |other| other.name)
    }
}

fn id(arguments: &[&str]) -> Option<u32> {
    let answer = Command::new("id").args(arguments).stderr(Stdio::null()).output().ok()?;
    String::from_utf8(answer.stdout).ok()?.trim().parse().ok()
}
