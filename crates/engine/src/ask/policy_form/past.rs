//! What was asked of a target lately, for the rehearsal of a draft policy.

use crate::Result;
use domain::duration::Minutes;
use domain::ids::TargetId;
use domain::policy::ActivationRules;
use domain::policy::evaluate::Answers;
use domain::policy::rehearsal::Past;
use sqlx::PgConnection;
use sqlx::types::Json;

/// How far back, and at most how many, the newest first.
const DAYS: i32 = 90;
const MOST: i64 = 2_000;

#[derive(sqlx::FromRow)]
struct Row {
    asked_minutes: Option<i32>,
    reason: String,
    ticket: String,
    rules: Json<ActivationRules>,
}

/// Loads it, whatever became of it.
///
/// # Errors
/// The database can't be reached, or stored rules can't be read.
pub(super) async fn load(conn: &mut PgConnection, target: TargetId) -> Result<Vec<Past>> {
    let rows: Vec<Row> = sqlx::query_as(
        "select asked_minutes, reason, ticket, rules from requests where target_id = $1 \
           and action in ('selfActivate', 'selfExtend', 'adminActivate') and created_at > clock() - make_interval(days => $2) \
         order by created_at desc limit $3",
    )
    .bind(target.0)
    .bind(DAYS)
    .bind(MOST)
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(Past::from).collect())
}

impl From<Row> for Past {
    fn from(row: Row) -> Self {
        let length = row.asked_minutes.and_then(|minutes| u32::try_from(minutes).ok()).map(Minutes);
        Self {
            answers: Answers { start: None, length, reason: row.reason, ticket: row.ticket },
            waited: row.rules.0.approval.is_some(),
        }
    }
}
