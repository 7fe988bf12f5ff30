//! The key that seals second factors at rest.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rand::TryRng;
use rand::rngs::SysRng;
use secrecy::{ExposeSecret, SecretSlice};
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

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

    /// The key in this file, made if there is none: for evaluation, where nobody wants to be asked for one.
    ///
    /// # Errors
    /// When the file can be neither read nor written.
    pub fn kept_in(path: &Path) -> io::Result<Self> {
        if path.exists() {
            return Self::from_file(path)
                .map_err(|error| io::Error::other(format!("{}: {error}", path.display())));
        }
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let mut bytes = vec![0; LENGTH];
        SysRng.try_fill_bytes(&mut bytes).map_err(io::Error::other)?;
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        file.write_all(STANDARD.encode(&bytes).as_bytes())?;
        Ok(Self(bytes.into()))
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
}
