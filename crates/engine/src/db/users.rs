//! People.

use crate::{Error, Result, alike};
use chrono::{DateTime, Utc};
use domain::ids::PersonId;
use domain::principal::{Person, UserType};
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

/// What is written of a person by hand.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Details {
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
    pub user_type: UserType,
}

/// Writes a new, enabled person. `false`: the user name is taken, nothing was written.
///
/// # Errors
/// The database can't be reached.
pub async fn insert(conn: &mut PgConnection, id: PersonId, new: &Details) -> Result<bool> {
    sqlx::query("insert into principals (id, kind) values ($1, 'user')")
        .bind(id.0)
        .execute(&mut *conn)
        .await?;
    let done = sqlx::query(
        "insert into users (id, user_name, display_name, mail, job_title, department, user_type, alike_key, alike_of) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $3) on conflict (lower(user_name)) do nothing",
    )
    .bind(id.0)
    .bind(&new.user_name)
    .bind(&new.display_name)
    .bind(&new.mail)
    .bind(&new.job_title)
    .bind(&new.department)
    .bind(new.user_type.wire())
    .bind(alike::key(&new.display_name))
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Writes changed details.
///
/// # Errors
/// The database can't be reached, or the row is gone.
pub async fn update(conn: &mut PgConnection, id: PersonId, details: &Details) -> Result<()> {
    let done = sqlx::query(
        "update users set user_name = $2, display_name = $3, mail = $4, job_title = $5, department = $6, \
         user_type = $7, alike_key = $8, alike_of = $3 where id = $1",
    )
    .bind(id.0)
    .bind(&details.user_name)
    .bind(&details.display_name)
    .bind(&details.mail)
    .bind(&details.job_title)
    .bind(&details.department)
    .bind(details.user_type.wire())
    .bind(alike::key(&details.display_name))
    .execute(conn)
    .await?;
    if done.rows_affected() == 1 { Ok(()) } else { Err(Error::inconsistent("users", id, "gone")) }
}
