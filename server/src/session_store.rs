//! Sessions in our own table. The id is kept only as its SHA-256, a session belongs to a person by a column, and a
//! session that was ended never comes back: saving updates and never inserts.
//!
//! Whose a session is, how far it has got and when factors were shown are columns. They are written once, when the row
//! is made, so they can only change together with the id (SEC-02). Inside tower-sessions' record they appear as the
//! value [`WHO`].

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use sqlx::PgPool;
use std::collections::{HashMap, HashSet};
use tower_sessions::cookie::time::OffsetDateTime;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error, Result};
use uuid::Uuid;

/// Where the record carries the columns.
pub const WHO: &str = "who";

/// Whose session it is and since when; the columns of the row.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, sqlx::FromRow)]
pub struct Who {
    /// Nobody before the password was right.
    pub user_id: Option<Uuid>,
    /// `anonymous`, `second` or `full`.
    pub stage: String,
    /// When the person signed in. Unknown at creation means now.
    pub auth_at: Option<DateTime<Utc>>,
    /// When a second factor was last shown.
    pub mfa_at: Option<DateTime<Utc>>,
    /// Which one. With an unknown time at creation it means now.
    pub mfa_method: Option<String>,
    /// The absolute end. Unknown at creation means the full length from now.
    pub expires_at: Option<DateTime<Utc>>,
    /// Where from.
    pub ip: String,
    /// With what.
    pub user_agent: String,
    /// The row that this one follows, so that proofs stay with their session.
    #[serde(default)]
    #[sqlx(default)]
    pub was: Option<Vec<u8>>,
}

/// How long sessions may last (SEC-03, SEC-05), in seconds.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Without any request.
    pub idle: i32,
    /// In all.
    pub absolute: i32,
    /// Between the password and the second factor.
    pub second: i32,
    /// Before anybody signed in: only carries the token of the sign-in form.
    pub anonymous: i32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { idle: 30 * 60, absolute: 12 * 60 * 60, second: 5 * 60, anonymous: 60 * 60 }
    }
}

/// How many sessions a person may have; the oldest ends.
const MOST: i64 = 10;

/// The store.
#[derive(Clone, Debug)]
pub struct Sessions {
    pool: PgPool,
    limits: Limits,
}

#[derive(sqlx::FromRow)]
struct Row {
    data: Value,
    #[sqlx(flatten)]
    who: Who,
}

/// The sessions `s` that are not over. $1: seconds without any request after which one is.
macro_rules! alive {
    () => {
        "from sessions s left join users u on u.id = s.user_id
          where s.expires_at > clock() and s.last_seen_at > clock() - make_interval(secs => $1)
            and (s.user_id is null or (u.enabled and u.deleted_at is null))"
    };
}

impl Sessions {
    /// A store on this database.
    pub fn new(pool: PgPool, limits: Limits) -> Self {
        Self { pool, limits }
    }

    /// Says that the person did something; writes at most once a minute.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn touch(&self, id: &Id) -> sqlx::Result<()> {
        sqlx::query(
            "update sessions set last_seen_at = clock()
              where id_hash = $1 and last_seen_at < clock() - interval '1 minute'",
        )
        .bind(hash(id))
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Those of these sessions that are signed in and not over, by the hashes of their ids.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn alive(&self, hashes: &[Vec<u8>]) -> sqlx::Result<HashSet<Vec<u8>>> {
        let alive: Vec<Vec<u8>> = sqlx::query_scalar(concat!(
            "select s.id_hash ",
            alive!(),
            " and s.stage = 'full' and s.id_hash = any ($2)"
        ))
        .bind(f64::from(self.limits.idle))
        .bind(hashes)
        .fetch_all(&self.pool)
        .await?;
        Ok(alive.into_iter().collect())
    }

    fn life(&self, stage: &str) -> i32 {
        match stage {
            "full" => self.limits.absolute,
            "second" => self.limits.second,
            _ => self.limits.anonymous,
        }
    }

    async fn insert(&self, hash: &[u8], who: &Who, data: &Value) -> sqlx::Result<bool> {
        let mut tx = self.pool.begin().await?;
        let made = sqlx::query(
            "insert into sessions (id_hash, user_id, stage, data, expires_at, auth_at, mfa_at, mfa_method, ip, user_agent)
             select $1, $2, $3, $4, coalesce($5, clock() + make_interval(secs => $6)),
                    case when $2::uuid is not null then coalesce($7, clock()) end,
                    case when $9::text is not null then coalesce($8, clock()) end, $9, $10, $11
             on conflict do nothing",
        )
        .bind(hash)
        .bind(who.user_id)
        .bind(&who.stage)
        .bind(data)
        .bind(who.expires_at)
        .bind(f64::from(self.life(&who.stage)))
        .bind(who.auth_at)
        .bind(who.mfa_at)
        .bind(&who.mfa_method)
        .bind(&who.ip)
        .bind(&who.user_agent)
        .execute(&mut *tx)
        .await?
        .rows_affected();
        if let Some(was) = &who.was {
            sqlx::query("update proofs set session_hash = $1 where session_hash = $2")
                .bind(hash)
                .bind(was)
                .execute(&mut *tx)
                .await?;
        }
        if let Some(user) = who.user_id {
            sqlx::query(
                "delete from sessions where id_hash in
                   (select id_hash from sessions where user_id = $1 order by created_at desc, id_hash offset $2)",
            )
            .bind(user)
            .bind(MOST)
            .execute(&mut *tx)
            .await?;
        }
        tx.commit().await?;
        Ok(made == 1)
    }
}

#[async_trait]
impl tower_sessions::SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> Result<()> {
        let (who, data) = split(&record.data)?;
        // A second session with the same id is as good as impossible; then another id is taken.
        while !self.insert(&hash(&record.id), &who, &data).await.map_err(backend)? {
            record.id = Id::default();
        }
        Ok(())
    }

    async fn save(&self, record: &Record) -> Result<()> {
        let (_, data) = split(&record.data)?;
        sqlx::query("update sessions set data = $2 where id_hash = $1")
            .bind(hash(&record.id))
            .bind(data)
            .execute(&self.pool)
            .await
            .map_err(backend)?;
        Ok(())
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let row: Option<Row> = sqlx::query_as(
            concat!(
                "select s.data, s.user_id, s.stage, s.auth_at, s.mfa_at, s.mfa_method, s.expires_at, s.ip, s.user_agent ",
                alive!(),
                " and s.id_hash = $2"
            ),
        )
        .bind(f64::from(self.limits.idle))
        .bind(hash(id))
        .fetch_optional(&self.pool)
        .await
        .map_err(backend)?;
        let Some(Row { data, who }) = row else { return Ok(None) };
        let mut data: HashMap<String, Value> = serde_json::from_value(data).map_err(unreadable)?;
        let end = who.expires_at.map_or(0, |end| end.timestamp());
        data.insert(WHO.to_owned(), serde_json::to_value(who).map_err(unreadable)?);
        let expiry_date = OffsetDateTime::from_unix_timestamp(end).map_err(unreadable)?;
        Ok(Some(Record { id: *id, data, expiry_date }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        sqlx::query("delete from sessions where id_hash = $1")
            .bind(hash(id))
            .execute(&self.pool)
            .await
            .map_err(backend)?;
        Ok(())
    }
}

/// What is kept of an id (SEC-01).
pub fn hash(id: &Id) -> Vec<u8> {
    Sha256::digest(id.to_string()).to_vec()
}

/// Takes the columns out of the record.
fn split(data: &HashMap<String, Value>) -> Result<(Who, Value)> {
    let mut data = data.clone();
    let who = match data.remove(WHO) {
        Some(who) => serde_json::from_value(who).map_err(unreadable)?,
        None => Who { stage: "anonymous".to_owned(), ..Who::default() },
    };
    Ok((who, serde_json::to_value(data).map_err(|error| Error::Encode(error.to_string()))?))
}

fn backend(error: sqlx::Error) -> Error {
    Error::Backend(error.to_string())
}

fn unreadable(error: impl std::fmt::Display) -> Error {
    Error::Decode(error.to_string())
}
