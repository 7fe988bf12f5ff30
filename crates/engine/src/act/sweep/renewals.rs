//! Closes requests to extend or renew that lapsed, and those whose ground is gone. They may wait for weeks, so that
//! all are looked at without a lock, and only those that seem to be over are taken under theirs.

use crate::act::decide;
use crate::audit::About;
use crate::ctx::By;
use crate::db::{assignments, requests, targets};
use crate::renewal::{self, Loaded};
use crate::{Engine, Result, clock, standing};
use chrono::{DateTime, Utc};
use domain::activation::Status;
use domain::ids::{AssignmentId, PersonId, RequestId};
use domain::renewal::ground;
use std::collections::HashMap;
use uuid::Uuid;

/// Gives how many lapsed and how many were revoked.
pub(super) async fn sweep(engine: &Engine) -> Result<(usize, usize)> {
    let mut conn = engine.pool.acquire().await?;
    let waiting: Vec<(Uuid, Uuid, Option<DateTime<Utc>>)> = sqlx::query_as(
        "select id, extends_id, deadline_at from requests where status = 'PendingAdminDecision'",
    )
    .fetch_all(&mut *conn)
    .await?;
    if waiting.is_empty() {
        return Ok((0, 0));
    }
    let now = clock::now(&mut conn).await?;
    let ids: Vec<AssignmentId> = waiting.iter().map(|(_, assignment, _)| AssignmentId(*assignment)).collect();
    let found = renewal::find(&mut conn, &ids).await?;
    drop(conn);
    let by_id: HashMap<Uuid, &Loaded> = found.iter().map(|loaded| (loaded.id.0, loaded)).collect();
    let (mut lapsed, mut revoked) = (0, 0);
    for (id, assignment, deadline) in waiting {
        let Some(loaded) = by_id.get(&assignment) else { continue };
        if ground(&loaded.waiting(deadline), now).is_ok() {
            continue;
        }
        match close(engine, RequestId(id), loaded).await? {
            Some(Status::TimedOut) => lapsed += 1,
            Some(_) => revoked += 1,
            None => {}
        }
    }
    Ok((lapsed, revoked))
}

/// Locks one request, looks again, and closes it if it has to be; gives its final state if it was closed.
async fn close(engine: &Engine, id: RequestId, seen: &Loaded) -> Result<Option<Status>> {
    let mut tx = engine.begin().await?;
    targets::lock_slot(&mut tx, seen.principal, seen.target).await?;
    let Some(row) = requests::lock(&mut tx, id).await? else { return Ok(None) };
    assignments::lock(&mut tx, seen.id).await?;
    standing::hold(&mut tx, &[PersonId(seen.principal.0)], seen.target).await?;
    let now = clock::now(&mut tx).await?;
    if row.status()? != Status::PendingAdminDecision {
        return Ok(None);
    }
    let loaded = renewal::of(&mut tx, &row).await?;
    let Err(closed) = ground(&loaded.waiting(row.deadline_at), now) else { return Ok(None) };
    let about = About {
        principal: Some(loaded.principal),
        group: loaded.group,
        target: Some(loaded.target),
        request: Some(id),
        assignment: Some(loaded.id),
        policy_version: Some(row.policy_version),
        ..About::default()
    };
    decide::close(&mut tx, &By::system("worker"), &row, &about, &closed, now).await?;
    tx.commit().await?;
    Ok(Some(closed.status))
}
