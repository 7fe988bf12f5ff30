//! What was sent and answered. Secrets stand in neither.

use super::client::{Call, Line, Seen};
use crate::{Engine, Result};
use domain::provision::answer::{Meaning, Outcome};
use serde_json::{Value, json};
use uuid::Uuid;

/// Characters of a body that are kept.
const BODY: usize = 4096;
/// Characters of what an error says.
const DETAIL: usize = 1024;
/// Characters of a value that was changed.
const VALUE: usize = 500;
/// Rows that are deleted at once.
const BATCH: i64 = 1_000;

/// Writes one attempt down.
pub(crate) async fn write(line: &Line, id: Uuid, call: &Call, seen: &Seen) -> Result<()> {
    let exchange = &seen.exchange;
    let body = call.body.as_ref().map(ToString::to_string).unwrap_or_default();
    let scim_type = match &exchange.outcome {
        Outcome::Answer { scim_type, .. } => scim_type.as_str(),
        _ => "",
    };
    let problem = if seen.meaning == Meaning::Done { String::new() } else { seen.words() };
    sqlx::query(
        "insert into application_attempts (id, application_id, why, actor_id, user_id, group_id, remote_id, name, step, action, changed, \
           request, body, status, scim_type, answer, problem, took_ms, retry, result, trouble) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)",
    )
    .bind(id)
    .bind(line.app.id)
    .bind(&line.why)
    .bind(line.actor)
    .bind(line.key.as_ref().map(|key| key.user_id))
    .bind(call.group)
    .bind(&call.remote)
    .bind(&call.name)
    .bind(call.step.wire())
    .bind(call.action)
    .bind(bounded(&call.changed))
    .bind(format!("{} {}", call.method, call.path))
    .bind(short(&line.app.scrubbed(&body), BODY))
    .bind(exchange.status.map(i32::from))
    .bind(short(scim_type, 64))
    .bind(short(&exchange.text, BODY))
    .bind(short(&line.app.scrubbed(&problem), DETAIL))
    .bind(i32::try_from(exchange.took.as_millis()).unwrap_or(i32::MAX))
    .bind(line.key.as_ref().map_or(0, |key| key.attempts))
    .bind(result(seen.meaning))
    .bind(seen.meaning.is_trouble())
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
