//! What is done for the log of hooks, in batches, however long it is: what waited too long is given up, what is to be sent again is put
//! back, deleted hooks go with their deliveries, and what was settled long ago is forgotten.

use crate::{Engine, Result};
use domain::webhook::retry::LONGEST;
use sqlx::AssertSqlSafe;
use tokio::sync::watch;
use uuid::Uuid;

/// Deliveries that are changed at once.
const BATCH: u32 = 1000;
/// Batches before others have their turn.
const BATCHES: usize = 5;
/// A delivery is put back into the queue.
pub(crate) const AGAIN: &str = "state = 'waiting', closed_at = null, attempts = 0, due_at = clock(), queued_at = clock(), \
    lease = null, leased_until = null, problem = ''";

/// Some batches of each; says whether there may be more.
///
/// # Errors
/// The database can't be reached.
pub async fn tidy(engine: &Engine, stop: &watch::Receiver<bool>) -> Result<bool> {
    let mut more = false;
    for _ in 0..BATCHES {
        if *stop.borrow() {
            return Ok(false);
        }
        more = give_up(engine).await? | again(engine).await? | remove(engine).await?;
        if !more {
            break;
        }
    }
    Ok(more)
}

/// What waited for longer than all tries take, oldest first: a receiver that is down gets few tries, so most never had theirs.
async fn give_up(engine: &Engine) -> Result<bool> {
    let given_up = sqlx::query(
        "update hook_deliveries set state = 'failed', closed_at = clock(), lease = null, leased_until = null, \
           problem = concat_ws('; ', nullif(problem, ''), 'it waited for longer than a day') \
         where id in (select old.id from hooks h cross join lateral \
           (select d.id from hook_deliveries d where d.hook_id = h.id and d.state = 'waiting' \
              and d.queued_at < (select clock() - make_interval(secs => $1)) \
              and (d.leased_until is null or d.leased_until < clock()) \
            order by d.queued_at limit $2 for update skip locked) old \
           where h.off_at is null and h.deleted_at is null and h.on_at < clock() - make_interval(secs => $1))",
    )
    .bind(LONGEST as f64)
    .bind(i64::from(BATCH))
    .execute(&engine.pool)
    .await?;
    Ok(given_up.rows_affected() >= u64::from(BATCH))
}

/// What was given up before somebody said that it is to be sent again.
async fn again(engine: &Engine) -> Result<bool> {
    let hooks =
        "select id from hooks where again_before is not null and off_at is null and deleted_at is null";
    let hooks: Vec<Uuid> = sqlx::query_scalar(hooks).fetch_all(&engine.pool).await?;
    let mut more = false;
    for hook in hooks {
        more |= again_of(engine, hook).await?;
    }
    Ok(more)
}

async fn again_of(engine: &Engine, hook: Uuid) -> Result<bool> {
    let mut tx = engine.begin().await?;
    let locked = "select 1 from hooks where id = $1 for no key update skip locked";
    if sqlx::query(locked).bind(hook).fetch_optional(&mut *tx).await?.is_none() {
        return Ok(false);
    }
    let batch = format!(
        "update hook_deliveries set {AGAIN} where id in (select d.id from hook_deliveries d \
           join hooks h on h.id = d.hook_id and d.closed_at <= h.again_before \
           where d.hook_id = $1 and d.state = 'failed' order by d.closed_at limit $2 for update of d)"
    );
    let batch = sqlx::query(AssertSqlSafe(batch)).bind(hook).bind(i64::from(BATCH));
    let more = batch.execute(&mut *tx).await?.rows_affected() >= u64::from(BATCH);
    if !more {
        let done = "update hooks set again_before = null where id = $1";
        sqlx::query(done).bind(hook).execute(&mut *tx).await?;
    }
    tx.commit().await?;
    Ok(more)
}

/// Deleted hooks: first what was to be told, then themselves.
async fn remove(engine: &Engine) -> Result<bool> {
    let removed = sqlx::query(
        "delete from hook_deliveries where id in (select d.id from hook_deliveries d \
           join hooks h on h.id = d.hook_id where h.deleted_at is not null limit $1 for update of d skip locked)",
    )
    .bind(i64::from(BATCH))
    .execute(&engine.pool)
    .await?;
    let hooks = "delete from hooks h where h.deleted_at is not null \
        and not exists (select from hook_deliveries d where d.hook_id = h.id)";
    sqlx::query(hooks).execute(&engine.pool).await?;
    Ok(removed.rows_affected() >= u64::from(BATCH))
}

/// Deletes what was settled more than 30 days ago: the audit tells for ever what happened.
///
/// # Errors
/// The database can't be reached.
pub async fn forget(engine: &Engine) -> Result<()> {
    sqlx::query(
        "delete from hook_deliveries where id in (select id from hook_deliveries \
           where closed_at < (select clock() - interval '30 days') limit 1000)",
    )
    .execute(&engine.pool)
    .await?;
    Ok(())
}
