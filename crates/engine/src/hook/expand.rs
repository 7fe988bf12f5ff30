//! Makes deliveries of what was written in the audit since the last look. How far that was is kept with the hook and moves in
//! the same statement, so that nothing is told twice or left out, however often and wherever this is stopped.

use crate::{Engine, Result};
use domain::audit::Event;
use domain::webhook::choice::{self, Topic};
use sqlx::PgConnection;
use tokio::sync::watch;
use uuid::Uuid;

/// Events that are read at once.
const MOST: i64 = 1000;
/// Slices for a hook before others have their turn.
const SLICES: usize = 5;

#[derive(sqlx::FromRow)]
struct Behind {
    id: Uuid,
    topics: Vec<String>,
    refusals: bool,
}

/// Reads on for every hook that is behind, a few slices; says whether there may be more. One that is off is read for up to where it
/// was switched off.
///
/// # Errors
/// The database can't be reached.
pub async fn expand(engine: &Engine, stop: &watch::Receiver<bool>) -> Result<bool> {
    let behind: Vec<Uuid> = sqlx::query_scalar(
        "select h.id from hooks h, (select max(position) as position from audit_chain) event, \
           (select max(position) as position from audit_anchors) anchor \
         where h.deleted_at is null and (h.position < least(event.position, h.position_end) \
           or h.anchor < least(anchor.position, h.anchor_end)) order by h.position",
    )
    .fetch_all(&engine.pool)
    .await?;
    let mut more = false;
    for hook in behind {
        let mut goes_on = true;
        for _ in 0..SLICES {
            if *stop.borrow() {
                return Ok(false);
            }
            goes_on = slice(engine, hook).await?;
            if !goes_on {
                break;
            }
        }
        more |= goes_on;
    }
    Ok(more)
}

/// One slice for one hook; says whether there may be more. A hook that another server is at is left to it.
async fn slice(engine: &Engine, hook: Uuid) -> Result<bool> {
    let mut tx = engine.begin().await?;
    let behind =
        "select id, topics, refusals from hooks where id = $1 and deleted_at is null for update skip locked";
    let behind: Option<Behind> = sqlx::query_as(behind).bind(hook).fetch_optional(&mut *tx).await?;
    let Some(hook) = behind else { return Ok(false) };
    let topics: Vec<Topic> = hook.topics.iter().filter_map(|word| Topic::parse(word)).collect();
    let events = events(&mut tx, &hook, &choice::events(&topics)).await?;
    let anchors = anchors(&mut tx, &hook, topics.contains(&Topic::Anchor)).await?;
    tx.commit().await?;
    Ok(events || anchors)
}

/// Stops before an event that this version does not know: one of a later version, which knows to whom it is told.
async fn events(conn: &mut PgConnection, hook: &Behind, kinds: &[&str]) -> Result<bool> {
    let known: Vec<&str> = Event::ALL.iter().map(|event| event.wire()).collect();
    let (read, passed): (i64, i64) = sqlx::query_as(
        "with read as (select c.position, c.seq, e.action, e.outcome, h.positions_skipped @> c.position as skipped from audit_chain c \
             join hooks h on h.id = $1 and c.position > h.position and c.position <= coalesce(h.position_end, 9223372036854775807) \
             join audit_events e on e.seq = c.seq order by c.position limit $4), \
           next as (select * from read \
             where position < coalesce((select min(position) from read where action <> all ($5)), 9223372036854775807)), \
           made as (insert into hook_deliveries (id, hook_id, kind, seq) \
             select gen_random_uuid(), $1, action, seq from next \
             where not skipped and action = any ($2) and ($3 or outcome = 'done') order by position) \
         update hooks set position = greatest(position, (select max(position) from next)) where id = $1 \
         returning (select count(*) from read), (select count(*) from next)",
    )
    .bind(hook.id)
    .bind(kinds)
    .bind(hook.refusals)
    .bind(MOST)
    .bind(known)
    .fetch_one(conn)
    .await?;
    if passed < read {
        tracing::warn!(hook = %hook.id, "a webhook waits for a server of a later version: the audit holds an event that this one does not know");
    }
    Ok(passed == MOST)
}

async fn anchors(conn: &mut PgConnection, hook: &Behind, wanted: bool) -> Result<bool> {
    let read: i64 = sqlx::query_scalar(
        "with next as (select a.position, h.anchors_skipped @> a.position as skipped from audit_anchors a \
             join hooks h on h.id = $1 and a.position > h.anchor and a.position <= coalesce(h.anchor_end, 9223372036854775807) \
             order by a.position limit $4), \
           made as (insert into hook_deliveries (id, hook_id, kind, anchor) \
             select gen_random_uuid(), $1, $3, position from next where $2 and not skipped order by position) \
         update hooks set anchor = greatest(anchor, (select max(position) from next)) where id = $1 \
         returning (select count(*) from next)",
    )
    .bind(hook.id)
    .bind(wanted)
    .bind(choice::ANCHOR)
    .bind(MOST)
    .fetch_one(conn)
    .await?;
    Ok(read == MOST)
}
