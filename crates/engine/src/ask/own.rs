//! One activation of a person's own, on or over, for the small forms about it.

use crate::ask::frame::{self, Frame};
use crate::ask::my_access::On;
use crate::ask::thing::{COLUMNS, Thing};
use crate::db::groups::Label;
use crate::{Ctx, Engine, Error, Result, ids};
use chrono::{DateTime, Utc};
use domain::ids::{AssignmentId, PersonId, RequestKey};
use domain::span::Span;
use sqlx::{AssertSqlSafe, PgConnection};

/// The page that asks before something is switched off.
#[derive(Clone, Debug)]
pub struct DeactivateForm {
    /// What surrounds it.
    pub frame: Frame,
    /// What is on, or was.
    pub on: On,
    /// Sent with the form, so that sending it twice has one effect.
    pub key: RequestKey,
}

/// Loads the page.
///
/// # Errors
/// Not found: there is no such activation of this person's own.
pub async fn deactivate_form(engine: &Engine, ctx: &Ctx, id: AssignmentId) -> Result<DeactivateForm> {
    let mut conn = engine.pool.acquire().await?;
    let frame = frame::load(&mut conn, ctx).await?;
    let on = activation(&mut conn, ctx.person(), id).await?;
    Ok(DeactivateForm { frame, on, key: RequestKey(ids::new()) })
}

/// Finds an own activation.
///
/// # Errors
/// Not found: there is none, or it is somebody else's.
pub async fn find(engine: &Engine, ctx: &Ctx, id: AssignmentId) -> Result<On> {
    let mut conn = engine.pool.acquire().await?;
    activation(&mut conn, ctx.person(), id).await
}

#[derive(sqlx::FromRow)]
struct Row {
    #[sqlx(flatten)]
    thing: Thing,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    reason: String,
    by_key: Option<String>,
    by_name: Option<String>,
}

pub(super) async fn activation(conn: &mut PgConnection, person: PersonId, id: AssignmentId) -> Result<On> {
    let sql = format!(
        "select {COLUMNS}, a.starts_at, a.ends_at, a.reason, by.key as by_key, by.display_name as by_name \
         from assignments a join things t on t.id = a.target_id and t.deleted_at is null \
         left join groups by on by.id = a.through_id \
         where a.id = $1 and a.principal_id = $2 and a.origin = 'activated'"
    );
    let row: Option<Row> =
        sqlx::query_as(AssertSqlSafe(sql)).bind(id.0).bind(person.0).fetch_optional(conn).await?;
    let row = row.ok_or_else(Error::not_found)?;
    let span = Span { start: row.starts_at, end: Some(row.ends_at) };
    let through = row.by_key.zip(row.by_name).map(|(key, name)| Label { key, name });
    Ok(On { thing: row.thing, assignment: id, span, reason: row.reason, through })
}
