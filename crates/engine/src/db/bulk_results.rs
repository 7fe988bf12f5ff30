//! What came of assigning many at once, kept for whoever did it.

use crate::bulk::report::Report;
use crate::{Error, Result};
use chrono::{DateTime, Utc};
use domain::ids::{PersonId, RequestKey};
use sqlx::PgConnection;
use sqlx::types::Json;

/// Takes the place of a form's result. `false` when the form was carried out before: whoever sends it at the same moment
/// waits here.
///
/// # Errors
/// The database can't be reached.
pub async fn begin(conn: &mut PgConnection, form: RequestKey, person: PersonId) -> Result<bool> {
    let insert =
        "insert into bulk_results (id, person_id, rows) values ($1, $2, '{}') on conflict do nothing";
    let done = sqlx::query(insert).bind(form.0).bind(person.0).execute(conn).await?;
    Ok(done.rows_affected() == 1)
}

/// Writes the result.
///
/// # Errors
/// The database can't be reached.
pub async fn finish(conn: &mut PgConnection, form: RequestKey, report: &Report) -> Result<()> {
    sqlx::query("update bulk_results set rows = $2 where id = $1")
        .bind(form.0)
        .bind(Json(report))
        .execute(conn)
        .await?;
    Ok(())
}

/// The result of a form that this person sent, and when that was.
///
/// # Errors
/// Not found, somebody else's included; the database can't be reached.
pub async fn find(
    conn: &mut PgConnection,
    form: RequestKey,
    person: PersonId,
) -> Result<(DateTime<Utc>, Report)> {
    let found: Option<(DateTime<Utc>, Json<Report>)> =
        sqlx::query_as("select created_at, rows from bulk_results where id = $1 and person_id = $2")
            .bind(form.0)
            .bind(person.0)
            .fetch_optional(conn)
            .await?;
    let (at, Json(report)) = found.ok_or_else(Error::not_found)?;
    Ok((at, report))
}
