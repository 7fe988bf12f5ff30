//! Sessions: rows that the server's session store writes, and that end here with what they rested on.

use crate::Result;
use chrono::{DateTime, Utc};
use domain::ids::PersonId;
use sqlx::PgConnection;

/// A session as its person sees it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct SessionRow {
    /// SHA-256 of its id: names the session without being a key to it.
    pub id_hash: Vec<u8>,
    /// When the person signed in.
    pub auth_at: Option<DateTime<Utc>>,
    /// With which second factor.
    pub mfa_method: Option<String>,
    /// Last request.
    pub last_seen_at: DateTime<Utc>,
    /// Absolute end.
    pub expires_at: DateTime<Utc>,
    /// Where from.
    pub ip: String,
    /// With what.
    pub user_agent: String,
}

/// Signed-in sessions of a person that are not over, the latest used first.
///
/// # Errors
/// The database can't be reached.
pub async fn of(conn: &mut PgConnection, person: PersonId) -> Result<Vec<SessionRow>> {
    let rows = sqlx::query_as(
        "select id_hash, auth_at, mfa_method, last_seen_at, expires_at, ip, user_agent from sessions \
         where user_id = $1 and stage = 'full' and expires_at > clock() order by last_seen_at desc, id_hash",
    )
    .bind(person.0)
    .fetch_all(conn)
    .await?;
    Ok(rows)
}

/// Ends one session of a person; says whether there was one.
///
/// # Errors
/// The database can't be reached.
pub async fn end(conn: &mut PgConnection, person: PersonId, id_hash: &[u8]) -> Result<bool> {
    let ended = sqlx::query("delete from sessions where user_id = $1 and id_hash = $2")
        .bind(person.0)
        .bind(id_hash)
        .execute(conn)
        .await?;
    Ok(ended.rows_affected() > 0)
}

/// Ends all sessions of a person but this one, half signed-in ones too; says how many.
///
/// # Errors
/// The database can't be reached.
pub async fn end_others(conn: &mut PgConnection, person: PersonId, but: &[u8]) -> Result<u64> {
    let ended = sqlx::query("delete from sessions where user_id = $1 and id_hash <> $2")
        .bind(person.0)
        .bind(but)
        .execute(conn)
        .await?;
    Ok(ended.rows_affected())
}

/// Ends all sessions of a person: call it in the transaction that disables her or takes a credential away (SEC-04).
///
/// # Errors
/// The database can't be reached.
pub async fn end_all(conn: &mut PgConnection, person: PersonId) -> Result<u64> {
    end_others(conn, person, &[]).await
}
