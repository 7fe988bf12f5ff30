//! Random secrets, and secrets sealed at rest (security.md 6.10).
//!
//! A sealed value is bound to its place: the associated data names table, row and column, so a value copied into
//! another row does not open there. It begins with the key's id, so that a value sealed under another key is told
//! from a damaged one.

use crate::{Error, Result, Settings};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use rand::TryRng;
use rand::rngs::SysRng;
use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};

/// Bytes of the key's id at the start of a sealed value.
const KEY_ID: usize = 4;
/// Bytes of the nonce that follows: random, 192 bit, so it never repeats by chance.
const NONCE: usize = 24;

/// Where a sealed value lives.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// Table.
    pub table: &'a str,
    /// Id of the row.
    pub row: &'a str,
    /// Column.
    pub column: &'a str,
}

impl Place<'_> {
    fn associated(self) -> Vec<u8> {
        // Table and column are our own words, and a row id is a UUID: none can contain the separator.
        format!("{}\u{2016}{}\u{2016}{}", self.table, self.row, self.column).into_bytes()
    }
}

/// Random bytes from the operating system.
///
/// # Errors
/// The operating system gives none.
pub fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    SysRng
        .try_fill_bytes(&mut bytes)
        .map_err(|error| Error::Internal(format!("no random bytes: {error}")))?;
    Ok(bytes)
}

/// A token for a link or cookie: 256 bit, safe in an address.
///
/// # Errors
/// The operating system gives no random bytes.
pub fn token() -> Result<String> {
    use base64::Engine as _;
    Ok(base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(random::<32>()?))
}

/// What the database keeps of a token with at least 128 random bits.
pub fn digest(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

/// Seals a secret for its place.
///
/// # Errors
/// The key has the wrong length, or there are no random bytes.
pub fn seal(settings: &Settings, place: Place<'_>, secret: &[u8]) -> Result<Vec<u8>> {
    let nonce = random::<NONCE>()?;
    let associated = place.associated();
    let sealed = cipher(settings)?
        .encrypt(&XNonce::from(nonce), Payload { msg: secret, aad: &associated })
        .map_err(|_| Error::Internal("a secret cannot be sealed".to_owned()))?;
    Ok([&key_id(settings)[..], &nonce[..], &sealed[..]].concat())
}

/// Opens what was sealed for this place.
///
/// # Errors
/// Sealed under another key, for another place, or damaged.
pub fn open(settings: &Settings, place: Place<'_>, sealed: &[u8]) -> Result<Vec<u8>> {
    let wrong = |what: &str| Error::Internal(format!("{} of {}: {what}", place.column, place.table));
    let (id, rest) =
        sealed.split_at_checked(KEY_ID).ok_or_else(|| wrong("too short to be a sealed value"))?;
    if id != key_id(settings) {
        return Err(wrong("sealed under another key than the one configured"));
    }
    let (nonce, secret) = rest.split_first_chunk::<NONCE>().ok_or_else(|| wrong("too short"))?;
    let associated = place.associated();
    cipher(settings)?
        .decrypt(&XNonce::from(*nonce), Payload { msg: secret, aad: &associated })
        .map_err(|_| wrong("damaged, or sealed for another row"))
}

fn cipher(settings: &Settings) -> Result<XChaCha20Poly1305> {
    XChaCha20Poly1305::new_from_slice(settings.key.expose_secret())
        .map_err(|_| Error::Internal("the key must have 32 bytes".to_owned()))
}

/// Tells keys apart without telling anything of them.
fn key_id(settings: &Settings) -> [u8; KEY_ID] {
    let digest = derive(settings, "key id");
    let mut id = [0; KEY_ID];
    id.copy_from_slice(&digest[..KEY_ID]);
    id
}

/// 32 bytes that depend on the key and on what they are for.
pub(crate) fn derive(settings: &Settings, purpose: &str) -> [u8; 32] {
    // The key has a fixed length and comes last, so length extension gives nobody anything.
    Sha256::new()
        .chain_update(purpose.as_bytes())
        .chain_update([0])
        .chain_update(settings.key.expose_secret())
        .finalize()
        .into()
}

/// Base32 of RFC 4648 without padding: what authenticator apps and recovery codes are written in.
pub fn base32(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let (mut held, mut bits, mut text) = (0u32, 0u32, String::new());
    for byte in bytes {
        held = (held << 8) | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(char::from(LETTERS[(held >> bits) as usize & 31]));
        }
        held &= (1 << bits) - 1;
    }
    if bits > 0 {
        text.push(char::from(LETTERS[(held << (5 - bits)) as usize & 31]));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::base32;

    /// Test vectors of RFC 4648 section 10, without padding.
    #[test]
    fn base32_as_in_the_standard() {
        for (plain, written) in [
            ("", ""),
            ("f", "MY"),
            ("fo", "MZXQ"),
            ("foo", "MZXW6"),
            ("foob", "MZXW6YQ"),
            ("foobar", "MZXW6YTBOI"),
        ] {
            assert_eq!(base32(plain.as_bytes()), written);
        }
    }
}
