//! People as every page names them: a name never stands alone, because names can be alike.

use crate::Result;
use domain::ids::PersonId;
use sqlx::{AssertSqlSafe, PgConnection};
use uuid::Uuid;

/// A person, as far as a page shows her.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Deserialize, sqlx::FromRow)]
pub struct Who {
    /// Id.
    pub id: Uuid,
    /// Name.
    pub name: String,
    /// Unique user name.
    pub user_name: String,
    /// Department; may be empty.
    pub department: String,
}

impl Who {
    /// Typed id.
    pub fn person(&self) -> PersonId {
        PersonId(self.id)
    }
}

/// The columns of a person, from a row of `users` of this name.
pub(crate) fn columns(user: &str) -> String {
    format!(
        "{user}.id, {user}.display_name as name, {user}.user_name, coalesce({user}.department, '') as department"
    )
}

/// The same as one value, for a second person of a row.
pub(crate) fn json(user: &str) -> String {
    format!(
        "jsonb_build_object('id', {user}.id, 'name', {user}.display_name, 'user_name', {user}.user_name, \
         'department', coalesce({user}.department, ''))"
    )
}

/// These people, by name.
///
/// # Errors
/// The database can't be reached.
pub async fn list(conn: &mut PgConnection, ids: Vec<Uuid>) -> Result<Vec<Who>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "select {} from users u where u.id = any ($1) order by lower(u.display_name), u.id",
        columns("u")
    );
    Ok(sqlx::query_as(AssertSqlSafe(sql)).bind(ids).fetch_all(conn).await?)
}

/// Finds a person who is not deleted, disabled or not.
///
/// # Errors
/// The database can't be reached.
pub async fn find(conn: &mut PgConnection, id: PersonId) -> Result<Option<Who>> {
    let sql = format!("select {} from users u where u.id = $1 and u.deleted_at is null", columns("u"));
    Ok(sqlx::query_as(AssertSqlSafe(sql)).bind(id.0).fetch_optional(conn).await?)
}
