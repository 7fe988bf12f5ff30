//! People.

use crate::Result;
use chrono::{DateTime, Utc};
use domain::ids::PersonId;
use domain::principal::Person;
use sqlx::PgConnection;
use uuid::Uuid;

/// A row of `users`.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct UserRow {
    /// Id.
    pub id: Uuid,
    /// What she signs in with.
    pub user_name: String,
    /// Name.
    pub display_name: String,
    /// Address for mail.
    pub mail: Option<String>,
    /// Job.
    pub job_title: Option<String>,
    /// Department.
    pub department: Option<String>,
    /// Member or guest.
    pub user_type: String,
    /// Cloud or on-premises.
    pub source: String,
    /// May act.
    pub enabled: bool,
    /// Zone that times are shown in.
    pub time_zone: String,
    /// Colours.
    pub theme: String,
    /// Known since.
    pub created_at: DateTime<Utc>,
    /// Soft-deleted.
    pub deleted_at: Option<DateTime<Utc>>,
}

impl UserRow {
    /// As the rules know her.
    pub fn person(&self) -> Person {
        Person { id: PersonId(self.id), enabled: self.enabled, deleted: self.deleted_at.is_some() }
    }
}

/// Finds a person by id, deleted or not.
///
/// # Errors
/// The database can't be reached.
pub async fn find(conn: &mut PgConnection, id: PersonId) -> Result<Option<UserRow>> {
    let row = sqlx::query_as(
        "select id, user_name, display_name, mail, job_title, department, user_type, source, enabled, time_zone, \
         theme, created_at, deleted_at from users where id = $1",
    )
    .bind(id.0)
    .fetch_optional(conn)
    .await?;
    Ok(row)
}

/// Finds a person that is not deleted by user name, in any case of letters.
///
/// # Errors
/// The database can't be reached.
pub async fn by_user_name(conn: &mut PgConnection, user_name: &str) -> Result<Option<UserRow>> {
    let row = sqlx::query_as(
        "select id, user_name, display_name, mail, job_title, department, user_type, source, enabled, time_zone, \
         theme, created_at, deleted_at from users where lower(user_name) = lower($1) and deleted_at is null",
    )
    .bind(user_name.trim())
    .fetch_optional(conn)
    .await?;
    Ok(row)
}
