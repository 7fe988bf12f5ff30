//! Seals: the oldest part of the chain, kept in a file instead of the database. A seal says which events that are and the hash that
//! the next one goes on from, and is signed with the key of the [anchors](super::anchor).

use super::anchor::{bytes, hex, key_id};
use super::canonical::Hash;
use super::chain::{Fault, Head, Wrong};
use chrono::{DateTime, TimeDelta, Utc};
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};

/// What is younger stays in the database: reports look back on a year, reviews on less.
pub const KEPT: TimeDelta = TimeDelta::days(400);

/// What a seal is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Part {
    /// Position of its first event.
    pub first: i64,
    /// Position of its last event, which an anchor covers.
    pub last: i64,
    /// The hash of that one.
    pub last_hash: Hash,
    /// When that one was chained.
    pub last_chained_at: DateTime<Utc>,
    /// SHA-256 of the file.
    pub file_hash: Hash,
}

/// One signed part; the file beside the sealed one, and the facts of the event that tells of it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Seal {
    /// Position of its first event.
    pub first: i64,
    /// Position of its last event.
    pub last: i64,
    /// How many that are.
    pub events: i64,
    /// The hash of the last one.
    pub last_hash: Hash,
    /// When the last one was chained.
    pub last_chained_at: DateTime<Utc>,
    /// SHA-256 of the file.
    pub file_hash: Hash,
    /// When it was sealed, by the database's clock. Microseconds count, less does not.
    pub sealed_at: DateTime<Utc>,
    /// Which key signed: [`key_id`].
    pub key_id: String,
    /// 64 bytes in hexadecimal.
    pub signature: String,
}

/// Whether what was chained before this moment is old enough.
pub fn is_old_enough(before: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    before <= now - KEPT
}

impl Seal {
    /// Signs a part.
    pub fn sign(key: &SigningKey, part: &Part, sealed_at: DateTime<Utc>) -> Self {
        let Part { first, last, last_hash, last_chained_at, file_hash } = *part;
        let mut seal = Self {
            first,
            last,
            events: last - first + 1,
            last_hash,
            last_chained_at,
            file_hash,
            sealed_at,
            key_id: key_id(&key.verifying_key()),
            signature: String::new(),
        };
        seal.signature = hex(&key.sign(seal.message().as_bytes()).to_bytes());
        seal
    }

    /// Whether it was signed with the private half of this key, and its numbers agree.
    ///
    /// # Errors
    /// They do not; says where.
    pub fn check(&self, key: &VerifyingKey) -> Result<(), Fault> {
        if self.key_id != key_id(key) {
            return Err(Fault::at(self.last, Wrong::Key(self.key_id.clone())));
        }
        let wrong = || self.fault("its signature is not right");
        let signature = bytes(&self.signature).ok_or_else(wrong)?;
        let signature = Signature::from_slice(&signature).map_err(|_| wrong())?;
        key.verify_strict(self.message().as_bytes(), &signature).map_err(|_| wrong())
    }

    /// Where the rest of the chain goes on.
    pub fn head(&self) -> Head {
        Head { position: self.last, hash: self.last_hash, chained_at: Some(self.last_chained_at) }
    }

    /// The name of the file: sealed parts follow one another and never have the same.
    pub fn file_name(first: i64, last: i64) -> String {
        format!("pimento-audit-{first}-{last}.ndjson")
    }

    /// Something about it is wrong.
    pub fn fault(&self, what: &str) -> Fault {
        Fault::at(self.last, Wrong::Seal(what.to_owned()))
    }

    /// What is signed: lines that can be written down and checked with any other program.
    fn message(&self) -> String {
        let Self { first, last, events, last_hash, file_hash, key_id, .. } = self;
        let (chained, sealed) = (self.last_chained_at.timestamp_micros(), self.sealed_at.timestamp_micros());
        format!(
            "pimento-audit-seal-1\n{first}\n{last}\n{events}\n{last_hash}\n{chained}\n{file_hash}\n{sealed}\n{key_id}\n"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(micros: i64) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(micros).unwrap()
    }

    #[test]
    fn every_field_of_a_seal_is_signed() {
        let key = SigningKey::from_bytes(&[3; 32]);
        let part = Part {
            first: 1,
            last: 9,
            last_hash: Hash([1; 32]),
            last_chained_at: at(5),
            file_hash: Hash([2; 32]),
        };
        let seal = Seal::sign(&key, &part, at(7));
        seal.check(&key.verifying_key()).unwrap();
        let changed = [
            Seal { first: 2, ..seal.clone() },
            Seal { last: 8, ..seal.clone() },
            Seal { events: 8, ..seal.clone() },
            Seal { last_hash: Hash([4; 32]), ..seal.clone() },
            Seal { last_chained_at: at(6), ..seal.clone() },
            Seal { file_hash: Hash([4; 32]), ..seal.clone() },
            Seal { sealed_at: at(8), ..seal.clone() },
            Seal { signature: "00".repeat(64), ..seal.clone() },
            Seal { signature: "no".into(), ..seal.clone() },
        ];
        for seal in changed {
            assert!(matches!(seal.check(&key.verifying_key()).unwrap_err().what, Wrong::Seal(_)), "{seal:?}");
        }
        let other = SigningKey::from_bytes(&[4; 32]).verifying_key();
        assert!(matches!(seal.check(&other).unwrap_err().what, Wrong::Key(_)));
    }

    #[test]
    fn four_hundred_days_stay() {
        let now = at(1_900_000_000_000_000);
        assert!(is_old_enough(now - KEPT, now));
        assert!(!is_old_enough(now - KEPT + TimeDelta::microseconds(1), now));
    }
}
