//! The audit as a file of JSON lines that proves itself: a first line that says what follows, one line for each event,
//! a last line with their number. Written here, read here; `docs/audit.md` describes it for other programs.

use chrono::{DateTime, SecondsFormat, Utc};
use domain::audit::canonical::{Entry, Hash};
use domain::audit::chain::{Head, Link};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

/// What the first line calls the file.
pub const FORMAT: &str = "pimento-audit-export-1";

/// The first line.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct First {
    /// [`FORMAT`].
    pub format: String,
    /// Holds every event up to `head`; otherwise those that its reader asked for and may see.
    pub complete: bool,
    /// Position of the last event of the chain when the file was begun.
    pub head: i64,
    /// The hash of that event.
    pub head_hash: Hash,
    /// Events up to this position are sealed, in files of their own; left out where none are.
    #[serde(default, skip_serializing_if = "is_start")]
    pub after: i64,
    /// The hash of the last of them.
    #[serde(default = "zero", skip_serializing_if = "is_zero")]
    pub after_hash: Hash,
    /// The file is a sealed part itself; left out where it is not.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sealed: bool,
}

fn is_start(position: &i64) -> bool {
    *position == 0
}

fn zero() -> Hash {
    Hash::ZERO
}

fn is_zero(hash: &Hash) -> bool {
    *hash == Hash::ZERO
}

impl First {
    /// For a file that is begun now, of a chain that begins behind `start`.
    pub fn new(complete: bool, start: Head, head: Head) -> Self {
        Self {
            format: FORMAT.to_owned(),
            complete,
            head: head.position,
            head_hash: head.hash,
            after: start.position,
            after_hash: start.hash,
            sealed: false,
        }
    }
}

/// The last line. A file without it is cut.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Last {
    /// How many events stand above.
    pub events: u64,
}

/// An event that was written past the chain.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Outside {
    /// Its number.
    pub outside_chain: i64,
}

/// Names as they are at the time of the export, for people. Nothing proves them.
#[derive(Clone, Debug, Default, Serialize, Deserialize, sqlx::FromRow)]
#[serde(rename_all = "camelCase")]
pub struct Names {
    /// User name of who acted.
    pub by: Option<String>,
    /// User name, or key of a group.
    pub about: Option<String>,
    /// Name of the group.
    pub group: Option<String>,
    /// Member, owner, or a directory role's word.
    pub access: Option<String>,
    /// R-number.
    pub request: Option<String>,
}

/// The line of an event.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Line {
    position: i64,
    hash: Hash,
    previous: Hash,
    #[serde(serialize_with = "micros")]
    chained_at: DateTime<Utc>,
    number: i64,
    #[serde(serialize_with = "micros")]
    at: DateTime<Utc>,
    event: String,
    outcome: String,
    actor_id: Option<Uuid>,
    principal_id: Option<Uuid>,
    group_id: Option<Uuid>,
    target_id: Option<Uuid>,
    request_id: Option<Uuid>,
    assignment_id: Option<Uuid>,
    reason: String,
    ticket: String,
    policy_version: Option<i32>,
    facts: Box<RawValue>,
    session_hash: String,
    ip: String,
    user_agent: String,
    proof_id: Option<Uuid>,
    trace_id: String,
    #[serde(default)]
    names: Names,
}

fn micros<S: serde::Serializer>(at: &DateTime<Utc>, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&at.to_rfc3339_opts(SecondsFormat::Micros, true))
}

impl Line {
    /// Of an event behind the one with the hash `previous`.
    ///
    /// # Errors
    /// Its facts are not JSON.
    pub fn new(entry: Entry, hash: Hash, previous: Hash, names: Names) -> serde_json::Result<Self> {
        Ok(Self {
            position: entry.position,
            hash,
            previous,
            chained_at: entry.chained_at,
            number: entry.number,
            at: entry.at,
            event: entry.action,
            outcome: entry.outcome,
            actor_id: entry.actor,
            principal_id: entry.principal,
            group_id: entry.group,
            target_id: entry.target,
            request_id: entry.request,
            assignment_id: entry.assignment,
            reason: entry.reason,
            ticket: entry.ticket,
            policy_version: entry.policy_version,
            facts: RawValue::from_string(entry.facts)?,
            session_hash: entry.session_hash,
            ip: entry.ip,
            user_agent: entry.user_agent,
            proof_id: entry.proof,
            trace_id: entry.trace,
            names,
        })
    }

    /// What is to be verified of it.
    pub fn link(self) -> Link {
        let entry = Entry {
            position: self.position,
            chained_at: self.chained_at,
            number: self.number,
            at: self.at,
            action: self.event,
            outcome: self.outcome,
            actor: self.actor_id,
            principal: self.principal_id,
            group: self.group_id,
            target: self.target_id,
            request: self.request_id,
            assignment: self.assignment_id,
            reason: self.reason,
            ticket: self.ticket,
            policy_version: self.policy_version,
            facts: self.facts.get().to_owned(),
            session_hash: self.session_hash,
            ip: self.ip,
            user_agent: self.user_agent,
            proof: self.proof_id,
            trace: self.trace_id,
        };
        Link { entry, previous: Some(self.previous), hash: self.hash }
    }
}
