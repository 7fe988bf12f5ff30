//! Address and secrets of a hook, sealed at rest: chat services put their secret into the address.

use crate::secret::{self, Place};
use crate::{Error, Result, Settings};
use chrono::TimeDelta;
use domain::webhook::signature;
use url::Url;
use uuid::Uuid;

/// Bytes of a secret.
const SECRET: usize = 32;
/// For so long the secret before counts besides, so that receivers can change in peace.
pub const OVERLAP: TimeDelta = TimeDelta::hours(24);

/// A new secret: as people copy it, and sealed.
///
/// # Errors
/// There are no random bytes.
pub fn new_secret(settings: &Settings, hook: Uuid) -> Result<(String, Vec<u8>)> {
    let bytes = secret::random::<SECRET>()?;
    Ok((signature::shown(&bytes), seal(settings, hook, "secret", &bytes)?))
}

/// The secret of a hook, or the one before; both are sealed for the same place.
///
/// # Errors
/// As for [`secret::open`].
pub fn open_secret(settings: &Settings, hook: Uuid, sealed: &[u8]) -> Result<Vec<u8>> {
    open(settings, hook, "secret", sealed)
}

/// Seals an address.
///
/// # Errors
/// As for [`secret::seal`].
pub fn seal_address(settings: &Settings, hook: Uuid, url: &Url) -> Result<Vec<u8>> {
    seal(settings, hook, "address", url.as_str().as_bytes())
}

/// Opens an address.
///
/// # Errors
/// As for [`secret::open`]; or it is none.
pub fn open_address(settings: &Settings, hook: Uuid, sealed: &[u8]) -> Result<Url> {
    let bytes = open(settings, hook, "address", sealed)?;
    let text = String::from_utf8_lossy(&bytes);
    Url::parse(&text).map_err(|error| Error::inconsistent("hooks", hook, error))
}

fn seal(settings: &Settings, hook: Uuid, column: &str, bytes: &[u8]) -> Result<Vec<u8>> {
    let row = hook.to_string();
    secret::seal(settings, Place { table: "hooks", row: &row, column }, bytes)
}

fn open(settings: &Settings, hook: Uuid, column: &str, sealed: &[u8]) -> Result<Vec<u8>> {
    let row = hook.to_string();
    secret::open(settings, Place { table: "hooks", row: &row, column }, sealed)
}
