//! On and off, by hand or because the receiver is gone. What happened before a hook was switched off is its own, also what was not
//! read for it by then: it is read up to there while the hook is off, and what happened after that is skipped.

use crate::audit::{self, About};
use crate::ctx::By;
use crate::{Error, Result};
use chrono::{DateTime, Utc};
use domain::audit::Event;
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

/// The ends of the audit and of its anchors.
const HEAD: &str = "(select coalesce((select max(position) from audit_chain), 0) as position, \
     coalesce((select max(position) from audit_anchors), 0) as anchor) head";

/// Holds it for a change: its name, and since when it is off.
///
/// # Errors
/// Unknown, or the database can't be reached.
pub async fn lock(conn: &mut PgConnection, hook: Uuid) -> Result<(String, Option<DateTime<Utc>>)> {
    let held = "select name, off_at from hooks where id = $1 and deleted_at is null for update";
    sqlx::query_as(held).bind(hook).fetch_optional(conn).await?.ok_or_else(Error::not_found)
}

/// Switches it off, if it is on; says its name if so.
pub async fn off(conn: &mut PgConnection, hook: Uuid, why: &str) -> Result<Option<String>> {
    let sql = format!(
        "update hooks h set off_at = clock(), off_why = $2, position_end = greatest(h.position, head.position), \
           anchor_end = greatest(h.anchor, head.anchor) from {HEAD} \
         where h.id = $1 and h.off_at is null and h.deleted_at is null returning h.name"
    );
    Ok(sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).bind(hook).bind(why).fetch_optional(conn).await?)
}

/// The same because of its receiver, with the audit event.
pub async fn off_for(conn: &mut PgConnection, hook: Uuid, why: &str) -> Result<()> {
    if let Some(name) = off(conn, hook, why).await? {
        let facts = Some(json!({ "hook": hook, "name": name }));
        let about = About { reason: why.to_owned(), facts, ..About::default() };
        audit::done(conn, &By::system("webhooks"), Event::HookSwitchedOff, &about).await?;
    }
    Ok(())
}

/// Switches it on. Usually it was read up to where it was switched off, and goes on from now.
pub async fn on(conn: &mut PgConnection, hook: Uuid) -> Result<()> {
    let sql = format!(
        "update hooks h set off_at = null, off_why = '', on_at = clock(), position_end = null, anchor_end = null, \
           failures = 0, rests_until = null, failing_since = null, failing_tries = 0, \
           position = case when h.position < h.position_end then h.position else head.position end, \
           positions_skipped = case when h.position < h.position_end \
             then h.positions_skipped + int8multirange(int8range(h.position_end, head.position, '(]')) else '{{}}' end, \
           anchor = case when h.anchor < h.anchor_end then h.anchor else head.anchor end, \
           anchors_skipped = case when h.anchor < h.anchor_end \
             then h.anchors_skipped + int8multirange(int8range(h.anchor_end, head.anchor, '(]')) else '{{}}' end \
         from {HEAD} where h.id = $1"
    );
    sqlx::query(sqlx::AssertSqlSafe(sql)).bind(hook).execute(conn).await?;
    Ok(())
}
