//! Sends what is due. A delivery is taken under a lease, so that any number of servers share the work and one that stops in between
//! holds nothing up; what fails is tried again with growing gaps, and given up visibly. It is told at least once, under one id.

use super::payload::{self, Subject};
use super::{keys, note};
use crate::outbound::{Tried, header};
use crate::{Engine, Error, Result, clock};
use domain::webhook::retry::{Verdict, verdict};
use domain::webhook::{Format, signature};
use reqwest::header::HeaderMap;
use tokio::sync::watch;
use tokio::task::JoinSet;
use url::Url;
use uuid::Uuid;

/// Deliveries of one hook that a server has under way at once; of one that fails, only one, and one server only.
const AT_ONCE: i64 = 4;
/// Nobody else takes a delivery for so long: longer than a try can take.
const LEASE: &str = "2 minutes";
/// What is due of the deliveries `d`.
const WAITS: &str = "d.state = 'waiting' and d.due_at <= (select clock()) and (d.leased_until is null or d.leased_until < clock())";
/// A hook `h` to which something may be sent.
const OPEN: &str =
    "h.off_at is null and h.deleted_at is null and (h.rests_until is null or h.rests_until <= clock())";

/// A delivery whose turn it is, and the lease under which it was taken.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Due {
    /// Its id.
    pub id: Uuid,
    #[sqlx(flatten)]
    pub(super) subject: Subject,
    pub(super) attempts: i32,
    pub(super) lease: Uuid,
    /// The one with which a receiver that failed is tried.
    #[sqlx(default)]
    pub(super) probe: bool,
}

impl Due {
    /// Somebody wants to know at once whether it works: it is tried once, and says nothing about the others.
    pub(super) fn is_test(&self) -> bool {
        self.subject.seq.or(self.subject.anchor).is_none()
    }
}

/// What came of a try.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Came {
    /// It was taken.
    Taken,
    /// This one was not; others may be.
    Refused,
    /// The receiver is in trouble, or gone.
    Failed,
}

/// Hooks for which something is due.
///
/// # Errors
/// The database can't be reached.
pub async fn due(engine: &Engine) -> Result<Vec<Uuid>> {
    let sql = format!(
        "select h.id from hooks h where {OPEN} and exists (select from hook_deliveries d where d.hook_id = h.id and {WAITS})"
    );
    Ok(sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_all(&engine.pool).await?)
}

/// Sends what is due of one hook, until nothing is, the receiver fails, or `stop` says so.
///
/// # Errors
/// The database can't be reached.
pub async fn drain(engine: &Engine, hook: Uuid, stop: &watch::Receiver<bool>) -> Result<()> {
    while !*stop.borrow() {
        let due = claim(engine, hook).await?;
        if due.is_empty() {
            return Ok(());
        }
        let mut sending = JoinSet::new();
        for delivery in due {
            let engine = engine.clone();
            sending.spawn(async move { one(&engine, hook, &delivery).await });
        }
        let came: Vec<Came> = sending.join_all().await.into_iter().collect::<Result<_>>()?;
        if came.contains(&Came::Failed) {
            return Ok(());
        }
    }
    Ok(())
}

/// Takes some. While the hook fails, one is taken for all servers: nobody else has a turn until it is settled.
async fn claim(engine: &Engine, hook: Uuid) -> Result<Vec<Due>> {
    let mut tx = engine.begin().await?;
    let fails = format!("select h.failures > 0 from hooks h where h.id = $1 and {OPEN} for no key update");
    let fails: Option<bool> =
        sqlx::query_scalar(sqlx::AssertSqlSafe(fails)).bind(hook).fetch_optional(&mut *tx).await?;
    let Some(probe) = fails else { return Ok(Vec::new()) };
    let sql = format!(
        "update hook_deliveries set lease = gen_random_uuid(), leased_until = clock() + interval '{LEASE}', \
           attempts = attempts + 1, tried_at = clock() \
         where id in (select d.id from hook_deliveries d where d.hook_id = $1 and {WAITS} \
           order by d.due_at, d.seq, d.id limit $2 for update skip locked) \
         returning id, kind, seq, anchor, attempts, lease, $3 as probe"
    );
    let due = sqlx::query_as(sqlx::AssertSqlSafe(sql));
    let due: Vec<Due> =
        due.bind(hook).bind(if probe { 1 } else { AT_ONCE }).bind(probe).fetch_all(&mut *tx).await?;
    if probe && !due.is_empty() {
        let wait = format!("update hooks set rests_until = clock() + interval '{LEASE}' where id = $1");
        sqlx::query(sqlx::AssertSqlSafe(wait)).bind(hook).execute(&mut *tx).await?;
    }
    tx.commit().await?;
    Ok(due)
}

/// What is sent, and where to.
struct Parcel {
    url: Url,
    headers: HeaderMap,
    body: Vec<u8>,
}

#[derive(sqlx::FromRow)]
struct Hook {
    format: String,
    address: Vec<u8>,
    secret: Vec<u8>,
    old_secret: Option<Vec<u8>>,
}

/// Sends one and writes down what came of it.
///
/// # Errors
/// The database can't be reached, or has no time: that says nothing about the receiver.
pub async fn one(engine: &Engine, hook: Uuid, delivery: &Due) -> Result<Came> {
    let (tried, verdict) = match parcel(engine, hook, delivery).await {
        Ok(Parcel { url, headers, body }) => {
            let tried = engine.settings.outbound.post(&url, headers, body).await;
            let said = tried.outcome.as_ref().ok().map(|answer| verdict(answer.status, answer.retry_after));
            (tried, said.unwrap_or(Verdict::Again(None)))
        }
        Err(error @ (Error::Database(_) | Error::Busy)) => return Err(error),
        // it must not hold up the others, nor be lost
        Err(error) => {
            tracing::error!(?error, delivery = %delivery.id, "a delivery can't be written");
            (Tried::not("It can't be written; the log says why."), Verdict::NotThis(None))
        }
    };
    note::note(engine, hook, delivery, &tried, verdict).await
}

async fn parcel(engine: &Engine, hook: Uuid, delivery: &Due) -> Result<Parcel> {
    let mut conn = engine.pool.acquire().await?;
    let row: Option<Hook> = sqlx::query_as(
        "select format, address, secret, case when old_until > clock() then old_secret end as old_secret from hooks \
           where id = $1 and deleted_at is null",
    )
    .bind(hook)
    .fetch_optional(&mut *conn)
    .await?;
    let row = row.ok_or_else(|| Error::inconsistent("hooks", hook, "deleted meanwhile"))?;
    let format = Format::parse(&row.format);
    let format = format.ok_or_else(|| Error::inconsistent("hooks", hook, "an unknown format"))?;
    let body = payload::body(&mut conn, &engine.settings, format, &delivery.subject).await?.to_string();
    let now = clock::now(&mut conn).await?;
    let secrets: Vec<Vec<u8>> = std::iter::once(&row.secret)
        .chain(row.old_secret.iter())
        .map(|sealed| keys::open_secret(&engine.settings, hook, sealed))
        .collect::<Result<_>>()?;
    let (id, body) = (name(delivery.id), body.into_bytes());
    let mut headers = HeaderMap::new();
    header(&mut headers, signature::ID, &id)?;
    header(&mut headers, signature::TIMESTAMP, &now.timestamp().to_string())?;
    header(&mut headers, signature::SIGNATURE, &signature::header(&secrets, &id, now.timestamp(), &body))?;
    Ok(Parcel { url: keys::open_address(&engine.settings, hook, &row.address)?, headers, body })
}

/// The id as receivers see it.
pub fn name(delivery: Uuid) -> String {
    format!("msg_{}", delivery.simple())
}
