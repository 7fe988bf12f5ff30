//! People whose names look like somebody's: the same to the eye, a different person.

use crate::Result;
use crate::ask::who::Who;
use domain::ids::PersonId;
use domain::risk;
use sqlx::PgConnection;

/// Who else looks like this person. All names are read: what looks alike is not alike to an index.
///
/// # Errors
/// The database can't be reached.
pub async fn of(conn: &mut PgConnection, person: PersonId, name: &str) -> Result<Vec<Who>> {
    let others: Vec<Who> = sqlx::query_as(
        "select id, display_name as name, user_name, coalesce(department, '') as department from users \
         where id <> $1 and deleted_at is null order by lower(display_name), id",
    )
    .bind(person.0)
    .fetch_all(conn)
    .await?;
    let key = risk::look_alike_key(name);
    Ok(others.into_iter().filter(|other| risk::look_alike_key(&other.name) == key).collect())
}
