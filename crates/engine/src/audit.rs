//! Writes audit events: one per transition, in the transition's transaction; one per refusal, in a transaction of its
//! own, since the refused one changed nothing. What people are told of is noted beside it ([`crate::mail`]).
//!
//! PostgreSQL chains each event when its transaction commits (`migrations/0016_chain.sql`); here it is read back
//! ([`stored`]), exported ([`file`]), sent on ([`stream`]), verified ([`verify`], in the background [`check`]), anchored ([`anchors`]) and,
//! when it is old, sealed ([`seals`]).

pub mod anchors;
pub mod check;
pub mod file;
pub mod keeper;
pub(crate) mod named;
pub mod seals;
pub mod spool;
pub mod stored;
pub mod stream;
pub mod verify;

use crate::ctx::By;
use crate::db::rows::Rows;
use crate::db::targets;
use crate::mail::note;
use crate::{Engine, Error, Result};
use domain::audit::Event;
use domain::ids::{AssignmentId, GroupId, PrincipalId, RequestId, TargetId};
use domain::refusal::Refusal;
use serde_json::{Value, json};
use sqlx::PgConnection;
use uuid::Uuid;

/// What an event is about.
#[derive(Clone, Debug, Default)]
pub struct About {
    /// About whom.
    pub principal: Option<PrincipalId>,
    /// About which group.
    pub group: Option<GroupId>,
    /// About which target.
    pub target: Option<TargetId>,
    /// From which request.
    pub request: Option<RequestId>,
    /// Which assignment.
    pub assignment: Option<AssignmentId>,
    /// As written by the person.
    pub reason: String,
    /// As written by the person.
    pub ticket: String,
    /// Policy that was applied.
    pub policy_version: Option<i32>,
    /// Proof that was used up.
    pub proof: Option<Uuid>,
    /// Further facts of this kind of event. No secrets, ever.
    pub facts: Option<Value>,
}

/// Writes that something happened.
///
/// # Errors
/// The event can't be written: then what it tells of must not happen either, so the caller's transaction fails.
pub async fn done(conn: &mut PgConnection, by: &By, event: Event, about: &About) -> Result<()> {
    insert(conn, by, event, "done", about).await
}

/// Writes that something was refused, in a transaction that goes on because other parts of it succeed.
///
/// # Errors
/// The event can't be written.
pub async fn done_refused(conn: &mut PgConnection, by: &By, event: Event, about: &About) -> Result<()> {
    insert(conn, by, event, "refused", about).await
}

/// Why something was refused, as the facts of its event.
pub fn reasons(refusals: &[Refusal]) -> Value {
    let reasons: Vec<Value> =
        refusals.iter().map(|r| json!({ "code": r.code, "text": r.text.to_string() })).collect();
    json!({ "refused": reasons })
}

/// Writes that something was refused, and gives the refusals on as the error to return. Call it after the refused
/// transaction is gone.
pub async fn refused(engine: &Engine, by: &By, event: Event, about: About, refusals: Vec<Refusal>) -> Error {
    // why, beside what was wanted
    let facts = match (about.facts, reasons(&refusals)) {
        (Some(Value::Object(mut wanted)), Value::Object(why)) => {
            wanted.extend(why);
            Value::Object(wanted)
        }
        (_, why) => why,
    };
    let about = About { facts: Some(facts), ..about };
    let written = async {
        let mut tx = engine.begin().await?;
        // a target that the refused transaction made went with it
        let target = match about.target {
            Some(id) if targets::find(&mut tx, id).await?.is_some() => Some(id),
            _ => None,
        };
        insert(&mut tx, by, event, "refused", &About { target, ..about }).await?;
        tx.commit().await
    };
    match written.await {
        Ok(()) => Error::Refused(refusals),
        Err(error) => error,
    }
}

async fn insert(conn: &mut PgConnection, by: &By, event: Event, outcome: &str, about: &About) -> Result<()> {
    let mut rows = Rows::default();
    put_as(&mut rows, by, event, outcome, about);
    rows.write(conn).await
}

/// As [`done`], to be written together with the rows it tells of.
pub(crate) fn put(rows: &mut Rows, by: &By, event: Event, about: &About) {
    put_as(rows, by, event, "done", about);
}

fn put_as(rows: &mut Rows, by: &By, event: Event, outcome: &str, about: &About) {
    let session: String = by.session_hash.iter().map(|byte| format!("{byte:02x}")).collect();
    // what was refused gave and took nothing: it waits for the audit
    let table = if outcome == "done" { spool::table() } else { spool::AUDIT };
    rows.row(table)
        .set("action", event.wire())
        .set("outcome", outcome)
        .set("actor_id", by.person.map(|id| id.0))
        .set("principal_id", about.principal.map(|id| id.0))
        .set("group_id", about.group.map(|id| id.0))
        .set("target_id", about.target.map(|id| id.0))
        .set("request_id", about.request.map(|id| id.0))
        .set("assignment_id", about.assignment.map(|id| id.0))
        .set("reason", &about.reason)
        .set("ticket", &about.ticket)
        .set("policy_version", about.policy_version)
        .set("facts", about.facts.clone().unwrap_or_else(|| json!({})))
        .set("session_hash", session)
        .set("ip", &by.via.ip)
        .set("user_agent", &by.via.user_agent)
        .set("proof_id", about.proof)
        .set("trace_id", &by.via.trace_id);
    if outcome == "done" {
        note::put(rows, by, event, about);
    }
}
