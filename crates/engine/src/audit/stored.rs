//! Events with their place in the chain, read from the database.

use crate::{Error, Result};
use chrono::{DateTime, Utc};
use domain::audit::anchor::Anchor;
use domain::audit::canonical::{Entry, Hash};
use domain::audit::chain::{Head, Link};
use sqlx::PgConnection;
use uuid::Uuid;

/// The columns of [`Stored`], from a join of `audit_chain c` and `audit_events e`.
pub(crate) const COLUMNS: &str = "c.position, c.chained_at, c.hash, e.seq, e.at, e.action, e.outcome, e.actor_id, \
     e.principal_id, e.group_id, e.target_id, e.request_id, e.assignment_id, e.reason, e.ticket, e.policy_version, \
     e.facts::text as facts, e.session_hash, e.ip, e.user_agent, e.proof_id, e.trace_id";

/// One event as it is stored.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct Stored {
    pub position: i64,
    chained_at: DateTime<Utc>,
    hash: Vec<u8>,
    seq: i64,
    at: DateTime<Utc>,
    action: String,
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
    facts: String,
    session_hash: String,
    ip: String,
    user_agent: String,
    proof_id: Option<Uuid>,
    trace_id: String,
}

impl Stored {
    /// As the rules of the chain take it.
    ///
    /// # Errors
    /// The stored hash is none.
    pub(crate) fn link(self, previous: Option<Hash>) -> Result<Link> {
        let hash = hash(self.position, &self.hash)?;
        let entry = Entry {
            position: self.position,
            chained_at: self.chained_at,
            number: self.seq,
            at: self.at,
            action: self.action,
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
            facts: self.facts,
            session_hash: self.session_hash,
            ip: self.ip,
            user_agent: self.user_agent,
            proof: self.proof_id,
            trace: self.trace_id,
        };
        Ok(Link { entry, previous, hash })
    }
}

/// A stored hash.
pub(crate) fn hash(position: i64, bytes: &[u8]) -> Result<Hash> {
    Hash::try_from(bytes).map_err(|what| Error::inconsistent("audit_chain", position, what))
}

/// The next events behind this position, at most `limit`. One that was deleted is missing here as well.
///
/// # Errors
/// The database can't be reached.
pub async fn links(conn: &mut PgConnection, after: i64, limit: i64) -> Result<Vec<Link>> {
    let sql = format!(
        "select {COLUMNS} from audit_chain c join audit_events e on e.seq = c.seq \
         where c.position > $1 order by c.position limit $2"
    );
    let stored: Vec<Stored> =
        sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(after).bind(limit).fetch_all(conn).await?;
    stored.into_iter().map(|stored| stored.link(None)).collect()
}

/// The hash of the event with this position, if there is one.
///
/// # Errors
/// The database can't be reached.
pub async fn hash_at(conn: &mut PgConnection, position: i64) -> Result<Option<Hash>> {
    let found: Option<Vec<u8>> = sqlx::query_scalar("select hash from audit_chain where position = $1")
        .bind(position)
        .fetch_optional(conn)
        .await?;
    found.map(|bytes| hash(position, &bytes)).transpose()
}

/// Where the chain ends now.
///
/// # Errors
/// The database can't be reached.
pub async fn head(conn: &mut PgConnection) -> Result<Head> {
    let last: Option<(i64, Vec<u8>, DateTime<Utc>)> =
        sqlx::query_as("select position, hash, chained_at from audit_chain order by position desc limit 1")
            .fetch_optional(conn)
            .await?;
    let Some((position, bytes, chained_at)) = last else { return Ok(Head::START) };
    Ok(Head { position, hash: hash(position, &bytes)?, chained_at: Some(chained_at) })
}

/// Events that somebody wrote past the chain, the first few. An event and its place are written in one transaction, so
/// there are none.
///
/// # Errors
/// The database can't be reached.
pub async fn outside(conn: &mut PgConnection, limit: i64) -> Result<Vec<i64>> {
    let sql = "select e.seq from audit_events e where not exists \
               (select from audit_chain c where c.seq = e.seq) order by e.seq limit $1";
    Ok(sqlx::query_scalar(sql).bind(limit).fetch_all(conn).await?)
}

#[derive(sqlx::FromRow)]
struct StoredAnchor {
    position: i64,
    hash: Vec<u8>,
    at: DateTime<Utc>,
    key_id: String,
    signature: String,
}

/// The anchors behind this position that the database keeps.
///
/// # Errors
/// The database can't be reached.
pub async fn anchors(conn: &mut PgConnection, after: i64) -> Result<Vec<Anchor>> {
    let sql = "select position, hash, at, key_id, signature from audit_anchors where position > $1 order by position";
    let stored: Vec<StoredAnchor> = sqlx::query_as(sql).bind(after).fetch_all(conn).await?;
    stored.into_iter().map(StoredAnchor::read).collect()
}

/// The anchor of this position, if there is one.
///
/// # Errors
/// The database can't be reached.
pub async fn anchor(conn: &mut PgConnection, position: i64) -> Result<Option<Anchor>> {
    let sql = "select position, hash, at, key_id, signature from audit_anchors where position = $1";
    let stored: Option<StoredAnchor> = sqlx::query_as(sql).bind(position).fetch_optional(conn).await?;
    stored.map(StoredAnchor::read).transpose()
}

impl StoredAnchor {
    fn read(self) -> Result<Anchor> {
        let Self { position, hash: bytes, at, key_id, signature } = self;
        Ok(Anchor { position, hash: hash(position, &bytes)?, at, key_id, signature })
    }
}
