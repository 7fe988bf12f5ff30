//! Keys: the one that seals second factors at rest, the one that signs anchors of the audit.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rand::TryRng;
use rand::rngs::SysRng;
use secrecy::{ExposeSecret, SecretSlice};
use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use tempfile::NamedTempFile;

/// How long a key is, in bytes.
const LENGTH: usize = 32;

/// 32 bytes that never reach a log.
#[derive(Clone, Debug)]
pub struct Key(pub SecretSlice<u8>);

impl Key {
    /// Reads a key written in base64.
    ///
    /// # Errors
    /// What is wrong, without the key.
    pub fn parse(text: &str) -> Result<Self, String> {
        let bytes = STANDARD.decode(text.trim()).map_err(|_| "is not base64".to_owned())?;
        if bytes.len() != LENGTH {
            return Err(format!(
                "has {} bytes, not {LENGTH}; make one with: openssl rand -base64 32",
                bytes.len()
            ));
        }
        Ok(Self(bytes.into()))
    }

    /// Reads a key from a file that nobody else may read.
    ///
    /// # Errors
    /// What is wrong, without the key.
    pub fn from_file(path: &Path) -> Result<Self, String> {
        let mode = fs::metadata(path).map_err(|error| error.to_string())?.permissions().mode();
        if mode & 0o077 != 0 {
            return Err(format!(
                "can be read by others (mode {:o}); say: chmod 600 {}",
                mode & 0o777,
                path.display()
            ));
        }
        Self::parse(&fs::read_to_string(path).map_err(|error| error.to_string())?)
    }

    /// The key in this file, made if there is none: for evaluation, where nobody wants to be asked for one. The file appears
    /// whole or not at all, so of several servers that start together all use the key of the first.
    ///
    /// # Errors
    /// When the file can be neither read nor written.
    pub fn kept_in(path: &Path) -> io::Result<Self> {
        if !path.exists() {
            Self::leave_in(path)?;
        }
        Self::from_file(path).map_err(|error| io::Error::other(format!("{}: {error}", path.display())))
    }

    fn leave_in(path: &Path) -> io::Result<()> {
        let folder = path.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."));
        fs::create_dir_all(folder)?;
        let mut bytes = [0; LENGTH];
        SysRng.try_fill_bytes(&mut bytes).map_err(io::Error::other)?;
        let mut draft = NamedTempFile::new_in(folder)?;
        draft.write_all(STANDARD.encode(bytes).as_bytes())?;
        draft.as_file().sync_all()?;
        match draft.persist_noclobber(path) {
            Err(lost) if lost.error.kind() != io::ErrorKind::AlreadyExists => Err(lost.error),
            _ => Ok(()),
        }
    }

    /// The bytes, for the engine.
    pub fn bytes(&self) -> SecretSlice<u8> {
        self.0.expose_secret().to_vec().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_thirty_two_bytes_and_is_never_shown() {
        let text = STANDARD.encode([9; 32]);
        let key = Key::parse(&format!("{text}\n")).unwrap();
        assert!(!format!("{key:?}").contains('9'));
        assert!(Key::parse("AAAA").unwrap_err().contains("3 bytes"));
        assert!(Key::parse("no!").is_err());
    }

    #[test]
    fn servers_that_start_together_without_a_key_all_use_the_one_that_was_made_first() {
        for _ in 0..50 {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("data/key");
            let keys: Vec<Vec<u8>> = std::thread::scope(|scope| {
                let starts: Vec<_> = (0..4).map(|_| scope.spawn(|| Key::kept_in(&path).unwrap())).collect();
                starts
                    .into_iter()
                    .map(|start| start.join().unwrap().bytes().expose_secret().to_vec())
                    .collect()
            });
            assert!(keys.iter().all(|key| *key == keys[0]));
            assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "no draft is left");
        }
    }
}
