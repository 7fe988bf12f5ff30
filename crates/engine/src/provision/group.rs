//! Which group there stands for one of ours, and who makes or rewrites it at this moment.

use super::line::{Again, Line, Stop};
use std::time::Duration;
use uuid::Uuid;

/// How often it is asked whether somebody else is done with a group, and for how long.
const ASK: (Duration, usize) = (Duration::from_millis(50), 600);

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
        let taken = sqlx::query(
            "update application_groups set lease = $3, leased_until = clock() + interval '2 minutes' \
             where application_id = $1 and group_id = $2 and (leased_until is null or leased_until < clock())",
        )
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
    Err(Stop::Failed("Somebody else works on the group.".into(), Again::Soon))
}

/// Keeps it for as long as a request can take.
pub(crate) async fn keep_on(line: &Line, held: &Held) -> Result<(), Stop> {
    let sql = "update application_groups set leased_until = clock() + interval '2 minutes' where application_id = $1 and group_id = $2 and lease = $3";
    let kept = sqlx::query(sql).bind(line.app.id).bind(held.group).bind(held.lease);
    match kept.execute(&line.engine.pool).await?.rows_affected() {
        1 => Ok(()),
        _ => Err(Stop::Failed("Somebody else works on the group.".into(), Again::Soon)),
    }
}

pub(crate) async fn release(line: &Line, held: &Held) -> Result<(), Stop> {
    let sql = "update application_groups set lease = null, leased_until = null where application_id = $1 and group_id = $2 and lease = $3";
    sqlx::query(sql).bind(line.app.id).bind(held.group).bind(held.lease).execute(&line.engine.pool).await?;
    Ok(())
}

/// Writes down which one there stands for it.
pub(crate) async fn keep(line: &Line, held: &Held, remote: &str, name: &str) -> Result<String, Stop> {
    let mut tx = line.engine.begin().await?;
    let kept = sqlx::query(
        "update application_groups set remote_id = $4, remote_name = $5, problem = '' where application_id = $1 and group_id = $2 and lease = $3 \
           and not exists (select from application_groups o where o.application_id = $1 and o.remote_id = $4 and o.group_id <> $2)",
    )
    .bind(line.app.id)
    .bind(held.group)
    .bind(held.lease)
    .bind(remote)
    .bind(name)
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    match kept.rows_affected() {
        1 => Ok(remote.to_owned()),
        _ => Err(Stop::Failed("The group there stands for another group here.".into(), Again::Later)),
    }
}

/// The group is not there any more: it is made again when somebody is to be in it.
pub(crate) async fn lose(line: &Line, group: Uuid, remote: &str) -> Result<(), Stop> {
    let mut tx = line.engine.begin().await?;
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
