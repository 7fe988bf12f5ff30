//! Tells those who may decide later of the requests that have waited so long, once.

use crate::{Engine, Result};
use chrono::{DateTime, Utc};
use domain::notice::Notice;
use domain::policy::escalation::Asked;
use domain::policy::stricter::stricter;
use domain::policy::{ActivationRules, Policy};
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    created_at: DateTime<Utc>,
    escalated_early_at: Option<DateTime<Utc>>,
    rules: Json<ActivationRules>,
    current: Option<Json<Policy>>,
    now: DateTime<Utc>,
}

impl Row {
    /// Whether others may decide by now too: the policy in force may make that later than the one it was made under, or
    /// never.
    fn is_due(&self) -> bool {
        let current = self.current.clone().map(|Json(policy)| policy).unwrap_or_default().activation;
        let rule = stricter(&self.rules.0, &current).approval;
        let asked = Asked { at: self.created_at, early: self.escalated_early_at };
        rule.and_then(|rule| rule.escalates_at(asked)).is_some_and(|from| from <= self.now)
    }
}

/// Makes the notices that are due.
pub(super) async fn remind(engine: &Engine) -> Result<()> {
    let mut conn = engine.pool.acquire().await?;
    let found: Vec<Row> = sqlx::query_as(
        "select r.id, r.created_at, r.escalated_early_at, r.rules, clock() as now, (select p.settings from policies p \
           where p.target_id = r.target_id order by p.version desc limit 1) as current \
         from requests r where r.status = 'PendingApproval' and r.escalates_at <= clock() \
           and r.deadline_at > clock() and not exists (select from notices made where made.once = $1 || ' ' || r.id)",
    )
    .bind(Notice::Escalated.wire())
    .fetch_all(&mut *conn)
    .await?;
    let due: Vec<Uuid> = found.into_iter().filter(Row::is_due).map(|row| row.id).collect();
    if due.is_empty() {
        return Ok(());
    }
    tell(&mut conn, &due).await
}

/// Makes the notices of these requests, as far as they still wait: each once.
///
/// # Errors
/// The database can't be reached.
pub(crate) async fn tell(conn: &mut PgConnection, requests: &[Uuid]) -> Result<()> {
    sqlx::query(
        "insert into notices (kind, principal_id, target_id, request_id, once) \
         select $1, r.principal_id, r.target_id, r.id, $1 || ' ' || r.id from requests r \
          where r.id = any ($2) and r.status = 'PendingApproval' on conflict (once) do nothing",
    )
    .bind(Notice::Escalated.wire())
    .bind(requests)
    .execute(conn)
    .await?;
    Ok(())
}
