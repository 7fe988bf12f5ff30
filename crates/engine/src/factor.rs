//! Checks a person's second factor: a code of her authenticator app, or one of her recovery codes.
//!
//! A code is used up in the caller's transaction, by a conditional update: of many at once, one gets it (SEC-11).

use crate::throttle::{self, Counted, Key};
use crate::{Engine, Result, clock, hashing, totp};
use chrono::{DateTime, Utc};
use domain::ids::PersonId;
use sqlx::PgConnection;

/// Characters of a recovery code without its dashes: 80 random bits in base32.
pub const RECOVERY_CODE: usize = 16;

/// What came of a check.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Checked {
    /// Right, and used up.
    Right {
        /// When, by the database's clock.
        at: DateTime<Utc>,
        /// With what.
        method: Method,
    },
    /// Nothing was typed.
    Missing,
    /// She has no factor.
    NoFactor,
    /// Wrong, or used before: the two read the same.
    Wrong,
    /// Too many wrong ones.
    Locked {
        /// The next try is possible at this time.
        until: DateTime<Utc>,
    },
}

/// With what a second factor was proved.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Method {
    /// A code of an authenticator app.
    Totp,
    /// A recovery code; the app is to be set up again.
    RecoveryCode,
}

impl Method {
    /// The stable word, as stored in proofs and sessions.
    pub const fn wire(self) -> &'static str {
        match self {
            Method::Totp => "totp",
            Method::RecoveryCode => "recovery-code",
        }
    }
}

/// Whether the person has a second factor.
///
/// # Errors
/// The database can't be reached.
pub async fn has(conn: &mut PgConnection, person: PersonId) -> Result<bool> {
    let has = sqlx::query_scalar(
        "select exists (select from totp_factors where user_id = $1 and confirmed_at is not null)",
    )
    .bind(person.0)
    .fetch_one(conn)
    .await?;
    Ok(has)
}

/// Checks a typed code and uses it up inside the caller's transaction. `counts` is what wrong codes are counted by,
/// outside of it.
///
/// # Errors
/// The database can't be reached, or the secret can't be opened.
pub async fn check(
    engine: &Engine,
    conn: &mut PgConnection,
    person: PersonId,
    typed: &str,
    counts: Key,
) -> Result<Checked> {
    let code: String = typed.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    if !has(conn, person).await? {
        return Ok(Checked::NoFactor);
    }
    if code.is_empty() {
        return Ok(Checked::Missing);
    }
    let counted = match throttle::count(&engine.aside, &[counts]).await? {
        Ok(counted) => counted,
        Err(until) => return Ok(Checked::Locked { until }),
    };
    let method = if code.len() == RECOVERY_CODE { Method::RecoveryCode } else { Method::Totp };
    let at = match method {
        Method::RecoveryCode => use_recovery_code(engine, conn, person, &code).await?,
        Method::Totp => use_step(engine, conn, person, &code).await?,
    };
    judged(engine, counted, method, at).await
}

async fn judged(
    engine: &Engine,
    counted: Counted,
    method: Method,
    at: Option<DateTime<Utc>>,
) -> Result<Checked> {
    let Some(at) = at else { return Ok(Checked::Wrong) };
    counted.right(&engine.aside).await?;
    Ok(Checked::Right { at, method })
}

async fn use_step(
    engine: &Engine,
    conn: &mut PgConnection,
    person: PersonId,
    code: &str,
) -> Result<Option<DateTime<Utc>>> {
    let row: Option<(Vec<u8>, i64)> = sqlx::query_as(
        "select secret, last_step from totp_factors where user_id = $1 and confirmed_at is not null for update",
    )
    .bind(person.0)
    .fetch_optional(&mut *conn)
    .await?;
    let now = clock::now(conn).await?;
    let Some((sealed, last)) = row else { return Ok(None) };
    let secret = totp::unseal(&engine.settings, person, &sealed)?;
    let Some(step) = totp::step(&secret, code, last, now)? else { return Ok(None) };
    let used = sqlx::query("update totp_factors set last_step = $2 where user_id = $1 and last_step < $2")
        .bind(person.0)
        .bind(step)
        .execute(conn)
        .await?;
    Ok((used.rows_affected() == 1).then_some(now))
}

async fn use_recovery_code(
    engine: &Engine,
    conn: &mut PgConnection,
    person: PersonId,
    code: &str,
) -> Result<Option<DateTime<Utc>>> {
    let hash = hashing::recovery_code(&engine.settings, person, &code.to_ascii_uppercase()).await?;
    let used = sqlx::query_scalar(
        "update recovery_codes set used_at = clock() where user_id = $1 and code_hash = $2 and used_at is null \
         returning used_at",
    )
    .bind(person.0)
    .bind(hash)
    .fetch_optional(conn)
    .await?;
    Ok(used)
}
