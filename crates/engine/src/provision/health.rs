//! How applications do: noted after each request.

use super::line::Line;
use crate::{Engine, Result};
use chrono::{DateTime, Utc};
use domain::provision::Health;
use domain::provision::answer::Meaning;
use domain::provision::bucket::Pace;
use domain::provision::health::{Calls, OPEN_SECONDS, STRAIGHT, judge, leaves};
use domain::provision::retry;
use sqlx::PgConnection;
use uuid::Uuid;

/// Notes what an answer says about the application; `lost` where there is none. `words` say why nothing can go well.
pub(crate) async fn note(line: &Line, meaning: Meaning, lost: bool, words: &str) -> Result<()> {
    let (engine, app) = (&line.engine, line.app.id);
    if meaning.is_grave() {
        return quarantine(engine, app, words).await;
    }
    if let Meaning::Pause(seconds) = meaning {
        return pause(engine, app, seconds).await;
    }
    if lost {
        let failed = format!(
            "update applications set straight = straight + 1, \
               open_since = case when straight + 1 >= {STRAIGHT} then coalesce(open_since, clock()) else open_since end, \
               open_until = case when straight + 1 >= {STRAIGHT} then clock() + interval '{OPEN_SECONDS} seconds' else open_until end \
             where id = $1"
        );
        sqlx::query(sqlx::AssertSqlSafe(failed)).bind(app).execute(&engine.pool).await?;
    } else {
        let well = "update applications set straight = 0, open_since = null, open_until = null where id = $1 and straight > 0";
        sqlx::query(well).bind(app).execute(&engine.pool).await?;
    }
    if meaning.is_trouble() || line.app.health == Health::Degraded {
        weigh(engine, app).await?;
    }
    Ok(())
}

/// Leaves it alone for as long as it asked for, and asks it less often afterwards.
async fn pause(engine: &Engine, app: Uuid, seconds: i64) -> Result<()> {
    let mut tx = engine.begin().await?;
    let row: (f64, Option<DateTime<Utc>>, DateTime<Utc>, f64) = sqlx::query_as(
        "select pace_share, slowed_at, clock(), random() from applications where id = $1 for no key update",
    )
    .bind(app)
    .fetch_one(&mut *tx)
    .await?;
    let (share, slowed_at, now, dice) = row;
    let slower = Pace { per_second: 1.0, burst: 1, share, slowed_at }.slower(now);
    sqlx::query(
        "update applications set paused_until = greatest(paused_until, clock() + make_interval(secs => $2)), \
           pace_share = $3, slowed_at = clock() where id = $1",
    )
    .bind(app)
    .bind(retry::pause(seconds, dice))
    .bind(slower)
    .execute(&mut *tx)
    .await?;
    tx.commit().await
}

/// Judges by what was answered lately. A quarantine is not left here.
async fn weigh(engine: &Engine, app: Uuid) -> Result<()> {
    let row: (i64, i64, i64, i64, Option<i64>, String) = sqlx::query_as(
        "select count(*) filter (where at > clock() - interval '5 minutes'), \
           count(*) filter (where trouble and at > clock() - interval '5 minutes'), count(*), count(*) filter (where trouble), \
           (select extract(epoch from clock() - open_since)::bigint from applications where id = $1), \
           (select health from applications where id = $1) \
         from application_attempts where application_id = $1 and at > clock() - interval '30 minutes'",
    )
    .bind(app)
    .fetch_one(&engine.pool)
    .await?;
    let (five, five_failed, thirty, thirty_failed, open, before) = row;
    let five = Calls { all: five, failed: five_failed };
    let thirty = Calls { all: thirty, failed: thirty_failed };
    if before == Health::Quarantined.wire() {
        return Ok(());
    }
    match judge(five, thirty, open) {
        Health::Quarantined => {
            let why = format!("{} of {} calls within 30 minutes failed.", thirty.failed, thirty.all);
            quarantine(engine, app, &why).await
        }
        health if health.wire() != before => {
            let why = match health {
                Health::Degraded => format!("{} of {} calls within 5 minutes failed.", five.failed, five.all),
                _ => String::new(),
            };
            let sql = "update applications set health = $2, health_why = $3, health_at = clock() where id = $1 and health <> 'quarantined'";
            sqlx::query(sql).bind(app).bind(health.wire()).bind(why).execute(&engine.pool).await?;
            Ok(())
        }
        _ => Ok(()),
    }
}

/// Puts it into quarantine, or says another reason for the one it is in.
///
/// # Errors
/// The database can't be reached.
pub(crate) async fn quarantine(engine: &Engine, app: Uuid, why: &str) -> Result<()> {
    sqlx::query(
        "update applications set health_why = $2, proved_at = null, \
           health_at = case when health = 'quarantined' then health_at else clock() end, \
           test_tries = case when health = 'quarantined' then test_tries else 0 end, \
           test_due_at = case when health = 'quarantined' then test_due_at else clock() + make_interval(secs => $3) end, \
           health = 'quarantined' where id = $1 and (health <> 'quarantined' or health_why <> $2 or proved_at is not null)",
    )
    .bind(app)
    .bind(super::log::short(why, 1000))
    .bind(retry::test_gap(0) as f64)
    .execute(&engine.pool)
    .await?;
    Ok(())
}

/// Something was changed that a quarantine may have waited for: it is tried at once.
///
/// # Errors
/// The database can't be reached.
pub(crate) async fn test_soon(conn: &mut PgConnection, app: Uuid) -> Result<()> {
    let sql = "update applications set test_due_at = clock(), test_tries = 0 where id = $1 and health = 'quarantined'";
    sqlx::query(sql).bind(app).execute(conn).await?;
    Ok(())
}

/// A test call of an application in quarantine went well or not.
///
/// # Errors
/// The database can't be reached.
pub(crate) async fn tested(conn: &mut PgConnection, app: Uuid, well: bool) -> Result<()> {
    let tries: Option<i32> = sqlx::query_scalar(
        "update applications set test_tries = test_tries + 1, proved_at = case when $2 then clock() end, \
           open_until = case when $2 then null else open_until end, straight = case when $2 then 0 else straight end, \
           open_since = case when $2 then null else open_since end \
         where id = $1 and health = 'quarantined' returning test_tries",
    )
    .bind(app)
    .bind(well)
    .fetch_optional(&mut *conn)
    .await?;
    let Some(tries) = tries else { return Ok(()) };
    let next = "update applications set test_due_at = clock() + make_interval(secs => $2) where id = $1";
    let gap = retry::test_gap(tries.unsigned_abs()) as f64;
    sqlx::query(next).bind(app).bind(gap).execute(&mut *conn).await?;
    recovered(conn, app, false).await
}

/// Leaves the quarantine, if what matters works again. What could not be removed meanwhile is due at once.
///
/// # Errors
/// The database can't be reached.
pub(crate) async fn recovered(conn: &mut PgConnection, app: Uuid, removed: bool) -> Result<()> {
    sqlx::query("select from applications where id = $1 for no key update")
        .bind(app)
        .execute(&mut *conn)
        .await?;
    let row: Option<(bool, bool)> = sqlx::query_as(
        "select proved_at is not null, exists (select from application_people p where p.application_id = a.id and p.urgent \
           and p.due_at is not null) \
         from applications a where id = $1 and health = 'quarantined'",
    )
    .bind(app)
    .fetch_optional(&mut *conn)
    .await?;
    let Some((proved, wait)) = row else { return Ok(()) };
    if proved && wait && !removed {
        let due = "update application_people k set due_at = clock() from (select user_id from application_people \
             where application_id = $1 and urgent and due_at > clock() order by user_id for update) o \
             where k.application_id = $1 and k.user_id = o.user_id";
        sqlx::query(due).bind(app).execute(&mut *conn).await?;
    }
    if leaves(proved, removed, wait) {
        sqlx::query(
            "update applications set health = 'healthy', health_why = '', health_at = clock(), test_due_at = null, test_tries = 0, \
               proved_at = null where id = $1",
        )
        .bind(app)
        .execute(conn)
        .await?;
    }
    Ok(())
}
