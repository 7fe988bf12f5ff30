//! An operator takes the oldest part of the audit out of the database: it is written to files, verified there, signed, and only then
//! removed, in one transaction with the event that tells of it. By the owner of the schema: the server's role can't.
//!
//! Whatever is left of a try that did not come to its end is found and used by the next one; until the last step the database is as it was.

mod part;

pub use part::Files;

use crate::audit::verify::{self, Failed};
use crate::audit::{self, About, anchors::Signing, check, seals, stored};
use crate::ctx::By;
use crate::{Error, Result, clock};
use chrono::{DateTime, Utc};
use domain::audit::Event;
use domain::audit::seal::{KEPT, Part, Seal, is_old_enough};
use ed25519_dalek::VerifyingKey;
use sqlx::{Connection, PgConnection};
use std::path::{Path, PathBuf};

/// Why nothing was sealed. Unless it says otherwise, the database is as it was.
#[derive(Debug, thiserror::Error)]
pub enum Unsealed {
    /// A rule said no.
    #[error("{0}")]
    Refused(String),
    /// What is to be sealed is not as it was written, or the file of it can't be read again.
    #[error(transparent)]
    Unsound(#[from] Failed),
    /// The connection broke off at the very end.
    #[error(
        "it is not known whether it was sealed: the connection broke off at the end ({0}). Keep the files that were written, they \
         may be the only ones there are, and run the command again"
    )]
    Unconfirmed(sqlx::Error),
    /// A file can't be written.
    #[error("{0}: {1}")]
    File(PathBuf, std::io::Error),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl From<sqlx::Error> for Unsealed {
    fn from(error: sqlx::Error) -> Self {
        Unsealed::Database(error.into())
    }
}

fn refused<T>(what: impl Into<String>) -> Result<T, Unsealed> {
    Err(Unsealed::Refused(what.into()))
}

/// Seals what was chained before this moment, as far as it is anchored. `older` are keys that signed anchors before this one did.
/// `None`: there is nothing to seal.
///
/// # Errors
/// Nothing was sealed.
pub async fn seal_audit(
    owner: &mut PgConnection,
    signing: &Signing,
    older: &[VerifyingKey],
    before: DateTime<Utc>,
    folder: &Path,
) -> Result<Option<(Seal, Files)>, Unsealed> {
    let now = clock::now(owner).await?;
    if !is_old_enough(before, now) {
        let days = KEPT.num_days();
        return refused(format!(
            "events of the last {days} days stay in the database: choose an earlier day"
        ));
    }
    // two at once would write the same files
    let alone = "select pg_try_advisory_lock(hashtext('pimento audit seal'))";
    if !sqlx::query_scalar::<_, bool>(alone).fetch_one(&mut *owner).await? {
        return refused("somebody else seals at this moment: try again when that is done");
    }
    let came = all_of_it(owner, signing, older, before, folder, now).await;
    // it ends with the connection too
    let over = "select pg_advisory_unlock(hashtext('pimento audit seal'))";
    if let Err(error) = sqlx::query(over).execute(&mut *owner).await {
        tracing::warn!(%error, "others can seal when this connection has ended");
    }
    came
}

async fn all_of_it(
    owner: &mut PgConnection,
    signing: &Signing,
    older: &[VerifyingKey],
    before: DateTime<Utc>,
    folder: &Path,
    now: DateTime<Utc>,
) -> Result<Option<(Seal, Files)>, Unsealed> {
    let Some((seal, files)) = prepare(owner, signing, older, before, folder, now).await? else {
        return Ok(None);
    };
    remove(owner, &seal).await?;
    // pages begin behind what is gone without walking through it
    if let Err(error) = sqlx::raw_sql("vacuum (analyze) audit_events, audit_chain").execute(&mut *owner).await
    {
        tracing::warn!(%error, "sealed; what was removed could not be tidied up, which the database does by itself later");
    }
    Ok(Some((seal, files)))
}

/// Everything but the last step: writes, verifies and signs.
///
/// # Errors
/// There may be files, which the next try uses.
pub async fn prepare(
    owner: &mut PgConnection,
    signing: &Signing,
    older: &[VerifyingKey],
    before: DateTime<Utc>,
    folder: &Path,
    now: DateTime<Utc>,
) -> Result<Option<(Seal, Files)>, Unsealed> {
    let mut keys = older.to_vec();
    keys.push(signing.public());
    seals::sound(owner, &keys).await?.map_err(Failed::from)?;
    let start = seals::start(owner).await?;
    let Some(end) = end(owner, start.position, before).await? else { return Ok(None) };
    unread(owner, end).await?;
    let mut anchors = stored::anchors(owner, start.position).await?;
    anchors.retain(|anchor| anchor.position <= end);
    verify::signatures(&anchors, &keys).map_err(Failed::from)?;

    let files = Files::new(folder, start.position + 1, end);
    let head = part::write(owner, &files, start, end, &anchors).await?;
    let chained = head.chained_at.ok_or_else(|| Error::Internal("a part without a time".into()))?;
    let file_hash = part::hash(&files.events)?;
    let part = Part {
        first: start.position + 1,
        last: end,
        last_hash: head.hash,
        last_chained_at: chained,
        file_hash,
    };
    let seal = signing.seal(&part, now);
    part::write_seal(&files, &seal)?;
    Ok(Some((seal, files)))
}

/// The last anchored position of what is old enough. The last event of all stays, whatever its age: the next one goes on from it.
async fn end(conn: &mut PgConnection, start: i64, before: DateTime<Utc>) -> Result<Option<i64>> {
    let end = "select a.position from audit_anchors a join audit_chain c on c.position = a.position \
         where a.position > $1 and c.chained_at < $2 and a.position < (select max(position) from audit_chain) \
         order by a.position desc limit 1";
    Ok(sqlx::query_scalar(end).bind(start).bind(before).fetch_optional(conn).await?)
}

/// A webhook that is on, and a receiver of the stream that is being sent to, have to be told of everything first.
async fn unread(conn: &mut PgConnection, end: i64) -> Result<(), Unsealed> {
    let behind =
        "select name from hooks where deleted_at is null and off_at is null and position < $1 limit 1";
    let behind: Option<String> = sqlx::query_scalar(behind).bind(end).fetch_optional(&mut *conn).await?;
    if let Some(name) = behind {
        return refused(format!("the webhook “{name}” was not told of these events yet"));
    }
    let behind = "select receiver from audit_streams where position < $1 and leased_until > clock() - interval '1 day' limit 1";
    let behind: Option<String> = sqlx::query_scalar(behind).bind(end).fetch_optional(conn).await?;
    match behind {
        Some(receiver) => refused(format!("the receiver {receiver} was not sent these events yet")),
        None => Ok(()),
    }
}

/// The last step: the row, the event, and nothing of the part any more.
///
/// # Errors
/// Nothing was removed.
pub async fn remove(owner: &mut PgConnection, seal: &Seal) -> Result<(), Unsealed> {
    let mut tx = owner.begin().await?;
    sqlx::query("lock table audit_seals in share row exclusive mode").execute(&mut *tx).await?;
    if !check::hold(&mut tx).await? {
        return refused(
            "the verification found something that was changed: see pimento audit verify --database",
        );
    }
    let start = seals::start(&mut tx).await?;
    if start.position + 1 != seal.first || stored::hash_at(&mut tx, seal.last).await? != Some(seal.last_hash)
    {
        return refused("the audit was sealed by somebody else meanwhile: try again");
    }
    unread(&mut tx, seal.last).await?;
    seals::insert(&mut tx, seal).await?;
    let facts = serde_json::to_value(seal).map_err(|error| Error::Internal(error.to_string()))?;
    let about = About { facts: Some(facts), ..About::default() };
    audit::done(&mut tx, &By::system("pimento audit seal"), Event::AuditSealed, &about).await?;
    for gone in [
        "delete from audit_events e using audit_chain c where c.seq = e.seq and c.position between $1 and $2",
        "delete from audit_chain where position between $1 and $2",
    ] {
        let gone = sqlx::query(gone).bind(seal.first).bind(seal.last).execute(&mut *tx).await?;
        if i64::try_from(gone.rows_affected()) != Ok(seal.events) {
            let what = format!("{} rows would go, not {}", gone.rows_affected(), seal.events);
            return Err(Error::inconsistent("audit_chain", seal.last, what).into());
        }
    }
    check::skip(&mut tx, seal.head()).await?;
    tx.commit().await.map_err(|error| match error {
        error @ sqlx::Error::Database(_) => error.into(),
        error => Unsealed::Unconfirmed(error),
    })
}
