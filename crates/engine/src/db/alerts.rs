//! Alerts and the settings that raise them.

use crate::alert::Subject;
use crate::alert::keep::{Key, Known};
use crate::{Error, Result};
use chrono::{DateTime, Utc};
use domain::alert::Kind;
use domain::alert::course::{Acknowledged, Before, Term};
use domain::alert::facts::Facts;
use domain::alert::settings::Settings;
use domain::ids::PersonId;
use serde_json::Value;
use sqlx::PgConnection;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// A saved version of the settings. Version 0 is what holds before anything was saved.
#[derive(Clone, Debug, Default)]
pub struct Versioned {
    /// Counts up from 1.
    pub version: i32,
    /// The settings.
    pub settings: Settings,
    /// When it was saved.
    pub saved_at: Option<DateTime<Utc>>,
}

/// The settings in force.
///
/// # Errors
/// The database can't be reached, or what is stored can't be read.
pub async fn settings(conn: &mut PgConnection) -> Result<Versioned> {
    let row: Option<(i32, Value, DateTime<Utc>)> = sqlx::query_as(
        "select version, settings, saved_at from alert_settings order by version desc limit 1",
    )
    .fetch_optional(conn)
    .await?;
    let Some((version, stored, saved_at)) = row else { return Ok(Versioned::default()) };
    let settings = serde_json::from_value(stored)
        .map_err(|error| Error::inconsistent("alert_settings", version, error))?;
    Ok(Versioned { version, settings, saved_at: Some(saved_at) })
}

/// Writes the next version; `false`: somebody was quicker.
///
/// # Errors
/// The database can't be reached.
pub async fn save(
    conn: &mut PgConnection,
    version: i32,
    settings: &Settings,
    by: PersonId,
    reason: &str,
) -> Result<bool> {
    let saved = sqlx::query(
        "insert into alert_settings (version, settings, saved_by, reason) values ($1, $2, $3, $4) \
         on conflict (version) do nothing",
    )
    .bind(version)
    .bind(stored(settings)?)
    .bind(by.0)
    .bind(reason)
    .execute(conn)
    .await?;
    Ok(saved.rows_affected() == 1)
}

fn stored(value: &impl serde::Serialize) -> Result<Value> {
    serde_json::to_value(value).map_err(|error| Error::Internal(error.to_string()))
}

/// What is stored of the facts of an alert.
pub(crate) fn facts(id: Uuid, stored: Value) -> Result<Facts> {
    serde_json::from_value(stored).map_err(|error| Error::inconsistent("alerts", id, error))
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    kind: String,
    key: String,
    target_id: Option<Uuid>,
    person_id: Option<Uuid>,
    request_id: Option<Uuid>,
    hook_id: Option<Uuid>,
    application_id: Option<Uuid>,
    server: String,
    facts: Value,
    closed_at: Option<DateTime<Utc>>,
    acknowledged_until: Option<DateTime<Utc>>,
    acknowledged_facts: Option<Value>,
}

impl Row {
    fn read(self) -> Result<(Key, Known)> {
        let id = self.id;
        let kind = Kind::parse(&self.kind).ok_or_else(|| Error::inconsistent("alerts", id, "kind"))?;
        let acknowledged = match (self.acknowledged_until, self.acknowledged_facts) {
            (Some(until), Some(known)) => Some(Acknowledged { facts: facts(id, known)?, until }),
            _ => None,
        };
        let subject = Subject {
            target: self.target_id,
            person: self.person_id,
            request: self.request_id,
            hook: self.hook_id,
            application: self.application_id,
            server: self.server,
        };
        let before = Before { closed_at: self.closed_at, acknowledged };
        Ok(((kind, self.key), Known { id, before, subject, facts: facts(id, self.facts)? }))
    }
}

const COLUMNS: &str = "id, kind, key, target_id, person_id, request_id, hook_id, application_id, server, facts, closed_at, \
     acknowledged_until, acknowledged_facts";

/// The newest alert of each subject, open or over for less than two hours, of these kinds.
pub(crate) async fn known(conn: &mut PgConnection, kinds: &BTreeSet<Kind>) -> Result<BTreeMap<Key, Known>> {
    let words: Vec<&str> = kinds.iter().map(|kind| kind.wire()).collect();
    let sql = format!(
        "select distinct on (kind, key) {COLUMNS} from ( \
           select * from alerts where closed_at is null \
           union all select * from alerts where closed_at > clock() - interval '2 hours') near \
         where kind = any ($1) order by kind, key, opened_at desc"
    );
    let rows: Vec<Row> = sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(words).fetch_all(conn).await?;
    rows.into_iter().map(Row::read).collect()
}

/// One that is open, held for a change.
pub(crate) async fn lock(conn: &mut PgConnection, id: Uuid) -> Result<Option<(Kind, Known)>> {
    let sql = format!("select {COLUMNS} from alerts where id = $1 for update");
    let row: Option<Row> = sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id).fetch_optional(conn).await?;
    row.map(|row| row.read().map(|((kind, _), known)| (kind, known))).transpose()
}

/// `false`: it is open already.
pub(crate) async fn open(
    conn: &mut PgConnection,
    id: Uuid,
    kind: Kind,
    subject: &Subject,
    facts: &Facts,
    now: DateTime<Utc>,
) -> Result<bool> {
    let opened = sqlx::query(
        "insert into alerts (id, kind, severity, key, target_id, person_id, request_id, hook_id, server, facts, opened_at, seen_at, application_id) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11, $12) \
         on conflict (kind, key) where closed_at is null do nothing",
    )
    .bind(id)
    .bind(kind.wire())
    .bind(kind.severity().rank())
    .bind(subject.key())
    .bind(subject.target)
    .bind(subject.person)
    .bind(subject.request)
    .bind(subject.hook)
    .bind(&subject.server)
    .bind(stored(facts)?)
    .bind(now)
    .bind(subject.application)
    .execute(conn)
    .await?;
    Ok(opened.rows_affected() == 1)
}

/// Those that are still true, in one statement.
pub(crate) async fn stay(
    conn: &mut PgConnection,
    these: &[(Uuid, &Facts)],
    now: DateTime<Utc>,
) -> Result<()> {
    let ids: Vec<Uuid> = these.iter().map(|(id, _)| *id).collect();
    let facts = these.iter().map(|(_, facts)| stored(facts)).collect::<Result<Vec<Value>>>()?;
    sqlx::query(
        "update alerts a set facts = s.facts, seen_at = $3 \
         from unnest($1::uuid[], $2::jsonb[]) as s (id, facts) where a.id = s.id",
    )
    .bind(ids)
    .bind(facts)
    .bind(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// It is true again, or has to be looked at again: then nobody knows of it any more.
pub(crate) async fn resume(
    conn: &mut PgConnection,
    id: Uuid,
    facts: &Facts,
    now: DateTime<Utc>,
    unknown: bool,
) -> Result<()> {
    sqlx::query(
        "update alerts set closed_at = null, facts = $2, seen_at = $3, \
           acknowledged_at = case when $4 then null else acknowledged_at end, \
           acknowledged_by = case when $4 then null else acknowledged_by end, \
           acknowledged_until = case when $4 then null else acknowledged_until end, \
           acknowledged_facts = case when $4 then null else acknowledged_facts end, \
           acknowledged_reason = case when $4 then '' else acknowledged_reason end where id = $1",
    )
    .bind(id)
    .bind(stored(facts)?)
    .bind(now)
    .bind(unknown)
    .execute(conn)
    .await?;
    Ok(())
}

pub(crate) async fn close(conn: &mut PgConnection, id: Uuid, now: DateTime<Utc>) -> Result<()> {
    sqlx::query("update alerts set closed_at = $2 where id = $1").bind(id).bind(now).execute(conn).await?;
    Ok(())
}

/// Somebody knows, until the end of the term.
pub(crate) async fn acknowledge(
    conn: &mut PgConnection,
    id: Uuid,
    by: PersonId,
    reason: &str,
    term: Term,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query(
        "update alerts set acknowledged_at = $2, acknowledged_by = $3, acknowledged_reason = $4, \
           acknowledged_until = $5, acknowledged_facts = facts where id = $1",
    )
    .bind(id)
    .bind(now)
    .bind(by.0)
    .bind(reason)
    .bind(term.end(now))
    .execute(conn)
    .await?;
    Ok(())
}

/// The audit keeps what is older.
pub(crate) async fn forget(conn: &mut PgConnection) -> Result<()> {
    sqlx::query("delete from alerts where closed_at < clock() - interval '400 days'").execute(conn).await?;
    Ok(())
}
