//! Parts of the chain that were sealed: what the database says of them, and whether that is true
//! ([`crate::act::seal_audit`] seals).

use super::{stored, verify};
use crate::{Error, Result};
use chrono::{DateTime, Utc};
use domain::audit::anchor::key_id;
use domain::audit::chain::{Fault, Head, Wrong};
use domain::audit::seal::Seal;
use ed25519_dalek::VerifyingKey;
use sqlx::{AssertSqlSafe, PgConnection};

const ROWS: &str = "select first_position, last_position, last_hash, last_chained_at, file_hash, sealed_at, key_id, signature \
     from audit_seals";

#[derive(sqlx::FromRow)]
struct Row {
    first_position: i64,
    last_position: i64,
    last_hash: Vec<u8>,
    last_chained_at: DateTime<Utc>,
    file_hash: Vec<u8>,
    sealed_at: DateTime<Utc>,
    key_id: String,
    signature: String,
}

impl Row {
    fn seal(self) -> Result<Seal> {
        Ok(Seal {
            first: self.first_position,
            last: self.last_position,
            events: self.last_position - self.first_position + 1,
            last_hash: stored::hash(self.last_position, &self.last_hash)?,
            last_chained_at: self.last_chained_at,
            file_hash: stored::hash(self.last_position, &self.file_hash)?,
            sealed_at: self.sealed_at,
            key_id: self.key_id,
            signature: self.signature,
        })
    }
}

/// All of them, the oldest first.
///
/// # Errors
/// The database can't be reached.
pub async fn all(conn: &mut PgConnection) -> Result<Vec<Seal>> {
    let sql = format!("{ROWS} order by last_position");
    let rows: Vec<Row> = sqlx::query_as(AssertSqlSafe(sql)).fetch_all(conn).await?;
    rows.into_iter().map(Row::seal).collect()
}

/// The newest one.
///
/// # Errors
/// The database can't be reached.
pub async fn last(conn: &mut PgConnection) -> Result<Option<Seal>> {
    let sql = format!("{ROWS} order by last_position desc limit 1");
    let row: Option<Row> = sqlx::query_as(AssertSqlSafe(sql)).fetch_optional(conn).await?;
    row.map(Row::seal).transpose()
}

/// Where the chain in the database begins: behind what was sealed.
///
/// # Errors
/// The database can't be reached.
pub async fn start(conn: &mut PgConnection) -> Result<Head> {
    Ok(last(conn).await?.map_or(Head::START, |seal| seal.head()))
}

/// The end of the sealed part, if this moment lies in it.
///
/// # Errors
/// The database can't be reached.
pub async fn over(conn: &mut PgConnection, at: DateTime<Utc>) -> Result<Option<DateTime<Utc>>> {
    Ok(last(conn).await?.map(|seal| seal.last_chained_at).filter(|end| at <= *end))
}

pub(crate) async fn insert(conn: &mut PgConnection, seal: &Seal) -> Result<()> {
    sqlx::query(
        "insert into audit_seals (first_position, last_position, last_hash, last_chained_at, file_hash, sealed_at, key_id, signature) \
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(seal.first)
    .bind(seal.last)
    .bind(seal.last_hash.0.as_slice())
    .bind(seal.last_chained_at)
    .bind(seal.file_hash.0.as_slice())
    .bind(seal.sealed_at)
    .bind(&seal.key_id)
    .bind(&seal.signature)
    .execute(conn)
    .await?;
    Ok(())
}

/// Whether what is said of sealed parts is true: they follow one another from the first event on, the chain tells of the newest, its
/// anchor is there, they were signed with one of these keys if there are any, and nothing of it came back.
///
/// # Errors
/// The database can't be reached.
pub async fn sound(conn: &mut PgConnection, keys: &[VerifyingKey]) -> Result<Result<(), Fault>> {
    let seals = all(conn).await?;
    let Some(newest) = seals.last() else {
        let gone = "the chain tells of one, and nothing else knows of it";
        let told = if any_told(conn).await? { Err(Fault::at(0, Wrong::Seal(gone.into()))) } else { Ok(()) };
        return Ok(told);
    };
    let mut next = 1;
    for seal in &seals {
        if seal.first != next {
            return Ok(Err(seal.fault(&format!("it begins at position {}, not at {next}", seal.first))));
        }
        if let Err(fault) = verify::signed(seal, keys) {
            return Ok(Err(fault));
        }
        next = seal.last + 1;
    }
    if told_at(conn, newest).await?.is_none() {
        return Ok(Err(newest.fault("no event of the chain tells of it")));
    }
    match stored::anchor(conn, newest.last).await? {
        Some(anchor) if anchor.hash == newest.last_hash => {}
        Some(_) => return Ok(Err(Fault::at(newest.last, Wrong::Anchored))),
        None => return Ok(Err(newest.fault("the anchor of its end is gone"))),
    }
    let back: Option<i64> = sqlx::query_scalar("select min(position) from audit_chain where position <= $1")
        .bind(newest.last)
        .fetch_one(conn)
        .await?;
    Ok(back.map_or(Ok(()), |position| {
        Err(Fault::at(position, Wrong::Seal("this event is in it, and in the database again".into())))
    }))
}

/// Whether those that name this key were signed with it, and whether those that name another are from before it was in use: where an
/// anchor of this key comes before the event that tells of one, it would have been signed with it. Of older ones the signature is not
/// looked at here: whoever has all keys verifies them.
///
/// # Errors
/// The database can't be reached.
pub async fn own(conn: &mut PgConnection, key: &VerifyingKey) -> Result<Result<(), Fault>> {
    let id = key_id(key);
    for seal in all(conn).await? {
        if seal.key_id == id {
            if let Err(fault) = seal.check(key) {
                return Ok(Err(fault));
            }
            continue;
        }
        let in_use = "select exists (select from audit_anchors where key_id = $1 and position < $2)";
        let told = told_at(conn, &seal).await?.unwrap_or(i64::MAX);
        if sqlx::query_scalar(in_use).bind(&id).bind(told).fetch_one(&mut *conn).await? {
            return Ok(Err(Fault::at(seal.last, Wrong::Key(seal.key_id))));
        }
    }
    Ok(Ok(()))
}

/// Where in the chain this seal is told of, if it is.
async fn told_at(conn: &mut PgConnection, seal: &Seal) -> Result<Option<i64>> {
    let sql = "select c.position from audit_events e join audit_chain c on c.seq = e.seq \
         where e.action = 'audit-sealed' and e.outcome = 'done' and e.facts = $1 order by c.position limit 1";
    let facts = serde_json::to_value(seal).map_err(|error| Error::Internal(error.to_string()))?;
    Ok(sqlx::query_scalar(sql).bind(facts).fetch_optional(conn).await?)
}

async fn any_told(conn: &mut PgConnection) -> Result<bool> {
    let sql = "select exists (select from audit_events e join audit_chain c on c.seq = e.seq \
         where e.action = 'audit-sealed' and e.outcome = 'done')";
    Ok(sqlx::query_scalar(sql).fetch_one(conn).await?)
}
