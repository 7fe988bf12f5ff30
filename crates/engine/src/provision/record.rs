//! What is known of accounts and memberships there, written down by whoever has the key.

use super::line::{Again, Key, Line, Stop};
use uuid::Uuid;

/// Writes down that she may be in, if that is wanted at this moment and `remote` is what the group stands for. Keeps the key for as long
/// as a request can take. Whoever changes what the group stands for, or forgets what is known, waits for this, and sees it.
pub(crate) async fn begin(line: &Line, key: &Key, group: Uuid, remote: &str) -> Result<(), Stop> {
    let mut tx = line.engine.begin().await?;
    if let Err(stop) = line.hold(&mut tx).await {
        tx.rollback().await?;
        return Err(stop);
    }
    // locked by a statement of its own: what follows sees what it waited for
    let stands =
        "select remote_id from application_groups where application_id = $1 and group_id = $2 for share";
    let stands: Option<Option<String>> =
        sqlx::query_scalar(stands).bind(line.app.id).bind(group).fetch_optional(&mut *tx).await?;
    let begun = sqlx::query(
        "update application_members set there = 'unknown', confirmed_at = null where application_id = $1 and user_id = $2 and group_id = $3 \
           and wanted and $3 in (select application_wants($1, $2))",
    )
    .bind(line.app.id)
    .bind(key.user_id)
    .bind(group)
    .execute(&mut *tx)
    .await?;
    if stands.flatten().as_deref() != Some(remote) || begun.rows_affected() != 1 {
        tx.rollback().await?;
        return Err(Stop::Stale);
    }
    tx.commit().await?;
    Ok(())
}

/// Nothing was written: somebody else has the key, or what it was written for is not so any more.
async fn ours_but_stale(line: &Line, written: u64) -> Result<(), Stop> {
    if written == 1 {
        return Ok(());
    }
    line.hold_now().await?;
    Err(Stop::Stale)
}

/// Writes down that she is in, if the group there still stands for this one.
pub(crate) async fn inside(line: &Line, key: &Key, group: Uuid, remote: &str) -> Result<(), Stop> {
    let mut tx = line.engine.begin().await?;
    let recorded = sqlx::query(
        "update application_members m set there = 'yes', problem = '', confirmed_at = case when m.wanted then coalesce(m.confirmed_at, clock()) end \
         from application_people p, application_groups g where p.application_id = $1 and p.user_id = $2 and p.lease = $3 and p.fence = $6 \
           and m.application_id = $1 and m.user_id = $2 and m.group_id = $4 and g.application_id = $1 and g.group_id = $4 and g.remote_id = $5",
    )
    .bind(line.app.id)
    .bind(key.user_id)
    .bind(key.lease)
    .bind(group)
    .bind(remote)
    .bind(key.fence)
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    ours_but_stale(line, recorded.rows_affected()).await
}

/// Writes down that she is out (`no`) or may be in (`unknown`), if the key is still ours.
pub(crate) async fn record(line: &Line, key: &Key, group: Uuid, there: &str) -> Result<(), Stop> {
    let mut tx = line.engine.begin().await?;
    let recorded = sqlx::query(
        "update application_members m set there = $5, problem = case when $5 = 'unknown' then m.problem else '' end, \
           confirmed_at = case when $5 = 'no' and not m.wanted then coalesce(m.confirmed_at, clock()) end \
         from application_people p where p.application_id = $1 and p.user_id = $2 and p.lease = $3 and p.fence = $6 \
           and m.application_id = $1 and m.user_id = $2 and m.group_id = $4",
    )
    .bind(line.app.id)
    .bind(key.user_id)
    .bind(key.lease)
    .bind(group)
    .bind(there)
    .bind(key.fence)
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    if recorded.rows_affected() == 1 { Ok(()) } else { Err(Stop::Lost) }
}

/// Writes down why it did not go well.
pub(crate) async fn note(line: &Line, key: &Key, group: Uuid, why: &str) -> Result<(), Stop> {
    sqlx::query(
        "update application_members m set problem = $5 from application_people p \
         where p.application_id = $1 and p.user_id = $2 and p.lease = $3 and p.fence = $6 \
           and m.application_id = $1 and m.user_id = $2 and m.group_id = $4",
    )
    .bind(line.app.id)
    .bind(key.user_id)
    .bind(key.lease)
    .bind(group)
    .bind(line.app.scrubbed(&super::log::short(why, 1000)))
    .bind(key.fence)
    .execute(&line.engine.pool)
    .await?;
    Ok(())
}

/// Writes the link down, if the key is still ours.
pub(crate) async fn link(
    line: &Line,
    key: &Key,
    remote: Option<&str>,
    there: &str,
    active: bool,
    sent: &str,
) -> Result<(), Stop> {
    let mut tx = line.engine.begin().await?;
    let linked = sqlx::query(
        "update application_people set remote_id = $5, there = $6, active = $7, sent = $8 \
         where application_id = $1 and user_id = $2 and lease = $3 and fence = $4 and not exists (select from application_people o \
           where o.application_id = $1 and o.remote_id = $5 and o.user_id <> $2)",
    )
    .bind(line.app.id)
    .bind(key.user_id)
    .bind(key.lease)
    .bind(key.fence)
    .bind(remote)
    .bind(there)
    .bind(active)
    .bind(sent)
    .execute(&mut *tx)
    .await?;
    let taken = "select exists (select from application_people where application_id = $1 and remote_id = $2 and user_id <> $3)";
    let taken: bool = sqlx::query_scalar(taken)
        .bind(line.app.id)
        .bind(remote)
        .bind(key.user_id)
        .fetch_one(&mut *tx)
        .await?;
    tx.commit().await?;
    match (linked.rows_affected(), taken) {
        (1, _) => Ok(()),
        (_, true) => {
            Err(Stop::Failed("The account there belongs to somebody else here.".into(), Again::Later))
        }
        _ => Err(Stop::Lost),
    }
}

/// With the account went its memberships.
pub(crate) async fn lost_account(line: &Line, key: &Key) -> Result<(), Stop> {
    let sql = "update application_members m set there = 'no', confirmed_at = case when m.wanted then null else clock() end \
         from application_people p where p.application_id = $1 and p.user_id = $2 and p.lease = $3 and p.fence = $4 \
           and m.application_id = p.application_id and m.user_id = p.user_id";
    sqlx::query(sql)
        .bind(line.app.id)
        .bind(key.user_id)
        .bind(key.lease)
        .bind(key.fence)
        .execute(&line.engine.pool)
        .await?;
    Ok(())
}
