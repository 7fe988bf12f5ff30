//! Signs the end of the chain once a minute when it moved, and keeps that in the database and, where the operator wants
//! it, in a file outside. What an anchor covers can't be rewritten unnoticed by whoever holds the database alone; what is
//! younger than the last anchor can.

use super::stored;
use crate::{Engine, Error, Result, clock, worker};
use chrono::{DateTime, TimeDelta, Utc};
use domain::audit::anchor::Anchor;
use domain::audit::seal::{Part, Seal};
use ed25519_dalek::{SigningKey, VerifyingKey};
use secrecy::{ExposeSecret, SecretSlice};
use sqlx::PgConnection;
use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

/// How old the last anchor is when the next is made.
const EVERY: TimeDelta = TimeDelta::seconds(60);

/// From then on something is wrong: the worker stopped, or the file can't be written.
const LATE: TimeDelta = TimeDelta::minutes(5);

/// With what to sign, and where else to keep it.
#[derive(Clone)]
pub struct Signing {
    key: SigningKey,
    file: Option<PathBuf>,
}

impl Signing {
    /// With this secret key of 32 bytes; `file` is outside of the database, and best not on its machine.
    ///
    /// # Errors
    /// The key has another length.
    pub fn new(key: &SecretSlice<u8>, file: Option<PathBuf>) -> Result<Self, &'static str> {
        let key = key.expose_secret().try_into().map_err(|_| "a key has 32 bytes")?;
        Ok(Self { key: SigningKey::from_bytes(key), file })
    }

    /// Signs a part of the chain that is to be kept in a file.
    pub fn seal(&self, part: &Part, at: DateTime<Utc>) -> Seal {
        Seal::sign(&self.key, part, at)
    }

    /// The half of the key that verifies, for everybody.
    pub fn public(&self) -> VerifyingKey {
        self.key.verifying_key()
    }
}

/// The key stays out of every log.
impl fmt::Debug for Signing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signing").field("file", &self.file).finish_non_exhaustive()
    }
}

/// Makes an anchor if there is a key, the chain moved, and the last one is a minute old. The file comes first: an anchor
/// in the database that the file does not have would say less than it seems to.
///
/// # Errors
/// The database can't be reached; the file can't be written. Then the next round tries again.
pub async fn make(engine: &Engine) -> Result<Option<Anchor>> {
    let Some(signing) = engine.settings.anchors.clone() else { return Ok(None) };
    let mut tx = engine.begin().await?;
    if !worker::alone(&mut tx, "pimento audit anchors").await? {
        return Ok(None);
    }
    let now = clock::now(&mut tx).await?;
    let head = stored::head(&mut tx).await?;
    let due = match last(&mut tx).await? {
        Some((position, at)) => head.position > position && now - at >= EVERY,
        None => head.position > 0,
    };
    if !due {
        tx.rollback().await?;
        return Ok(None);
    }
    // an anchor must not outlive what it anchors
    engine.flush().await?;
    let anchor = Anchor::sign(&signing.key, head.position, head.hash, now);
    if let Some(path) = signing.file {
        let line = serde_json::to_string(&anchor).map_err(|error| Error::Internal(error.to_string()))? + "\n";
        let named = path.display().to_string();
        let written = tokio::task::spawn_blocking(move || append(&path, &line)).await;
        let written = written.unwrap_or_else(|broke| Err(io::Error::other(broke)));
        written.map_err(|error| Error::Internal(format!("anchor file {named}: {error}")))?;
    }
    insert(&mut tx, &anchor).await?;
    tx.commit().await?;
    Ok(Some(anchor))
}

/// Since when nothing was signed although there is something to sign; `None` if all is well.
///
/// # Errors
/// The database can't be reached.
pub async fn behind(conn: &mut PgConnection) -> Result<Option<DateTime<Utc>>> {
    let since = "select c.chained_at from audit_chain c \
         where c.position > coalesce((select max(position) from audit_anchors), 0) order by c.position limit 1";
    let since: Option<DateTime<Utc>> = sqlx::query_scalar(since).fetch_optional(&mut *conn).await?;
    let now = clock::now(conn).await?;
    Ok(since.filter(|since| now - *since > LATE))
}

async fn last(conn: &mut PgConnection) -> Result<Option<(i64, DateTime<Utc>)>> {
    let last = "select position, at from audit_anchors order by position desc limit 1";
    Ok(sqlx::query_as(last).fetch_optional(conn).await?)
}

async fn insert(conn: &mut PgConnection, anchor: &Anchor) -> Result<()> {
    sqlx::query(
        "insert into audit_anchors (position, hash, at, key_id, signature) values ($1, $2, $3, $4, $5)",
    )
    .bind(anchor.position)
    .bind(anchor.hash.0.as_slice())
    .bind(anchor.at)
    .bind(&anchor.key_id)
    .bind(&anchor.signature)
    .execute(conn)
    .await?;
    Ok(())
}

/// Adds a line that survives a crash. Half a line, from a disk that is full, is taken back.
fn append(path: &Path, line: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().read(true).append(true).create(true).open(path)?;
    let before = file.metadata()?.len();
    // a crash may have left half a line: this one begins a new one all the same
    let new_line = if ends_a_line(&file, before)? { "" } else { "\n" };
    let written = file.write_all(format!("{new_line}{line}").as_bytes()).and_then(|()| file.sync_data());
    if written.is_err() {
        take_back(&file, before);
    }
    written
}

fn ends_a_line(file: &File, length: u64) -> io::Result<bool> {
    let mut last = [b'\n'];
    if let Some(place) = length.checked_sub(1) {
        file.read_exact_at(&mut last, place)?;
    }
    Ok(last == [b'\n'])
}

fn take_back(file: &File, length: u64) {
    if let Err(error) = file.set_len(length) {
        tracing::error!(%error, "half a line stays in the file of anchors");
    }
}
