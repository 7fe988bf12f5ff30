//! Counts of failed tries, by the rules of [`domain::throttle`]. A try is counted before it is judged and given back
//! when it was right: a hundred tries at once are a hundred.
//!
//! Everything here commits on its own, on connections that nothing else uses ([`crate::Engine::aside`]): a refused
//! act is rolled back, its count is not.

use crate::secret::derive;
use crate::{Result, Settings, clock};
use chrono::{DateTime, Utc};
use domain::ids::PersonId;
use domain::throttle::{self, Count, Scope};
use sha2::{Digest, Sha256};
use sqlx::{PgConnection, PgPool};
use std::net::IpAddr;

/// What failures are counted by. Names are kept as digests: what people type there is now and then a password.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Key {
    scope: Scope,
    subject: String,
}

impl Key {
    /// By a name from an address.
    pub fn pair(settings: &Settings, name: &str, ip: &str) -> Self {
        Self { scope: Scope::Pair, subject: format!("{} {}", blind(settings, name), network(ip)) }
    }

    /// By a name from anywhere.
    pub fn account(settings: &Settings, name: &str) -> Self {
        Self { scope: Scope::Account, subject: blind(settings, name) }
    }

    /// By an address.
    pub fn address(ip: &str) -> Self {
        Self { scope: Scope::Address, subject: network(ip) }
    }

    /// By a device known for this person.
    pub fn device(person: PersonId, device: &str) -> Self {
        Self { scope: Scope::Device, subject: format!("{person} {device}") }
    }

    /// By a person's second factor; on a device known for her, by that device alone.
    pub fn code(person: PersonId, device: Option<&str>) -> Self {
        let subject = device.map_or_else(|| person.to_string(), |device| format!("{person} {device}"));
        Self { scope: Scope::Code, subject }
    }
}

fn blind(settings: &Settings, name: &str) -> String {
    let digest = Sha256::new()
        .chain_update(derive(settings, "throttled names"))
        .chain_update(name.trim().to_lowercase().as_bytes())
        .finalize();
    digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// An IPv6 customer has at least a /64, so that is one address here (security.md 6.2).
fn network(ip: &str) -> String {
    match ip.parse::<IpAddr>().map(|ip| ip.to_canonical()) {
        Ok(IpAddr::V6(ip)) => {
            let [a, b, c, d, ..] = ip.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
        Ok(ip) => ip.to_string(),
        Err(_) => "unknown".to_owned(),
    }
}

/// Tries that were counted.
#[must_use = "a right try is given back"]
#[derive(Debug)]
pub struct Counted(Vec<(Key, Count)>);

/// Counts a try by all of these.
///
/// # Errors
/// The outer: the database can't be reached. The inner: no try before this time.
pub async fn count(pool: &PgPool, keys: &[Key]) -> Result<Result<Counted, DateTime<Utc>>> {
    // In one order for everybody, so that two tries do not wait for each other in a circle.
    let mut keys = keys.to_vec();
    keys.sort();
    let mut tx = pool.begin().await?;
    let mut before = Vec::with_capacity(keys.len());
    for key in keys {
        let count = lock(&mut tx, &key).await?;
        before.push((key, count));
    }
    let now = clock::now(&mut tx).await?;
    let mut after = Vec::with_capacity(before.len());
    let mut till = None;
    for (key, count) in &before {
        match throttle::count(key.scope, *count, now) {
            Ok(count) => after.push((key, count)),
            Err(wait) => till = till.max(Some(wait)),
        }
    }
    if let Some(till) = till {
        return Ok(Err(till));
    }
    for (key, count) in after {
        write(&mut tx, key, count).await?;
    }
    tx.commit().await?;
    Ok(Ok(Counted(before)))
}

impl Counted {
    /// The try was right: what is the person's own is forgotten; what others share is as before this try.
    ///
    /// # Errors
    /// The database can't be reached.
    pub async fn right(self, pool: &PgPool) -> Result<()> {
        for (Key { scope, subject }, before) in self.0 {
            let query = match scope {
                Scope::Pair | Scope::Device | Scope::Code => {
                    sqlx::query("delete from throttles where scope = $1 and subject = $2")
                        .bind(scope.wire())
                        .bind(subject)
                }
                Scope::Account | Scope::Address => sqlx::query(
                    "update throttles set failures = greatest(failures - 1, 0), wait_till = $3 \
                     where scope = $1 and subject = $2",
                )
                .bind(scope.wire())
                .bind(subject)
                .bind(before.wait_till),
            };
            query.execute(pool).await?;
        }
        Ok(())
    }
}

async fn lock(conn: &mut PgConnection, key: &Key) -> Result<Count> {
    sqlx::query("insert into throttles (scope, subject) values ($1, $2) on conflict do nothing")
        .bind(key.scope.wire())
        .bind(&key.subject)
        .execute(&mut *conn)
        .await?;
    let (failures, last, wait_till): (i32, DateTime<Utc>, Option<DateTime<Utc>>) = sqlx::query_as(
        "select failures, last_at, wait_till from throttles where scope = $1 and subject = $2 for update",
    )
    .bind(key.scope.wire())
    .bind(&key.subject)
    .fetch_one(conn)
    .await?;
    Ok(Count { failures, last: Some(last), wait_till })
}

async fn write(conn: &mut PgConnection, key: &Key, count: Count) -> Result<()> {
    sqlx::query(
        "update throttles set failures = $3, last_at = $4, wait_till = $5 where scope = $1 and subject = $2",
    )
    .bind(key.scope.wire())
    .bind(&key.subject)
    .bind(count.failures)
    .bind(count.last)
    .bind(count.wait_till)
    .execute(conn)
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::network;

    #[test]
    fn an_ipv6_customer_is_one_address() {
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), network("2001:db8:1:2::1"));
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
        assert_eq!(network("::ffff:192.0.2.7"), "192.0.2.7");
    }
}
