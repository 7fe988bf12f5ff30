//! Writes the end of every span that is over into the audit, once.

use crate::audit::{self, About};
use crate::ctx::By;
use crate::{Engine, Result};
use chrono::{DateTime, Utc};
use domain::audit::Event;
use domain::ids::{AssignmentId, GroupId, PrincipalId, RequestId, TargetId};
use serde_json::json;
use uuid::Uuid;

#[derive(sqlx::FromRow)]
struct Ended {
    id: Uuid,
    target_id: Uuid,
    group_id: Option<Uuid>,
    principal_id: Uuid,
    request_id: Option<Uuid>,
    origin: String,
    ends_at: DateTime<Utc>,
}

/// Ends per transaction: small enough not to hold anybody up.
const BATCH: i64 = 200;

pub(super) async fn sweep(engine: &Engine) -> Result<usize> {
    let mut written = 0;
    loop {
        let batch = write_batch(engine).await?;
        written += batch;
        if batch < usize::try_from(BATCH).unwrap_or(usize::MAX) {
            return Ok(written);
        }
    }
}

async fn write_batch(engine: &Engine) -> Result<usize> {
    let mut tx = engine.begin().await?;
    let ended: Vec<Ended> = sqlx::query_as(
        "with due as (select id from assignments where not end_recorded and ends_at <= clock() \
                      order by ends_at limit $1 for update skip locked) \
         update assignments a set end_recorded = true, end_reason = coalesce(a.end_reason, 'expired') \
         from due, targets t where a.id = due.id and t.id = a.target_id \
         returning a.id, a.target_id, t.group_id, a.principal_id, a.request_id, a.origin, a.ends_at",
    )
    .bind(BATCH)
    .fetch_all(&mut *tx)
    .await?;
    // most rounds: there is nothing to make durable
    if ended.is_empty() {
        return Ok(0);
    }
    for row in &ended {
        let event = if row.origin == "activated" { Event::ActivationEnded } else { Event::AssignmentEnded };
        let about = About {
            principal: Some(PrincipalId(row.principal_id)),
            group: row.group_id.map(GroupId),
            target: Some(TargetId(row.target_id)),
            request: row.request_id.map(RequestId),
            assignment: Some(AssignmentId(row.id)),
            facts: Some(json!({ "ended": row.ends_at, "why": "expired" })),
            ..About::default()
        };
        audit::done(&mut tx, &By::system("worker"), event, &about).await?;
    }
    tx.commit().await?;
    Ok(ended.len())
}
