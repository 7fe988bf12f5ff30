//! Tells those who may decide later of the requests that have waited so long, once.

use crate::deciding;
use crate::{Engine, Result, clock};
use domain::ids::RequestId;
use domain::notice::Notice;
use uuid::Uuid;

/// Makes the notices that are due. The policy in force may make the time later than the one a request was made under.
pub(super) async fn remind(engine: &Engine) -> Result<()> {
    let mut conn = engine.pool.acquire().await?;
    let found: Vec<Uuid> = sqlx::query_scalar(
        "select r.id from requests r where r.status = 'PendingApproval' and r.escalates_at <= clock() \
           and r.deadline_at > clock() and not exists (select from notices made where made.once = $1 || ' ' || r.id)",
    )
    .bind(Notice::Escalated.wire())
    .fetch_all(&mut *conn)
    .await?;
    let now = clock::now(&mut conn).await?;
    let mut due = Vec::new();
    for request in found {
        if deciding::has_escalated(&mut conn, RequestId(request), now).await? {
            due.push(request);
        }
    }
    if due.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "insert into notices (kind, principal_id, target_id, request_id, once) \
         select $1, r.principal_id, r.target_id, r.id, $1 || ' ' || r.id from requests r \
          where r.id = any ($2) and r.status = 'PendingApproval' on conflict (once) do nothing",
    )
    .bind(Notice::Escalated.wire())
    .bind(due)
    .execute(&mut *conn)
    .await?;
    Ok(())
}
