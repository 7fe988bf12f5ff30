//! Sends what is due. A delivery is taken under a lease, so that any number of servers share the work and one that stops in between
//! holds nothing up; what fails is tried again with growing gaps, and given up visibly. It is told at least once, under one id.

use super::keys;
use super::payload::{self, Subject};
use crate::audit::{self, About};
use crate::ctx::By;
use crate::outbound::{Tried, header};
use crate::{Engine, Error, Result, clock, secret};
use domain::audit::Event;
use domain::webhook::retry::{Verdict, gap, rest, verdict};
use domain::webhook::{Format, signature};
use reqwest::header::HeaderMap;
use serde_json::json;
use tokio::sync::watch;
use tokio::task::JoinSet;
use url::Url;
use uuid::Uuid;

/// Deliveries of one hook that are under way at once; of one that fails, only one.
const AT_ONCE: i64 = 4;
/// Nobody else takes a delivery for so long: longer than a try can take.
const LEASE: &str = "2 minutes";
/// What is due of the deliveries `d`.
const WAITS: &str =
    "d.state = 'waiting' and d.due_at <= clock() and (d.leased_until is null or d.leased_until < clock())";
/// A hook `h` to which something may be sent.
const OPEN: &str = "h.off_at is null and (h.rests_until is null or h.rests_until <= clock())";

/// A delivery whose turn it is, and the lease under which it was taken.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Due {
    /// Its id.
    pub id: Uuid,
    #[sqlx(flatten)]
    subject: Subject,
    attempts: i32,
    lease: Uuid,
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

/// Sends what is due of one hook, until nothing is, one fails, or `stop` says so.
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
        let sent: Vec<bool> = sending.join_all().await.into_iter().collect::<Result<_>>()?;
        if sent.contains(&false) {
            return Ok(());
        }
    }
    Ok(())
}

async fn claim(engine: &Engine, hook: Uuid) -> Result<Vec<Due>> {
    let sql = format!(
        "update hook_deliveries set lease = gen_random_uuid(), leased_until = clock() + interval '{LEASE}', \
           attempts = attempts + 1, tried_at = clock() \
         where id in (select d.id from hook_deliveries d where d.hook_id = $1 and {WAITS} \
           and exists (select from hooks h where h.id = $1 and {OPEN}) \
           order by d.due_at, d.seq, d.id \
           limit (select case when failures > 0 then 1 else $2 end from hooks where id = $1) for update skip locked) \
         returning id, kind, seq, anchor, attempts, lease"
    );
    let due = sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(hook).bind(AT_ONCE);
    Ok(due.fetch_all(&engine.pool).await?)
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

/// Sends one and writes down what came of it; says whether it was taken.
///
/// # Errors
/// The database can't be reached.
pub async fn one(engine: &Engine, hook: Uuid, delivery: &Due) -> Result<bool> {
    let tried = match parcel(engine, hook, delivery).await {
        Ok(Parcel { url, headers, body }) => engine.settings.outbound.post(&url, headers, body).await,
        Err(error @ Error::Database(_)) => return Err(error),
        // it must not hold up the others, nor be lost
        Err(error) => {
            tracing::error!(?error, delivery = %delivery.id, "a delivery can't be written");
            Tried::not("It can't be written; the log says why.")
        }
    };
    settle(engine, hook, delivery, tried).await
}

async fn parcel(engine: &Engine, hook: Uuid, delivery: &Due) -> Result<Parcel> {
    let mut conn = engine.pool.acquire().await?;
    let row: Option<Hook> = sqlx::query_as(
        "select format, address, secret, case when old_until > clock() then old_secret end as old_secret from hooks where id = $1",
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

/// What is written down of a try.
struct Noted {
    state: &'static str,
    again: Option<i64>,
    problem: String,
}

/// Only who still holds the lease writes what came of it.
async fn settle(engine: &Engine, hook: Uuid, delivery: &Due, tried: Tried) -> Result<bool> {
    let dice = f64::from(secret::random::<1>()?[0]) / 255.0;
    let asked = tried.outcome.as_ref().ok().and_then(|answer| answer.retry_after);
    let verdict = match &tried.outcome {
        Ok(answer) => verdict(answer.status, answer.retry_after),
        Err(_) => Verdict::Again(None),
    };
    let noted = noted(delivery, verdict, &tried, dice);
    let mut tx = engine.begin().await?;
    // the hook comes first, as for everybody who changes both
    sqlx::query("select 1 from hooks where id = $1 for no key update").bind(hook).execute(&mut *tx).await?;
    if !note(&mut tx, delivery, &noted, &tried).await? {
        return Ok(noted.state == "delivered");
    }
    if noted.state == "delivered" {
        let well = "update hooks set failures = 0, rests_until = null where id = $1 and (failures > 0 or rests_until is not null)";
        sqlx::query(well).bind(hook).execute(&mut *tx).await?;
    } else if delivery.subject.seq.or(delivery.subject.anchor).is_some() {
        let failures = "update hooks set failures = failures + 1 where id = $1 returning failures";
        let failures: Option<i32> = sqlx::query_scalar(failures).bind(hook).fetch_optional(&mut *tx).await?;
        let rest = rest(failures.unwrap_or(1), dice, asked);
        sqlx::query("update hooks set rests_until = clock() + make_interval(secs => $2) where id = $1")
            .bind(hook)
            .bind(rest as f64)
            .execute(&mut *tx)
            .await?;
    }
    if verdict == Verdict::Gone {
        gone(&mut tx, hook).await?;
    }
    tx.commit().await?;
    Ok(noted.state == "delivered")
}

fn noted(delivery: &Due, verdict: Verdict, tried: &Tried, dice: f64) -> Noted {
    let problem = match &tried.outcome {
        Err(why) => why.clone(),
        Ok(answer) if (300..400).contains(&answer.status) => {
            "It sends elsewhere, which is not followed.".into()
        }
        Ok(_) => String::new(),
    };
    let is_test = delivery.subject.seq.or(delivery.subject.anchor).is_none();
    match verdict {
        Verdict::Delivered => Noted { state: "delivered", again: None, problem },
        Verdict::Again(asked) if !is_test => match gap(delivery.attempts, dice, asked) {
            Some(again) => Noted { state: "waiting", again: Some(again), problem },
            None => Noted { state: "failed", again: None, problem },
        },
        Verdict::Again(_) | Verdict::Gone => Noted { state: "failed", again: None, problem },
    }
}

async fn note(conn: &mut sqlx::PgConnection, delivery: &Due, noted: &Noted, tried: &Tried) -> Result<bool> {
    let answer = tried.outcome.as_ref().ok();
    let noted = sqlx::query(
        "update hook_deliveries set state = $3, closed_at = case when $4::float8 is null then clock() end, \
           due_at = case when $4::float8 is null then due_at else clock() + make_interval(secs => $4) end, \
           status = $5, answer = $6, problem = $7, took_ms = $8, lease = null, leased_until = null \
         where id = $1 and lease = $2",
    )
    .bind(delivery.id)
    .bind(delivery.lease)
    .bind(noted.state)
    .bind(noted.again.map(|seconds| seconds as f64))
    .bind(answer.map(|answer| i32::from(answer.status)))
    .bind(answer.map_or("", |answer| &*answer.text))
    .bind(&noted.problem)
    .bind(i32::try_from(tried.took.as_millis()).unwrap_or(i32::MAX))
    .execute(conn)
    .await?;
    Ok(noted.rows_affected() == 1)
}

/// The receiver said that it wants nothing any more.
async fn gone(conn: &mut sqlx::PgConnection, hook: Uuid) -> Result<()> {
    const WHY: &str = "The receiver answered 410 Gone: it wants nothing any more.";
    let name =
        "update hooks set off_at = clock(), off_why = $2 where id = $1 and off_at is null returning name";
    let name: Option<String> =
        sqlx::query_scalar(name).bind(hook).bind(WHY).fetch_optional(&mut *conn).await?;
    if let Some(name) = name {
        let about = About {
            reason: WHY.to_owned(),
            facts: Some(json!({ "hook": hook, "name": name })),
            ..About::default()
        };
        audit::done(conn, &By::system("webhooks"), Event::HookSwitchedOff, &about).await?;
    }
    Ok(())
}

/// Deletes what was settled more than 30 days ago: the audit tells for ever what happened.
///
/// # Errors
/// The database can't be reached.
pub async fn forget(engine: &Engine) -> Result<()> {
    sqlx::query(
        "delete from hook_deliveries where id in (select id from hook_deliveries \
           where closed_at < clock() - interval '30 days' limit 1000)",
    )
    .execute(&engine.pool)
    .await?;
    Ok(())
}
