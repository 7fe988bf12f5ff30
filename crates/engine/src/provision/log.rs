//! What was sent and answered. Secrets stand in neither.

use super::line::Line;
use crate::{Engine, Result};
use domain::provision::answer::Meaning;
use domain::provision::steps::Step;
use serde_json::{Value, json};
use std::time::Duration;
use uuid::Uuid;

/// Characters of a body that are kept.
const BODY: usize = 4096;
/// Characters of what an error says.
const DETAIL: usize = 1024;
/// Characters of a value that was changed.
const VALUE: usize = 500;
/// Rows that are deleted at once.
const BATCH: i64 = 1_000;

/// What was tried, and what came of it.
pub(crate) struct Attempt<'a> {
    pub id: Uuid,
    pub meaning: Meaning,
    pub group: Option<Uuid>,
    pub remote: Option<&'a str>,
    /// Name of what it was about.
    pub name: &'a str,
    pub step: Step,
    pub action: &'static str,
    /// Path, old and new of each.
    pub changed: &'a Value,
    pub request: String,
    pub body: String,
    pub status: Option<u16>,
    /// The stable word of an error.
    pub code: &'a str,
    pub answer: &'a str,
    pub problem: String,
    pub took: Duration,
}

/// Writes one attempt down.
pub(crate) async fn write(line: &Line, tried: &Attempt<'_>) -> Result<()> {
    sqlx::query(
        "insert into application_attempts (id, application_id, why, actor_id, user_id, group_id, remote_id, name, step, action, changed, \
           request, body, status, scim_type, answer, problem, took_ms, retry, result, trouble) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)",
    )
    .bind(tried.id)
    .bind(line.app.id)
    .bind(&line.why)
    .bind(line.actor)
    .bind(line.key.as_ref().map(|key| key.user_id))
    .bind(tried.group)
    .bind(tried.remote)
    .bind(tried.name)
    .bind(tried.step.wire())
    .bind(tried.action)
    .bind(bounded(tried.changed))
    .bind(line.app.scrubbed(&tried.request))
    .bind(short(&line.app.scrubbed(&tried.body), BODY))
    .bind(tried.status.map(i32::from))
    .bind(short(tried.code, 64))
    .bind(short(tried.answer, BODY))
    .bind(short(&line.app.scrubbed(&tried.problem), DETAIL))
    .bind(i32::try_from(tried.took.as_millis()).unwrap_or(i32::MAX))
    .bind(line.key.as_ref().map_or(0, |key| key.attempts))
    .bind(result(tried.meaning))
    .bind(tried.meaning.is_trouble())
    .execute(&line.engine.pool)
    .await?;
    Ok(())
}

/// Old and new of what was changed, each as long as people read. What an application has may be as large as it likes.
fn bounded(changed: &Value) -> Value {
    let value = |value: &Value| match value {
        Value::String(text) => json!(short(text, VALUE)),
        Value::Array(_) | Value::Object(_) => json!(short(&value.to_string(), VALUE)),
        other => other.clone(),
    };
    let change =
        |change: &Value| change.as_array().map_or(Value::Null, |all| all.iter().map(value).collect());
    changed.as_array().map_or(Value::Null, |all| all.iter().map(change).collect())
}

fn result(meaning: Meaning) -> &'static str {
    match meaning {
        Meaning::Done => "done",
        Meaning::Unknown => "unknown",
        _ => "failed",
    }
}

/// The beginning, without what is no text.
pub(crate) fn short(text: &str, most: usize) -> String {
    text.chars().filter(|letter| !letter.is_control() || *letter == '\n').take(most).collect()
}

/// Deletes what is older than anybody has to keep it.
///
/// # Errors
/// The database can't be reached.
pub(super) async fn forget(engine: &Engine) -> Result<()> {
    let old = "delete from application_attempts where id in ( \
         select id from application_attempts where at < clock() - interval '400 days' order by at limit $1)";
    sqlx::query(old).bind(BATCH).execute(&engine.pool).await?;
    Ok(())
}
