//! Sends what is due. A mail is taken under a lease, so that any number of servers share the work and one that stops in between
//! holds nothing up; what fails is tried again with growing gaps, and given up visibly.

use super::compose::{Composed, compose};
use super::digest;
use super::letter::Letter;
use super::post::{CONNECTIONS, Post};
use crate::{Engine, Error, Result};
use domain::policy::notifications::Reader;
use tokio::task::JoinSet;
use uuid::Uuid;

/// Taken at once.
const BATCH: i64 = 20;
/// Nobody else takes a mail for so long, from when it was taken and again from when its sending begins: longer than that may last.
pub(super) const LEASE: &str = "5 minutes";
/// What is due of the mails `m`, while mail goes out.
pub(super) const WAITS: &str = "m.state = 'waiting' and m.due_at <= clock() and (m.leased_until is null or m.leased_until < clock()) \
    and not exists (select from mail_switch where stopped_at is not null)";
/// Gaps before the next try, in minutes; after the last it is given up, a day and a half after the first.
const GAPS: [i32; 8] = [1, 2, 5, 15, 60, 240, 720, 1_080];

/// A mail whose turn it is, and the lease under which it was taken.
#[derive(sqlx::FromRow)]
pub(super) struct Due {
    pub(super) id: Uuid,
    reader: String,
    pub(super) address: String,
    attempts: i32,
    pub(super) lease: Uuid,
}

/// Sends until nothing is due, unless mail is stopped.
///
/// # Errors
/// The database can't be reached.
pub async fn deliver(engine: &Engine) -> Result<()> {
    loop {
        let due = claim(engine).await?;
        if due.is_empty() {
            return digest::digest(engine).await;
        }
        let (mut waiting, mut sending) = (due.into_iter(), JoinSet::new());
        loop {
            while sending.len() < CONNECTIONS as usize
                && let Some(mail) = waiting.next()
            {
                let engine = engine.clone();
                sending.spawn(async move { one(&engine, &mail).await });
            }
            match sending.join_next().await {
                None => break,
                Some(Ok(done)) => done?,
                Some(Err(error)) => return Err(Error::Internal(error.to_string())),
            }
        }
    }
}

async fn claim(engine: &Engine) -> Result<Vec<Due>> {
    let (waits, many) = (WAITS, digest::many());
    let sql = format!(
        "update mails set lease = gen_random_uuid(), leased_until = clock() + interval '{LEASE}', attempts = attempts + 1 \
         where id in (select m.id from mails m left join notices n on n.id = m.notice_id where {waits} \
             and (not $1 or n.kind is null or n.kind = any ($2) or not {many}) \
           order by m.due_at, m.id limit {BATCH} for update of m skip locked) \
         returning id, reader, address, attempts, lease"
    );
    // what is only kept here disturbs nobody
    let sends = engine.settings.post.is_some();
    let due = sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(sends).bind(digest::alone());
    Ok(due.fetch_all(&engine.pool).await?)
}

/// The reader of a mail.
///
/// # Errors
/// A word that this version does not know.
pub(super) fn reader(mail: &Due) -> Result<Reader> {
    Reader::parse(&mail.reader).ok_or_else(|| Error::inconsistent("mails", mail.id, "an unknown reader"))
}

async fn one(engine: &Engine, mail: &Due) -> Result<()> {
    let reader = reader(mail)?;
    let mut conn = engine.pool.acquire().await?;
    let composed = compose(&mut conn, mail.id, reader, &engine.settings.public_url).await;
    drop(conn);
    match composed {
        Ok(Composed::Moot(why)) => close(engine, mail, "moot", None, why).await,
        Ok(Composed::Send { letter, thread, .. }) => match &engine.settings.post {
            None => close(engine, mail, "kept", Some(&letter), "").await,
            Some(post) => send(engine, post, mail, &letter, thread.as_deref()).await,
        },
        Err(error) => unwritten(engine, mail, &error).await,
    }
}

/// One that can't be written must not hold up the others, nor be lost.
pub(super) async fn unwritten(engine: &Engine, mail: &Due, error: &Error) -> Result<()> {
    tracing::error!(?error, mail = %mail.id, "a mail can't be written");
    again(engine, mail, "It can't be written; the log says why.").await
}

/// Takes the lease anew for what is sent now, since what was taken with it may have been slow. Whether it was still held: else
/// somebody else sends it.
pub(super) async fn hold(engine: &Engine, lease: Uuid, mails: usize) -> Result<bool> {
    let sql = format!("update mails set leased_until = clock() + interval '{LEASE}' where lease = $1");
    let held = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(lease).execute(&engine.pool).await?;
    Ok(usize::try_from(held.rows_affected()).is_ok_and(|held| held == mails))
}

async fn send(engine: &Engine, post: &Post, mail: &Due, letter: &Letter, thread: Option<&str>) -> Result<()> {
    if !hold(engine, mail.lease, 1).await? {
        return Ok(());
    }
    match post.send(&mail.address, mail.id, thread, letter).await {
        Ok(()) => close(engine, mail, "sent", Some(letter), "").await,
        Err(problem) if problem.for_good => {
            close(engine, mail, "failed", Some(letter), &problem.to_string()).await
        }
        Err(problem) => again(engine, mail, &problem.to_string()).await,
    }
}

/// Only who still holds the lease writes what came of it.
pub(super) async fn close(
    engine: &Engine,
    mail: &Due,
    state: &str,
    letter: Option<&Letter>,
    problem: &str,
) -> Result<()> {
    sqlx::query(
        "update mails set state = $3, closed_at = clock(), subject = $4, body = $5, problem = $6, lease = null, \
           leased_until = null where id = $1 and lease = $2",
    )
    .bind(mail.id)
    .bind(mail.lease)
    .bind(state)
    .bind(letter.map_or("", |letter| &*letter.subject))
    .bind(letter.map_or("", |letter| &*letter.text))
    .bind(problem)
    .execute(&engine.pool)
    .await?;
    Ok(())
}

pub(super) async fn again(engine: &Engine, mail: &Due, problem: &str) -> Result<()> {
    let Some(gap) = usize::try_from(mail.attempts - 1).ok().and_then(|tried| GAPS.get(tried)) else {
        return close(engine, mail, "failed", None, problem).await;
    };
    sqlx::query(
        "update mails set due_at = clock() + make_interval(mins => $3), problem = $4, lease = null, leased_until = null \
         where id = $1 and lease = $2",
    )
    .bind(mail.id)
    .bind(mail.lease)
    .bind(gap)
    .bind(problem)
    .execute(&engine.pool)
    .await?;
    Ok(())
}

/// Deletes what is older than 30 days: the audit tells for ever what happened, mails only repeated it. When a mail was made is
/// in an index, and never after it was closed.
///
/// # Errors
/// The database can't be reached.
pub async fn forget(engine: &Engine) -> Result<()> {
    sqlx::query(
        "delete from mails where id in (select id from mails where made_at < clock() - interval '30 days' \
           and closed_at < clock() - interval '30 days' limit 1000)",
    )
    .execute(&engine.pool)
    .await?;
    sqlx::query(
        "delete from notices where id in (select n.id from notices n where n.told_at < clock() - interval '60 days' \
           and not exists (select from mails m where m.notice_id = n.id) limit 1000)",
    )
    .execute(&engine.pool)
    .await?;
    Ok(())
}
