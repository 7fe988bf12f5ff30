//! Makes deliveries of what was written in the audit since the last look. How far that was is kept with the hook and moves in
//! the same statement, so that nothing is told twice or left out, however often and wherever this is stopped.

use crate::{Engine, Result};
use domain::webhook::choice::{self, Topic};
use sqlx::PgConnection;
use uuid::Uuid;

/// Events that are read at once.
const MOST: i64 = 1000;

#[derive(sqlx::FromRow)]
struct Behind {
    id: Uuid,
    topics: Vec<String>,
    refusals: bool,
}

/// Reads on for every hook that is on, until none is behind.
///
/// # Errors
/// The database can't be reached.
pub async fn expand(engine: &Engine) -> Result<()> {
    while slice(engine).await? {}
    Ok(())
}

/// One slice for one hook; says whether there may be more. A hook that another server is at is left to it.
async fn slice(engine: &Engine) -> Result<bool> {
    let mut tx = engine.begin().await?;
    let behind: Option<Behind> = sqlx::query_as(
        "select id, topics, refusals from hooks where off_at is null \
           and (position < (select max(position) from audit_chain) or anchor < (select max(position) from audit_anchors)) \
         order by position limit 1 for update skip locked",
    )
    .fetch_optional(&mut *tx)
    .await?;
    let Some(hook) = behind else { return Ok(false) };
    let topics: Vec<Topic> = hook.topics.iter().filter_map(|word| Topic::parse(word)).collect();
    events(&mut tx, &hook, &choice::events(&topics)).await?;
    anchors(&mut tx, &hook, topics.contains(&Topic::Anchor)).await?;
    tx.commit().await?;
    Ok(true)
}

async fn events(conn: &mut PgConnection, hook: &Behind, kinds: &[&str]) -> Result<()> {
    sqlx::query(
        "with next as (select c.position, c.seq from audit_chain c join hooks h on h.id = $1 and c.position > h.position \
             order by c.position limit $4), \
           made as (insert into hook_deliveries (id, hook_id, kind, seq) \
             select gen_random_uuid(), $1, e.action, e.seq from next join audit_events e on e.seq = next.seq \
             where e.action = any ($2) and ($3 or e.outcome = 'done') order by next.position) \
         update hooks set position = greatest(position, (select max(position) from next)) where id = $1",
    )
    .bind(hook.id)
    .bind(kinds)
    .bind(hook.refusals)
    .bind(MOST)
    .execute(conn)
    .await?;
    Ok(())
}

async fn anchors(conn: &mut PgConnection, hook: &Behind, wanted: bool) -> Result<()> {
    sqlx::query(
        "with next as (select a.position from audit_anchors a join hooks h on h.id = $1 and a.position > h.anchor \
             order by a.position limit $4), \
           made as (insert into hook_deliveries (id, hook_id, kind, anchor) \
             select gen_random_uuid(), $1, $3, position from next where $2 order by position) \
         update hooks set anchor = greatest(anchor, (select max(position) from next)) where id = $1",
    )
    .bind(hook.id)
    .bind(wanted)
    .bind(choice::ANCHOR)
    .bind(MOST)
    .execute(conn)
    .await?;
    Ok(())
}
