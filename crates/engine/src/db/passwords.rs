//! Passwords: only their hashes are ever here.

use crate::Result;
use domain::ids::PersonId;
use domain::refusal::{Code, Refusal};
use secrecy::{ExposeSecret, SecretString};
use sqlx::PgConnection;

/// The kept hash.
///
/// # Errors
/// The database can't be reached.
pub async fn find(conn: &mut PgConnection, person: PersonId) -> Result<Option<String>> {
    let hash = sqlx::query_scalar("select hash from passwords where user_id = $1")
        .bind(person.0)
        .fetch_optional(conn)
        .await?;
    Ok(hash)
}

/// Sets a password.
///
/// # Errors
/// The database can't be reached.
pub async fn set(conn: &mut PgConnection, person: PersonId, hash: &str) -> Result<()> {
    sqlx::query(
        "insert into passwords (user_id, hash) values ($1, $2) \
         on conflict (user_id) do update set hash = excluded.hash, set_at = clock()",
    )
    .bind(person.0)
    .bind(hash)
    .execute(conn)
    .await?;
    Ok(())
}

/// A new password is typed twice.
///
/// # Errors
/// The two differ.
pub fn same(password: &SecretString, repeat: &SecretString) -> Result<()> {
    if password.expose_secret() == repeat.expose_secret() {
        return Ok(());
    }
    Err(Refusal::new(Code::BadValue, "The two passwords differ.").at("repeat_password").into())
}
