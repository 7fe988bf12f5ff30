//! Signs of life of servers, and how their clocks differ from the database's. No decision rests on a worker's clock; a
//! certificate, a signature of a webhook, or the next thing somebody builds may.

use super::{Finding, Subject, judged};
use crate::{Engine, Result};
use chrono::{DateTime, Utc};
use domain::alert::settings::Settings;
use domain::alert::{Kind, rules};
use sqlx::PgConnection;
use std::time::SystemTime;

/// Whoever gave no sign for so long is gone, and its clock concerns nobody.
const GONE: &str = "10 minutes";

/// What a server does that gives a sign.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Doing {
    /// It is a worker.
    Work,
    /// It answers browsers only.
    Answer,
}

/// Gives a sign of life of this machine.
///
/// # Errors
/// The database can't be reached.
pub async fn beat(engine: &Engine, server: &str, doing: Doing) -> Result<()> {
    let mut conn = engine.pool.acquire().await?;
    // last before the statement: what lies between the two readings counts as difference
    let own = own_clock();
    sign(&mut conn, server, doing, own).await
}

/// The same with what its clock says. Both clocks are compared in one statement.
///
/// # Errors
/// The database can't be reached.
pub async fn sign(conn: &mut PgConnection, server: &str, doing: Doing, own: DateTime<Utc>) -> Result<()> {
    sqlx::query(
        "insert into workers as w (name, seen_at, skew_ms, works) \
         values (left($1, 256), clock(), round(extract(epoch from $2 - clock()) * 1000), $3) \
         on conflict (name) do update set seen_at = excluded.seen_at, skew_ms = excluded.skew_ms, works = excluded.works",
    )
    .bind(server)
    .bind(own)
    .bind(doing == Doing::Work)
    .execute(conn)
    .await?;
    Ok(())
}

#[expect(
    clippy::disallowed_methods,
    reason = "it is compared with the database's clock, and decides nothing"
)]
fn own_clock() -> DateTime<Utc> {
    SystemTime::now().into()
}

/// When a worker was last seen.
///
/// # Errors
/// The database can't be reached.
pub async fn last_seen(conn: &mut PgConnection) -> Result<Option<DateTime<Utc>>> {
    let last = "select seen_at from workers where works order by seen_at desc limit 1";
    Ok(sqlx::query_scalar(last).fetch_optional(conn).await?)
}

/// The finding that no worker is there.
pub(super) async fn missing(
    conn: &mut PgConnection,
    settings: &Settings,
    now: DateTime<Utc>,
) -> Result<Option<Finding>> {
    let since = last_seen(conn).await?;
    Ok(judged(settings, Kind::NoWorker, Subject::default(), |settings| {
        rules::no_worker(since, now, settings)
    }))
}

/// Clocks that differ too much, of those who gave a sign lately.
pub(super) async fn skewed(conn: &mut PgConnection, settings: &Settings) -> Result<Vec<Finding>> {
    let sql = format!("select name, skew_ms from workers where seen_at > clock() - interval '{GONE}'");
    let rows: Vec<(String, i64)> = sqlx::query_as(sqlx::AssertSqlSafe(sql)).fetch_all(conn).await?;
    let found = rows.into_iter().filter_map(|(server, millis)| {
        let subject = Subject { server, ..Subject::default() };
        judged(settings, Kind::ClockSkew, subject, |settings| rules::skew(millis, settings))
    });
    Ok(found.collect())
}

/// Machines that gave no sign for a month are forgotten, but for the one that was last.
pub(super) async fn forget(conn: &mut PgConnection) -> Result<()> {
    sqlx::query(
        "delete from workers where seen_at < clock() - interval '30 days' \
           and (not works or seen_at < (select max(seen_at) from workers where works))",
    )
    .execute(conn)
    .await?;
    Ok(())
}
