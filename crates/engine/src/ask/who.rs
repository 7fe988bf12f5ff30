//! People as every page names them: a name never stands alone, because names can be alike.

use crate::Result;
use domain::ids::PersonId;
use sqlx::PgConnection;
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

/// These people, by name.
///
/// # Errors
/// The database can't be reached.
pub async fn list(conn: &mut PgConnection, ids: Vec<Uuid>) -> Result<Vec<Who>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let found = sqlx::query_as(
        "select id, display_name as name, user_name, coalesce(department, '') as department from users \
         where id = any ($1) order by lower(display_name), id",
    );
    Ok(found.bind(ids).fetch_all(conn).await?)
}

/// Finds a person who is not deleted, disabled or not.
///
/// # Errors
/// The database can't be reached.
pub async fn find(conn: &mut PgConnection, id: PersonId) -> Result<Option<Who>> {
    let found = sqlx::query_as(
        "select id, display_name as name, user_name, coalesce(department, '') as department from users \
         where id = $1 and deleted_at is null",
    );
    Ok(found.bind(id.0).fetch_optional(conn).await?)
}
