//! Anchors: the end of the chain at a moment, signed with Ed25519 and kept outside the database. Who rewrites the
//! database can make a new chain, but no anchor for it.

use super::canonical::Hash;
use super::chain::{Fault, Wrong};
use chrono::{DateTime, Utc};
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// One signed end of the chain; one line of the file of anchors.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Anchor {
    /// Position of the event that was last.
    pub position: i64,
    /// Its hash.
    pub hash: Hash,
    /// When it was signed, by the database's clock. Microseconds count, less does not.
    pub at: DateTime<Utc>,
    /// Which key signed: [`key_id`].
    pub key_id: String,
    /// 64 bytes in hexadecimal.
    pub signature: String,
}

impl Anchor {
    /// Signs the end of the chain.
    pub fn sign(key: &SigningKey, position: i64, hash: Hash, at: DateTime<Utc>) -> Self {
        let key_id = key_id(&key.verifying_key());
        let signature = key.sign(message(position, &hash, at, &key_id).as_bytes());
        Self { position, hash, at, key_id, signature: hex(&signature.to_bytes()) }
    }

    /// Whether it was signed with the private half of this key.
    ///
    /// # Errors
    /// It was not; says where.
    pub fn check(&self, key: &VerifyingKey) -> Result<(), Fault> {
        if self.key_id != key_id(key) {
            return Err(Fault::at(self.position, Wrong::Key(self.key_id.clone())));
        }
        let wrong = || Fault::at(self.position, Wrong::Signature);
        let signature = bytes(&self.signature).ok_or_else(wrong)?;
        let signature = Signature::from_slice(&signature).map_err(|_| wrong())?;
        let message = message(self.position, &self.hash, self.at, &self.key_id);
        key.verify_strict(message.as_bytes(), &signature).map_err(|_| wrong())
    }
}

/// The name of a key: the first 16 hexadecimal digits of the SHA-256 of its public half.
pub fn key_id(key: &VerifyingKey) -> String {
    let digest = Sha256::digest(key.as_bytes());
    hex(&digest).chars().take(16).collect()
}

/// What is signed: lines that can be written down and checked with any other program.
fn message(position: i64, hash: &Hash, at: DateTime<Utc>, key_id: &str) -> String {
    format!("pimento-audit-anchor-1\n{position}\n{hash}\n{}\n{key_id}\n", at.timestamp_micros())
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(super) fn bytes(hex: &str) -> Option<Vec<u8>> {
    let pairs = hex.as_bytes().chunks(2);
    pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}
