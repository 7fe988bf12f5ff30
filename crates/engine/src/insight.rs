//! Counts who holds what over the whole directory, which takes too long for a page: one moment at a time, by whichever
//! server's worker comes first. Pages about one group or role count for themselves ([`crate::ask::insights`]).

mod gaps;

use crate::{Engine, Result, Tx, clock, worker};
use chrono::{DateTime, TimeDelta, Utc};
use domain::insight::due;
use domain::insight::idle::Idle;
use sqlx::{AssertSqlSafe, PgConnection};
use tokio::sync::watch;

/// Rounds of about a second between two looks whether a count is due.
const LOOK: u32 = 15;

/// What a person holds directly, as `(target_id, principal_id, kind, starts, ends)`: from when it was under management.
/// Activations are no holding of their own.
pub(crate) const HELD: &str = "select a.target_id, a.principal_id, a.kind, \
      greatest(a.starts_at, g.managed_at) as starts, least(a.ends_at, g.deleted_at) as ends \
    from assignments a join users u on u.id = a.principal_id join targets t on t.id = a.target_id \
    left join groups g on g.id = t.group_id \
    where a.origin <> 'activated' and (t.role is not null or g.managed_at is not null)";

/// Runs until `stop` says so, beside the sweeps, which must not wait for a long count.
pub async fn run(engine: Engine, mut stop: watch::Receiver<bool>) {
    engine.pulse.begin("insights");
    while !*stop.borrow() {
        let counted = count(&engine).await;
        engine.pulse.note("insights", &counted);
        let rest = match counted {
            // another moment may be due as well
            Ok(Some(_)) => 1,
            Ok(None) => LOOK,
            Err(error) => {
                tracing::error!(?error, "holders could not be counted; trying again");
                LOOK
            }
        };
        if worker::rest(rest, &mut stop).await.is_err() {
            return;
        }
    }
}

/// Counts the moment that is due, and says which. Nothing is due, or another server counts: `None`.
///
/// # Errors
/// The database can't be reached.
pub async fn count(engine: &Engine) -> Result<Option<DateTime<Utc>>> {
    let mut tx = engine.begin().await?;
    if !worker::alone(&mut tx, "pimento insights").await? {
        return Ok(None);
    }
    let counted: Vec<(DateTime<Utc>, i64)> =
        sqlx::query_as("select at, took_ms from holder_counts order by at").fetch_all(&mut *tx).await?;
    let now = clock::now(&mut tx).await?;
    let took = TimeDelta::milliseconds(counted.last().map_or(0, |(_, took)| *took));
    let counted: Vec<_> = counted.into_iter().map(|(at, _)| at).collect();
    let Some(moment) = due::next(&counted, took, now) else {
        tx.rollback().await?;
        return Ok(None);
    };
    count_holders(&mut tx, moment).await?;
    if moment == now {
        count_unused(&mut tx, now).await?;
        time(&mut tx, now).await?;
    }
    forget(&mut tx, now).await?;
    tx.commit().await?;
    if moment == now {
        gaps::count(engine).await?;
        let mut conn = engine.pool.acquire().await?;
        time(&mut conn, now).await?;
    }
    Ok(Some(moment))
}

/// Writes down how long the count of this moment took so far.
async fn time(conn: &mut PgConnection, at: DateTime<Utc>) -> Result<()> {
    sqlx::query(
        "update holder_counts set took_ms = greatest(extract(epoch from clock() - at) * 1000, 0) where at = $1",
    )
    .bind(at)
    .execute(conn)
    .await?;
    Ok(())
}

async fn count_holders(tx: &mut Tx, moment: DateTime<Utc>) -> Result<()> {
    let sql = format!(
        "insert into holder_counts (at, standing, eligible) \
         select $1, count(*) filter (where standing), count(*) filter (where not standing) from ( \
           select principal_id, bool_or(kind = 'active') as standing from ({HELD}) held \
           where starts <= $1 and (ends is null or ends > $1) group by principal_id) holders"
    );
    sqlx::query(AssertSqlSafe(sql)).bind(moment).execute(&mut **tx).await?;
    Ok(())
}

/// Of every target, how many eligibilities lie idle. Written anew: it is of one moment only.
async fn count_unused(tx: &mut Tx, now: DateTime<Utc>) -> Result<()> {
    sqlx::query("delete from unused_counts").execute(&mut **tx).await?;
    let [thirty, sixty, ninety] = Idle::ALL.map(|idle| idle.limit(now));
    sqlx::query(
        "with uses as materialized (select principal_id, target_id, eligibility_id, starts_at from assignments \
           where origin = 'activated' and starts_at <= $1), \
         by_person as (select principal_id, target_id, max(starts_at) as last from uses group by 1, 2), \
         by_ground as (select eligibility_id, max(starts_at) as last from uses group by 1), \
         idle as (select a.target_id, greatest(a.starts_at, p.last, e.last) as since \
           from assignments a join things t on t.id = a.target_id and t.open and t.deleted_at is null \
           left join by_person p on p.principal_id = a.principal_id and p.target_id = a.target_id \
           left join by_ground e on e.eligibility_id = a.id \
           where a.kind = 'eligible' and a.starts_at <= $1 and (a.ends_at is null or a.ends_at > $1)) \
         insert into unused_counts (target_id, eligible, unused_30, unused_60, unused_90) \
         select target_id, count(*), count(*) filter (where since <= $2), count(*) filter (where since <= $3), \
           count(*) filter (where since <= $4) from idle group by target_id",
    )
    .bind(now)
    .bind(thirty)
    .bind(sixty)
    .bind(ninety)
    .execute(&mut **tx)
    .await?;
    sqlx::query(
        "insert into unused_sums (eligible, unused_30, unused_60, unused_90) \
         select coalesce(sum(eligible), 0)::bigint, coalesce(sum(unused_30), 0)::bigint, \
           coalesce(sum(unused_60), 0)::bigint, coalesce(sum(unused_90), 0)::bigint from unused_counts \
         on conflict (one) do update set eligible = excluded.eligible, unused_30 = excluded.unused_30, \
           unused_60 = excluded.unused_60, unused_90 = excluded.unused_90",
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Deletes what no report looks back on.
async fn forget(tx: &mut Tx, now: DateTime<Utc>) -> Result<()> {
    sqlx::query(
        "delete from holder_counts where at <> all ($1) and at < (select max(at) from holder_counts)",
    )
    .bind(due::kept(now))
    .execute(&mut **tx)
    .await?;
    Ok(())
}
