//! Which group there stands for one of ours, and who makes or rewrites it at this moment.

use super::line::{Again, Line, Stop};
use std::time::Duration;
use uuid::Uuid;

/// How often it is asked whether somebody else is done with a group, and for how long: who waits keeps others from being worked on.
const ASK: (Duration, usize) = (Duration::from_millis(50), 60);
/// Nobody else takes a group for so long after each request began: longer than its turn and a request can take.
const LEASE: &str = "60 seconds";

/// A group held by one server, so that nobody else makes or rewrites it meanwhile.
pub(crate) struct Held {
    lease: Uuid,
    group: Uuid,
}

/// The id it has there, if it is known.
pub(crate) async fn known(line: &Line, group: Uuid) -> Result<Option<String>, Stop> {
    let sql = "select remote_id from application_groups where application_id = $1 and group_id = $2";
    let known: Option<Option<String>> =
        sqlx::query_scalar(sql).bind(line.app.id).bind(group).fetch_optional(&line.engine.pool).await?;
    Ok(known.flatten())
}

/// Waits for its turn.
pub(crate) async fn hold(line: &Line, group: Uuid) -> Result<Held, Stop> {
    let (pause, tries) = ASK;
    for _ in 0..tries {
        let lease = crate::ids::new();
        let take = format!(
            "update application_groups set lease = $3, leased_until = clock() + interval '{LEASE}' \
             where application_id = $1 and group_id = $2 and (leased_until is null or leased_until < clock())"
        );
        let taken = sqlx::query(sqlx::AssertSqlSafe(take))
            .bind(line.app.id)
            .bind(group)
            .bind(lease)
            .execute(&line.engine.pool)
            .await?;
        if taken.rows_affected() == 1 {
            return Ok(Held { lease, group });
        }
        tokio::time::sleep(pause).await;
    }
    Err(Stop::Busy)
}

/// Keeps it for as long as a request can take.
pub(crate) async fn keep_on(line: &Line, held: &Held) -> Result<(), Stop> {
    let keep = format!(
        "update application_groups set leased_until = clock() + interval '{LEASE}' where application_id = $1 and group_id = $2 and lease = $3"
    );
    let kept = sqlx::query(sqlx::AssertSqlSafe(keep)).bind(line.app.id).bind(held.group).bind(held.lease);
    match kept.execute(&line.engine.pool).await?.rows_affected() {
        1 => Ok(()),
        _ => Err(Stop::Busy),
    }
}

pub(crate) async fn release(line: &Line, held: &Held) -> Result<(), Stop> {
    let sql = "update application_groups set lease = null, leased_until = null where application_id = $1 and group_id = $2 and lease = $3";
    sqlx::query(sql).bind(line.app.id).bind(held.group).bind(held.lease).execute(&line.engine.pool).await?;
    Ok(())
}

/// Writes down which one there stands for it. `role`, of a kind that has such, is what the group gave when it was looked for: it may give another by now.
pub(crate) async fn keep(
    line: &Line,
    held: &Held,
    remote: &str,
    name: &str,
    role: Option<&str>,
) -> Result<String, Stop> {
    let mut tx = line.engine.begin().await?;
    // one that was taken away, and in which nobody is left, stands in nobody's way
    let free = "update application_groups g set remote_id = null where application_id = $1 and remote_id = $2 and group_id <> $3 \
         and gone_at is not null and not exists (select from application_members m where m.application_id = $1 and m.group_id = g.group_id \
           and m.there <> 'no')";
    sqlx::query(free).bind(line.app.id).bind(remote).bind(held.group).execute(&mut *tx).await?;
    let kept = sqlx::query(
        "update application_groups set remote_id = $4, remote_name = $5, problem = '' where application_id = $1 and group_id = $2 and lease = $3 \
           and ($6::text is null or role = $6) and not exists (select from application_groups o where o.application_id = $1 and o.remote_id = $4 and o.group_id <> $2)",
    )
    .bind(line.app.id)
    .bind(held.group)
    .bind(held.lease)
    .bind(remote)
    .bind(name)
    .bind(role)
    .execute(&mut *tx)
    .await?;
    let changed = "select exists (select from application_groups where application_id = $1 and group_id = $2 and role <> $3)";
    let changed: bool =
        sqlx::query_scalar(changed).bind(line.app.id).bind(held.group).bind(role).fetch_one(&mut *tx).await?;
    tx.commit().await?;
    match (kept.rows_affected(), changed) {
        (1, _) => Ok(remote.to_owned()),
        (_, true) => Err(Stop::Stale),
        _ => Err(Stop::Failed("The group there stands for another group here.".into(), Again::Later)),
    }
}

/// The group is not there any more: it is made again when somebody is to be in it.
pub(crate) async fn lose(line: &Line, group: Uuid, remote: &str) -> Result<(), Stop> {
    let mut tx = line.engine.begin().await?;
    // keys, groups, members: the order of everybody who holds several
    let keys = "select from application_people where application_id = $1 and user_id in (select user_id from application_members \
         where application_id = $1 and group_id = $2) order by user_id for update";
    sqlx::query(keys).bind(line.app.id).bind(group).execute(&mut *tx).await?;
    let lost = "update application_groups set remote_id = null where application_id = $1 and group_id = $2 and remote_id = $3";
    let lost = sqlx::query(lost).bind(line.app.id).bind(group).bind(remote).execute(&mut *tx).await?;
    if lost.rows_affected() == 0 {
        // it was made anew meanwhile: what is known is of the new one
        return Ok(());
    }
    let out = "update application_members m set there = 'no', confirmed_at = case when m.wanted then null else coalesce(m.confirmed_at, clock()) end \
         from (select user_id from application_members where application_id = $1 and group_id = $2 order by user_id for update) o \
         where m.application_id = $1 and m.group_id = $2 and m.user_id = o.user_id";
    sqlx::query(out).bind(line.app.id).bind(group).execute(&mut *tx).await?;
    super::marks::everybody(&mut tx, line.app.id, Some(group), "group gone there").await?;
    tx.commit().await?;
    Ok(())
}

/// It has the name there that it has here.
pub(crate) async fn renamed(line: &Line, group: Uuid, name: &str) -> Result<(), Stop> {
    let sql = "update application_groups set remote_name = $3 where application_id = $1 and group_id = $2";
    sqlx::query(sql).bind(line.app.id).bind(group).bind(name).execute(&line.engine.pool).await?;
    Ok(())
}
