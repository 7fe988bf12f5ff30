//! The bytes of an event that its hash covers, and the hash itself. Written down in `docs/audit.md`; PostgreSQL makes
//! the same bytes when an event is chained (`audit_bytes`), and both must agree for ever.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt::{self, Display, Write as _};
use std::str::FromStr;
use uuid::Uuid;

/// The first element of the canonical bytes: another way to write them has another word.
pub const VERSION: &str = "pimento-audit-1";

/// A SHA-256.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// What stands before the first event.
    pub const ZERO: Hash = Hash([0; 32]);
}

impl Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl From<Hash> for String {
    fn from(hash: Hash) -> Self {
        hash.to_string()
    }
}

impl FromStr for Hash {
    type Err = &'static str;

    /// Of 64 lower-case hexadecimal digits.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = "a hash has 64 hexadecimal digits";
        if text.len() != 64 || !text.bytes().all(|sign| matches!(sign, b'0'..=b'9' | b'a'..=b'f')) {
            return Err(wrong);
        }
        let mut bytes = [0; 32];
        for (place, byte) in bytes.iter_mut().enumerate() {
            let pair = text.get(2 * place..2 * place + 2).ok_or(wrong)?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_| wrong)?;
        }
        Ok(Hash(bytes))
    }
}

impl TryFrom<String> for Hash {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl TryFrom<&[u8]> for Hash {
    type Error = &'static str;

    fn try_from(bytes: &[u8]) -> Result<Self, Self::Error> {
        bytes.try_into().map(Hash).map_err(|_| "a hash has 32 bytes")
    }
}

/// An event as it is stored, with its place in the chain: everything that the hash covers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// Place in the chain, from 1 without gaps.
    pub position: i64,
    /// When it was chained. Microseconds count, less does not.
    pub chained_at: DateTime<Utc>,
    /// Its own number; those may have gaps.
    pub number: i64,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// The stable word of the event, also one that this version does not know.
    pub action: String,
    /// `done` or `refused`.
    pub outcome: String,
    /// Who acted; none is the system.
    pub actor: Option<Uuid>,
    /// About whom.
    pub principal: Option<Uuid>,
    /// About which group.
    pub group: Option<Uuid>,
    /// About which target.
    pub target: Option<Uuid>,
    /// From which request.
    pub request: Option<Uuid>,
    /// Which assignment.
    pub assignment: Option<Uuid>,
    /// As written.
    pub reason: String,
    /// As written.
    pub ticket: String,
    /// Policy that was applied.
    pub policy_version: Option<i32>,
    /// JSON, as PostgreSQL writes its `jsonb`: not to be parsed and written again.
    pub facts: String,
    /// Hexadecimal.
    pub session_hash: String,
    /// Where from.
    pub ip: String,
    /// As sent, shortened.
    pub user_agent: String,
    /// Proof that was used up.
    pub proof: Option<Uuid>,
    /// Number of the HTTP request or name of the run.
    pub trace: String,
}

impl Entry {
    /// The canonical bytes: a JSON array in a fixed order, elements parted by a comma and a space.
    pub fn bytes(&self) -> Vec<u8> {
        let mut out = Out(String::with_capacity(512));
        out.text(VERSION);
        out.number(Some(self.position));
        out.number(Some(self.chained_at.timestamp_micros()));
        out.number(Some(self.number));
        out.number(Some(self.at.timestamp_micros()));
        out.text(&self.action);
        out.text(&self.outcome);
        for id in [self.actor, self.principal, self.group, self.target, self.request, self.assignment] {
            out.id(id);
        }
        out.text(&self.reason);
        out.text(&self.ticket);
        out.number(self.policy_version.map(i64::from));
        out.next(&self.facts);
        out.text(&self.session_hash);
        out.text(&self.ip);
        out.text(&self.user_agent);
        out.id(self.proof);
        out.text(&self.trace);
        format!("[{}]", out.0).into_bytes()
    }

    /// The hash of this event behind the one with the hash `previous`.
    pub fn hash(&self, previous: &Hash) -> Hash {
        Hash(Sha256::new().chain_update(previous.0).chain_update(self.bytes()).finalize().into())
    }
}

/// The inside of the array.
struct Out(String);

impl Out {
    fn next(&mut self, element: &str) {
        if !self.0.is_empty() {
            self.0.push_str(", ");
        }
        self.0.push_str(element);
    }

    fn number(&mut self, number: Option<i64>) {
        match number {
            Some(number) => self.next(&number.to_string()),
            None => self.next("null"),
        }
    }

    fn id(&mut self, id: Option<Uuid>) {
        match id {
            Some(id) => self.next(&format!("\"{id}\"")),
            None => self.next("null"),
        }
    }

    /// As PostgreSQL escapes: what JSON must, and nothing else.
    fn text(&mut self, text: &str) {
        let mut quoted = String::with_capacity(text.len() + 2);
        quoted.push('"');
        for sign in text.chars() {
            match sign {
                '"' => quoted.push_str("\\\""),
                '\\' => quoted.push_str("\\\\"),
                '\u{8}' => quoted.push_str("\\b"),
                '\u{c}' => quoted.push_str("\\f"),
                '\n' => quoted.push_str("\\n"),
                '\r' => quoted.push_str("\\r"),
                '\t' => quoted.push_str("\\t"),
                // writing to a string never fails
                sign if sign < ' ' => drop(write!(quoted, "\\u{:04x}", u32::from(sign))),
                sign => quoted.push(sign),
            }
        }
        quoted.push('"');
        self.next(&quoted);
    }
}
