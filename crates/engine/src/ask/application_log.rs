//! The provisioning log: what was sent and answered, searched, read one by one, and as a file.

use crate::ask::cursor;
use crate::audit::{self, About};
use crate::spreadsheet::line;
use crate::{Ctx, Engine, Error, Result, authority};
use chrono::{DateTime, Utc};
use domain::audit::Event;
use domain::authz::Action;
use serde::Serialize;
use serde_json::{Value, json};
use sqlx::{Postgres, QueryBuilder};
use uuid::Uuid;

/// Rows of a page.
const PAGE: i64 = 50;
/// Rows of a piece of a file.
const BATCH: i64 = 500;

/// Which attempts.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Of this application.
    pub application: Option<Uuid>,
    /// About this person.
    pub person: Option<Uuid>,
    /// About this group.
    pub group: Option<Uuid>,
    /// `done`, `failed` or `unknown`; anything else is all.
    pub result: String,
    /// Not before.
    pub from: Option<DateTime<Utc>>,
    /// Before.
    pub until: Option<DateTime<Utc>>,
}

/// One attempt. It holds no token.
#[derive(Clone, Debug, Serialize, sqlx::FromRow)]
pub struct Attempt {
    /// Which; the application saw it as `X-Request-Id`.
    pub id: Uuid,
    /// When it was answered.
    pub at: DateTime<Utc>,
    /// To which application.
    pub application_id: Uuid,
    /// Its name.
    pub application: String,
    /// What it was done for.
    pub why: String,
    /// Who asked for it, if somebody did.
    pub actor: Option<String>,
    /// About whom.
    pub user_id: Option<Uuid>,
    /// About which group.
    pub group_id: Option<Uuid>,
    /// The id of it there.
    pub remote_id: Option<String>,
    /// Its name then.
    pub name: String,
    /// The word of a step.
    pub step: String,
    /// What was done: `find`, `look`, `read`, `create`, `update`, `enable`, `disable`, `delete`, `add`, `remove`, `test`.
    pub action: String,
    /// Path, value before and value after of each attribute.
    pub changed: Value,
    /// Method and path.
    pub request: String,
    /// What was sent.
    pub body: String,
    /// The status of the answer.
    pub status: Option<i32>,
    /// The word of the error.
    pub scim_type: String,
    /// The beginning of the answer.
    pub answer: String,
    /// Why it did not go well.
    pub problem: String,
    /// How long it took, in milliseconds.
    pub took_ms: i32,
    /// Tries before this one.
    pub retry: i32,
    /// `done`, `failed` or `unknown`.
    pub result: String,
}

/// A page of the log.
#[derive(Clone, Debug)]
pub struct Page {
    /// Newest first.
    pub rows: Vec<Attempt>,
    /// Where the next page begins.
    pub next: Option<String>,
}

const ROWS: &str = "select t.id, t.at, t.application_id, a.name as application, t.why, u.display_name as actor, t.user_id, t.group_id, t.remote_id, \
     t.name, t.step, t.action, t.changed, t.request, t.body, t.status, t.scim_type, t.answer, t.problem, t.took_ms, t.retry, t.result \
     from application_attempts t join applications a on a.id = t.application_id left join users u on u.id = t.actor_id where true";

fn list(filter: &Filter, after: Option<(DateTime<Utc>, Uuid)>, limit: i64) -> QueryBuilder<Postgres> {
    let mut list = QueryBuilder::new(ROWS);
    for (column, id) in
        [("application_id", filter.application), ("user_id", filter.person), ("group_id", filter.group)]
    {
        if let Some(id) = id {
            list.push(format!(" and t.{column} = ")).push_bind(id);
        }
    }
    if matches!(filter.result.as_str(), "done" | "failed" | "unknown") {
        list.push(" and t.result = ").push_bind(filter.result.clone());
    }
    if let Some(from) = filter.from {
        list.push(" and t.at >= ").push_bind(from);
    }
    if let Some(until) = filter.until {
        list.push(" and t.at < ").push_bind(until);
    }
    if let Some((at, id)) = after {
        list.push(" and (t.at, t.id) < (").push_bind(at).push(", ").push_bind(id).push(")");
    }
    list.push(" order by t.at desc, t.id desc limit ").push_bind(limit);
    list
}

/// A page of the log, newest first.
///
/// # Errors
/// Not for this person.
pub async fn application_log(
    engine: &Engine,
    ctx: &Ctx,
    filter: &Filter,
    after: Option<&str>,
) -> Result<Page> {
    authority::require(ctx, &Action::ReadApplications)?;
    let after = after.and_then(cursor::read);
    let mut rows: Vec<Attempt> =
        list(filter, after, PAGE + 1).build_query_as().fetch_all(&engine.pool).await?;
    let most = usize::try_from(PAGE).unwrap_or(usize::MAX);
    let more = rows.len() > most;
    rows.truncate(most);
    let next = rows.last().filter(|_| more).map(|row| cursor::write(&(row.at, row.id)));
    Ok(Page { rows, next })
}

/// One attempt.
///
/// # Errors
/// Not for this person, or unknown.
pub async fn attempt(engine: &Engine, ctx: &Ctx, id: Uuid) -> Result<Attempt> {
    authority::require(ctx, &Action::ReadApplications)?;
    let mut one = QueryBuilder::<Postgres>::new(ROWS);
    one.push(" and t.id = ").push_bind(id);
    one.build_query_as().fetch_optional(&engine.pool).await?.ok_or_else(Error::not_found)
}

/// How a file is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// For spreadsheets.
    Csv,
    /// One attempt in JSON a line.
    Ndjson,
}

/// A file that is written piece by piece.
#[derive(Clone)]
pub struct Export {
    engine: Engine,
    filter: Filter,
    format: Format,
    after: Option<(DateTime<Utc>, Uuid)>,
    headed: bool,
    over: bool,
}

const HEADINGS: [&str; 15] = [
    "id",
    "at",
    "application",
    "why",
    "asked_by",
    "name",
    "remote_id",
    "step",
    "action",
    "request",
    "status",
    "scim_type",
    "problem",
    "took_ms",
    "result",
];

/// Begins a file, and writes down who took it.
///
/// # Errors
/// Not for this person; the audit can't be written.
pub async fn export(engine: &Engine, ctx: &Ctx, filter: Filter, format: Format) -> Result<Export> {
    authority::require(ctx, &Action::ReadApplications)?;
    let facts = json!({ "application": filter.application, "format": if format == Format::Csv { "csv" } else { "ndjson" } });
    let about = About { facts: Some(facts), ..About::default() };
    let mut tx = engine.begin().await?;
    audit::done(&mut tx, &ctx.by(), Event::ProvisioningExported, &about).await?;
    tx.commit().await?;
    Ok(Export { engine: engine.clone(), filter, format, after: None, headed: false, over: false })
}

impl Export {
    /// The next piece of the file; `None` at its end.
    ///
    /// # Errors
    /// The database can't be reached.
    pub async fn next(&mut self) -> Result<Option<String>> {
        if !self.headed && self.format == Format::Csv {
            self.headed = true;
            return Ok(Some(line(&HEADINGS.map(str::to_owned))));
        }
        if self.over {
            return Ok(None);
        }
        let rows: Vec<Attempt> =
            list(&self.filter, self.after, BATCH).build_query_as().fetch_all(&self.engine.pool).await?;
        self.after = rows.last().map(|row| (row.at, row.id));
        self.over = rows.len() < usize::try_from(BATCH).unwrap_or(usize::MAX);
        let lines: Result<Vec<String>> = rows.iter().map(|row| self.line(row)).collect();
        Ok(Some(lines?.concat()))
    }

    fn line(&self, row: &Attempt) -> Result<String> {
        if self.format == Format::Ndjson {
            let text = serde_json::to_string(row).map_err(|error| Error::Internal(error.to_string()))?;
            return Ok(text + "\n");
        }
        Ok(line(&[
            row.id.to_string(),
            row.at.to_rfc3339(),
            row.application.clone(),
            row.why.clone(),
            row.actor.clone().unwrap_or_default(),
            row.name.clone(),
            row.remote_id.clone().unwrap_or_default(),
            row.step.clone(),
            row.action.clone(),
            row.request.clone(),
            row.status.map(|status| status.to_string()).unwrap_or_default(),
            row.scim_type.clone(),
            row.problem.clone(),
            row.took_ms.to_string(),
            row.result.clone(),
        ]))
    }
}
