//! The caller's own account: who, with which factor, how many recovery codes, which sessions.

use crate::db::sessions::{self, SessionRow};
use crate::db::users::{self, UserRow};
use crate::{Ctx, Engine, Error, Result};
use chrono::{DateTime, Utc};

/// Everything the account pages show.
#[derive(Clone, Debug)]
pub struct Account {
    /// Who.
    pub user: UserRow,
    /// When the password was set.
    pub password_set_at: Option<DateTime<Utc>>,
    /// The authenticator app.
    pub factor: Option<Factor>,
    /// Recovery codes.
    pub codes: Codes,
    /// Sessions, the latest used first.
    pub sessions: Vec<Session>,
}

/// An authenticator app.
#[derive(Clone, Copy, Debug)]
pub struct Factor {
    /// Set up then.
    pub since: DateTime<Utc>,
    /// A recovery code was used since: the app is probably gone, and a new one is due.
    pub due: bool,
}

/// Recovery codes.
#[derive(Clone, Copy, Debug)]
pub struct Codes {
    /// Not used yet.
    pub left: i64,
    /// Made then.
    pub made_at: Option<DateTime<Utc>>,
}

/// A session.
#[derive(Clone, Debug)]
pub struct Session {
    /// The row.
    pub row: SessionRow,
    /// The one that asks.
    pub current: bool,
}

/// The caller's account.
///
/// # Errors
/// The database can't be reached.
pub async fn account(engine: &Engine, ctx: &Ctx) -> Result<Account> {
    #[derive(sqlx::FromRow)]
    struct Row {
        password_set_at: Option<DateTime<Utc>>,
        factor_since: Option<DateTime<Utc>>,
        code_used_at: Option<DateTime<Utc>>,
        codes_left: i64,
        codes_made_at: Option<DateTime<Utc>>,
    }
    let mut conn = engine.pool.acquire().await?;
    let user = users::find(&mut conn, ctx.person()).await?.ok_or_else(Error::not_found)?;
    let row: Row = sqlx::query_as(
        "select (select set_at from passwords where user_id = $1) as password_set_at, \
                (select confirmed_at from totp_factors where user_id = $1) as factor_since, \
                max(used_at) as code_used_at, count(*) filter (where used_at is null) \
                as codes_left, max(created_at) as codes_made_at from recovery_codes where user_id = $1",
    )
    .bind(ctx.person().0)
    .fetch_one(&mut *conn)
    .await?;
    let sessions = sessions::of(&mut conn, ctx.person()).await?;
    let factor = row
        .factor_since
        .map(|since| Factor { since, due: row.code_used_at.is_some_and(|used| used > since) });
    Ok(Account {
        user,
        password_set_at: row.password_set_at,
        factor,
        codes: Codes { left: row.codes_left, made_at: row.codes_made_at },
        sessions: sessions
            .into_iter()
            .map(|row| Session { current: row.id_hash == ctx.session.hash, row })
            .collect(),
    })
}
