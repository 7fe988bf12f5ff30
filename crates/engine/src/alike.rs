//! People whose names look alike, found by an indexed key.
//!
//! The key is computed here and stored beside the name it belongs to (`migrations/0012_scale.sql`). Rows without the key
//! of their present name are compared name by name, so that no answer rests on the keys being complete: those of before
//! the migration, and those that an older program writes while this one already runs. The worker fills them in.

use crate::ask::who::Who;
use crate::{Engine, Result};
use chrono::{DateTime, Utc};
use domain::risk::look_alike_key;
use sha2::{Digest, Sha256};
use sqlx::PgConnection;
use uuid::Uuid;

/// Bytes of a key: as many as make a clash of different names improbable. Names that clash are told apart afterwards.
const LENGTH: usize = 16;

/// The key to be stored with a name: equal for names that look alike, and short however long they are, since an index
/// takes no long ones.
pub fn key(name: &str) -> Vec<u8> {
    let mut key = Sha256::digest(look_alike_key(name)).to_vec();
    key.truncate(LENGTH);
    key
}

/// Somebody whose name may look like one of those asked for.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Candidate {
    /// Who.
    #[sqlx(flatten)]
    pub who: Who,
    /// Known since.
    pub created_at: DateTime<Utc>,
}

/// Everybody, not deleted, whose name looks like one of these, and perhaps others: compare the names
/// ([`look_alike_key`]). By name.
///
/// # Errors
/// The database can't be reached.
pub async fn candidates(conn: &mut PgConnection, names: &[&str]) -> Result<Vec<Candidate>> {
    let keys: Vec<Vec<u8>> = names.iter().map(|name| key(name)).collect();
    let found = sqlx::query_as(
        "with found as ( \
           select * from users where alike_key = any ($1) and deleted_at is null and not unkeyed \
           union all \
           select * from users where deleted_at is null and unkeyed) \
         select id, display_name as name, user_name, coalesce(department, '') as department, created_at from found \
         order by lower(display_name), id",
    )
    .bind(keys)
    .fetch_all(conn)
    .await?;
    Ok(found)
}

/// Stores the keys of at most this many people who have none of their present name. Says how many it stored.
///
/// Rows that somebody holds are left for the next time: who waits for nobody stands in nobody's way.
///
/// # Errors
/// The database can't be reached.
pub async fn fill(engine: &Engine, most: i64) -> Result<u64> {
    let mut tx = engine.begin().await?;
    let rows: Vec<(Uuid, String)> = sqlx::query_as(
        "select id, display_name from users where deleted_at is null and unkeyed \
         limit $1 for no key update skip locked",
    )
    .bind(most)
    .fetch_all(&mut *tx)
    .await?;
    let (ids, names): (Vec<Uuid>, Vec<String>) = rows.into_iter().unzip();
    if ids.is_empty() {
        return Ok(0);
    }
    let keys: Vec<Vec<u8>> = names.iter().map(|name| key(name)).collect();
    let done = sqlx::query(
        "update users set alike_key = new.key, alike_of = new.name \
         from unnest($1::uuid[], $2::bytea[], $3::text[]) as new (id, key, name) where users.id = new.id",
    )
    .bind(&ids)
    .bind(&keys)
    .bind(&names)
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(done.rows_affected())
}
