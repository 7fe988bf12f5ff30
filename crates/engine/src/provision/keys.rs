//! Keys: who is to be brought to what is wanted. One is taken under a lease with a number that counts up, so that a server that was
//! away for too long writes nothing any more; nothing is sent inside a transaction.

use super::health;
use super::line::{Again, Key, LEASE, Line, Stop};
use crate::{Engine, Result};
use chrono::{DateTime, Utc};
use domain::provision::{Health, retry};
use sqlx::AssertSqlSafe;
use uuid::Uuid;

/// An application `a` to which something may be sent.
pub(super) const OPEN: &str = "a.off_at is null and a.deleted_at is null and (a.paused_until is null or a.paused_until <= clock()) \
     and (a.open_until is null or a.open_until <= clock())";
/// What is due of the keys `p` of an application `a`. In quarantine only what takes something away.
const WAITS: &str = "p.due_at <= (select clock()) and (p.leased_until is null or p.leased_until < clock()) \
     and (p.urgent or a.health <> 'quarantined')";

/// Whether something is there of the key `p` that she is not to have: that goes before everything that gives.
const OWES: &str = "exists (select from application_members m where m.application_id = p.application_id and m.user_id = p.user_id \
     and m.there <> 'no' and m.group_id not in (select application_wants(p.application_id, p.user_id)))";

/// Applications for which something is due.
///
/// # Errors
/// The database can't be reached.
pub(super) async fn due(engine: &Engine) -> Result<Vec<Uuid>> {
    let sql = format!(
        "select a.id from applications a where {OPEN} and exists (select from application_people p where p.application_id = a.id and {WAITS})"
    );
    Ok(sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(&engine.pool).await?)
}

/// Takes as many as may be under way, over all servers; while an application gives no answers, one.
///
/// # Errors
/// The database can't be reached.
pub(super) async fn claim(engine: &Engine, app: Uuid) -> Result<Vec<Key>> {
    let mut tx = engine.begin().await?;
    let open = format!("select from applications a where a.id = $1 and {OPEN} for no key update");
    // locked by a statement of its own: a count in it would be from before the wait
    if sqlx::query(AssertSqlSafe(open)).bind(app).fetch_optional(&mut *tx).await?.is_none() {
        tx.rollback().await?;
        return Ok(Vec::new());
    }
    let room: i32 = sqlx::query_scalar(
        "select case when a.straight > 0 then 1 else a.in_flight end - (select count(*) from application_people p \
           where p.application_id = a.id and p.leased_until > clock())::int from applications a where a.id = $1",
    )
    .bind(app)
    .fetch_one(&mut *tx)
    .await?;
    if room <= 0 {
        tx.rollback().await?;
        return Ok(Vec::new());
    }
    let sql = format!(
        "update application_people k set lease = gen_random_uuid(), leased_until = clock() + interval '{LEASE}', fence = fence + 1 \
         where application_id = $1 and user_id in (select p.user_id from application_people p join applications a on a.id = p.application_id \
           where p.application_id = $1 and {WAITS} order by p.urgent desc, p.due_at, p.user_id limit $2 for update of p skip locked) \
         returning user_id, generation, lease, fence, attempts, failing_since, why"
    );
    let keys = sqlx::query_as(AssertSqlSafe(sql)).bind(app).bind(room).fetch_all(&mut *tx).await?;
    tx.commit().await?;
    Ok(keys)
}

/// Takes this one, due or not; `None` while somebody else has it.
///
/// # Errors
/// The database can't be reached.
pub(crate) async fn claim_one(engine: &Engine, app: Uuid, person: Uuid) -> Result<Option<Key>> {
    let sql = format!(
        "update application_people set lease = gen_random_uuid(), leased_until = clock() + interval '{LEASE}', fence = fence + 1 \
         where application_id = $1 and user_id = $2 and (leased_until is null or leased_until < clock()) \
         returning user_id, generation, lease, fence, attempts, failing_since, why"
    );
    let mut tx = engine.begin().await?;
    let key = sqlx::query_as(AssertSqlSafe(sql)).bind(app).bind(person).fetch_optional(&mut *tx).await?;
    tx.commit().await?;
    Ok(key)
}

/// Gives a key back with what came of it.
///
/// # Errors
/// The database can't be reached.
pub(crate) async fn finish(line: &Line, key: &Key, worked: Worked) -> Result<()> {
    settle(line, key, worked.came).await?;
    // a removal that went well is what a quarantine waits for
    if worked.removed && line.app.health == Health::Quarantined {
        let mut tx = line.engine.begin().await?;
        health::recovered(&mut tx, line.app.id, true).await?;
        tx.commit().await?;
    }
    Ok(())
}

async fn settle(line: &Line, key: &Key, came: Result<State, Stop>) -> Result<()> {
    match came {
        Ok(state) => well(line, key, state).await,
        Err(Stop::Engine(error)) => {
            again(line, key, "pending", "It could not be worked on here; the log says why.", 60.0).await?;
            Err(error)
        }
        Err(Stop::Lost) => Ok(()),
        Err(Stop::Busy) => again(line, key, "pending", "", 1.0).await,
        Err(Stop::Stale) => again(line, key, "pending", "", 0.0).await,
        Err(Stop::Pause(seconds)) => again(line, key, "pending", "", seconds).await,
        // grants wait for the end of the quarantine; what was to be taken away is
        Err(Stop::Held) => again(line, key, "blocked", "The application is in quarantine.", 0.0).await,
        Err(Stop::Blocked(why)) => again(line, key, "blocked", &why, f64::INFINITY).await,
        Err(Stop::Failed(why, when)) => {
            let seconds = delay(line, key, when).await?;
            again(line, key, "failed", &why, seconds).await
        }
    }
}

/// What came of the work on a key.
#[derive(Debug)]
pub(crate) struct Worked {
    pub came: Result<State, Stop>,
    /// Something was taken away, and that was confirmed.
    pub removed: bool,
}

/// How a key stands when there is nothing to do any more.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum State {
    /// She is in everything that is wanted.
    Applied,
    /// She is out of scope, and what should become of her account has.
    Out,
}

/// A change that came meanwhile keeps it in the queue.
async fn well(line: &Line, key: &Key, state: State) -> Result<()> {
    let sql = format!(
        "update application_people p set done = $5, lease = null, leased_until = null, attempts = 0, failing_since = null, problem = '', \
           due_at = case when generation = $5 then null else clock() end, urgent = {OWES}, \
           state = case when generation = $5 then $6 else 'pending' end \
         where application_id = $1 and user_id = $2 and lease = $3 and fence = $4"
    );
    let state = match state {
        State::Applied => "applied",
        State::Out => "out",
    };
    sqlx::query(AssertSqlSafe(sql))
        .bind(line.app.id)
        .bind(key.user_id)
        .bind(key.lease)
        .bind(key.fence)
        .bind(key.generation)
        .bind(state)
        .execute(&line.engine.pool)
        .await?;
    Ok(())
}

async fn again(line: &Line, key: &Key, state: &str, why: &str, seconds: f64) -> Result<()> {
    let failed = state == "failed";
    let sql = format!(
        "update application_people p set lease = null, leased_until = null, state = $5, problem = $6, \
           attempts = attempts + case when $7 then 1 else 0 end, \
           failing_since = case when $7 then coalesce(failing_since, clock()) else failing_since end, \
           urgent = {OWES}, \
           due_at = case when generation <> $9 then clock() when $8::float8 = 'infinity' then null \
             else clock() + make_interval(secs => $8) end \
         where application_id = $1 and user_id = $2 and lease = $3 and fence = $4"
    );
    sqlx::query(AssertSqlSafe(sql))
        .bind(line.app.id)
        .bind(key.user_id)
        .bind(key.lease)
        .bind(key.fence)
        .bind(state)
        .bind(line.app.scrubbed(&super::log::short(why, 1000)))
        .bind(failed)
        .bind(seconds)
        .bind(key.generation)
        .execute(&line.engine.pool)
        .await?;
    Ok(())
}

async fn delay(line: &Line, key: &Key, when: Again) -> Result<f64> {
    let row: (DateTime<Utc>, f64, Option<String>, Option<bool>) = sqlx::query_as(
        "select clock(), random(), (select health from applications where id = $1), \
           (select urgent from application_people where application_id = $1 and user_id = $2)",
    )
    .bind(line.app.id)
    .bind(key.user_id)
    .fetch_one(&line.engine.pool)
    .await?;
    let (now, dice, health, urgent) = row;
    let tries = key.attempts.unsigned_abs() + 1;
    let quarantined = health.as_deref() == Some(Health::Quarantined.wire());
    if quarantined && urgent == Some(true) {
        return Ok(retry::removal_gap(tries) as f64);
    }
    let failing = key.failing_since.map_or(0, |since| (now - since).num_seconds());
    Ok(match when {
        Again::Soon => retry::gap(tries, failing, dice),
        Again::Later => retry::REFUSED as f64,
    })
}
