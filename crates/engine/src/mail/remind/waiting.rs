//! Reminds those who can decide of the requests that wait.

use crate::{Engine, Result, clock};
use chrono::{DateTime, Utc};
use domain::approval::reminder;
use domain::notice::Notice;
use uuid::Uuid;

/// Makes the newest reminder that is due of each request; those that were missed while no worker ran are left out.
pub(super) async fn remind(engine: &Engine) -> Result<()> {
    let mut conn = engine.pool.acquire().await?;
    let now = clock::now(&mut conn).await?;
    let waiting: Vec<(Uuid, DateTime<Utc>, DateTime<Utc>)> = sqlx::query_as(
        "select id, created_at, deadline_at from requests where status = 'PendingApproval' and deadline_at > $1",
    )
    .bind(now)
    .fetch_all(&mut *conn)
    .await?;
    let turns = waiting.into_iter().map(|(id, asked, deadline)| (id, reminder::due(asked, deadline, now)));
    let due =
        turns.filter(|(_, turn)| *turn > 0).map(|(id, turn)| (id, i64::try_from(turn).unwrap_or(i64::MAX)));
    let (requests, turns): (Vec<Uuid>, Vec<i64>) = due.unzip();
    if requests.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "insert into notices (kind, principal_id, target_id, request_id, once) \
         select $1, r.principal_id, r.target_id, r.id, due.once from unnest($2::uuid[], $3::bigint[]) as turns (id, turn) \
           join requests r on r.id = turns.id and r.status = 'PendingApproval' \
           cross join lateral (select $1 || ' ' || r.id || ' ' || turns.turn as once) due \
          where not exists (select from notices made where made.once = due.once) \
         on conflict (once) do nothing",
    )
    .bind(Notice::StillWaiting.wire())
    .bind(requests)
    .bind(turns)
    .execute(&mut *conn)
    .await?;
    Ok(())
}
