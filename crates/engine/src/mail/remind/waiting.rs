//! Reminds those who can decide of the requests that wait.

use crate::{Engine, Error, Result, clock};
use chrono::{DateTime, Utc};
use domain::activation::Status;
use domain::approval::reminder::{self, APPROVAL, Pace, RENEWAL};
use domain::notice::Notice;
use uuid::Uuid;

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    status: String,
    created_at: DateTime<Utc>,
    deadline_at: DateTime<Utc>,
}

impl Row {
    /// How those who can decide are reminded, and by what.
    fn course(&self) -> Result<(Pace, Notice)> {
        match Status::parse(&self.status) {
            Some(Status::PendingApproval) => Ok((APPROVAL, Notice::StillWaiting)),
            Some(Status::PendingAdminDecision) => Ok((RENEWAL, Notice::RenewalWaits)),
            _ => Err(Error::inconsistent("requests", self.id, "does not wait")),
        }
    }
}

/// Makes the newest reminder that is due of each request; those that were missed while no worker ran are left out.
pub(super) async fn remind(engine: &Engine) -> Result<()> {
    let mut conn = engine.pool.acquire().await?;
    let now = clock::now(&mut conn).await?;
    let waiting: Vec<Row> = sqlx::query_as(
        "select id, status, created_at, deadline_at from requests \
         where status in ('PendingApproval', 'PendingAdminDecision') and deadline_at > $1",
    )
    .bind(now)
    .fetch_all(&mut *conn)
    .await?;
    let (mut requests, mut kinds, mut turns) = (Vec::new(), Vec::new(), Vec::new());
    for row in waiting {
        let (pace, notice) = row.course()?;
        let turn = reminder::due(pace, row.created_at, row.deadline_at, now);
        if turn > 0 {
            requests.push(row.id);
            kinds.push(notice.wire());
            turns.push(i64::try_from(turn).unwrap_or(i64::MAX));
        }
    }
    if requests.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "insert into notices (kind, principal_id, target_id, request_id, once) \
         select turns.kind, r.principal_id, r.target_id, r.id, due.once \
           from unnest($1::text[], $2::uuid[], $3::bigint[]) as turns (kind, id, turn) \
           join requests r on r.id = turns.id and r.status in ('PendingApproval', 'PendingAdminDecision') \
           cross join lateral (select turns.kind || ' ' || r.id || ' ' || turns.turn as once) due \
          where not exists (select from notices made where made.once = due.once) \
         on conflict (once) do nothing",
    )
    .bind(kinds)
    .bind(requests)
    .bind(turns)
    .execute(&mut *conn)
    .await?;
    Ok(())
}
