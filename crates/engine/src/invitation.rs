//! One-time links by which a person sets a password: what is kept of them, and what they open.

use crate::secret::{digest, token};
use crate::{Engine, Result, clock};
use chrono::{DateTime, TimeDelta, Utc};
use domain::ids::PersonId;
use sqlx::PgConnection;
use uuid::Uuid;

/// How long a link is good for.
pub const GOOD_FOR: TimeDelta = TimeDelta::hours(72);

/// A link to hand over. Shown once; only its digest is kept.
#[derive(Clone, Debug)]
pub struct Link {
    /// Address of the page where a password is set.
    pub url: String,
    /// Good before this time.
    pub expires_at: DateTime<Utc>,
}

/// Makes a link for a person; unused earlier ones are void. The caller audits.
///
/// # Errors
/// The database can't be reached.
pub async fn make(
    engine: &Engine,
    conn: &mut PgConnection,
    person: PersonId,
    by: Option<PersonId>,
) -> Result<Link> {
    sqlx::query("delete from invitations where user_id = $1 and used_at is null")
        .bind(person.0)
        .execute(&mut *conn)
        .await?;
    let token = token()?;
    let expires_at = clock::now(conn).await? + GOOD_FOR;
    sqlx::query(
        "insert into invitations (token_hash, user_id, created_by, expires_at) values ($1, $2, $3, $4)",
    )
    .bind(digest(&token))
    .bind(person.0)
    .bind(by.map(|id| id.0))
    .bind(expires_at)
    .execute(conn)
    .await?;
    let base = engine.settings.public_url.trim_end_matches('/');
    Ok(Link { url: format!("{base}/invitation/{token}"), expires_at })
}

/// Whom a link is for.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Invited {
    /// Id.
    pub id: Uuid,
    /// What she will sign in with.
    pub user_name: String,
    /// Name.
    pub display_name: String,
    /// Address for mail.
    pub mail: Option<String>,
}

/// Whom a link is for, while it is good and she is enabled.
///
/// # Errors
/// The database can't be reached.
pub async fn find(conn: &mut PgConnection, token: &str) -> Result<Option<Invited>> {
    let found = sqlx::query_as(
        "select u.id, u.user_name, u.display_name, u.mail from invitations i join users u on u.id = i.user_id \
         where i.token_hash = $1 and i.used_at is null and i.expires_at > clock() \
           and u.enabled and u.deleted_at is null",
    )
    .bind(digest(token))
    .fetch_optional(conn)
    .await?;
    Ok(found)
}

/// Uses a link up; of many at once, one gets it.
///
/// # Errors
/// The database can't be reached.
pub async fn use_up(conn: &mut PgConnection, token: &str) -> Result<bool> {
    let used = sqlx::query(
        "update invitations set used_at = clock() where token_hash = $1 and used_at is null and expires_at > clock()",
    )
    .bind(digest(token))
    .execute(conn)
    .await?;
    Ok(used.rows_affected() == 1)
}
