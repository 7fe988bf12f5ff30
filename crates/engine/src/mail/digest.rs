//! When an address gets more than a mail every few minutes, what waits for it comes together in one. What concerns
//! somebody's own account, or an emergency, never waits for others.

use super::compose::{Composed, compose};
use super::deliver::{Due, LEASE, WAITS, again, close, hold, reader, unwritten};
use super::letter::{Letter, together};
use super::post::Post;
use crate::{Engine, Result, ids};
use domain::notice::{MANY_MAILS, Notice};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// Between two of them to one address.
const GAP: &str = "5 minutes";
/// Most that come together.
const MOST: i64 = 500;

/// Whether the address of the mail `m` got many mails lately, one by one.
pub(super) fn many() -> String {
    format!(
        "(select count(*) from (select from mails s where lower(s.address) = lower(m.address) and s.state = 'sent' \
           and s.digest_id is null and s.closed_at > clock() - interval '1 hour' limit {MANY_MAILS}) lately) >= {MANY_MAILS}"
    )
}

/// The notices that go alone, as stored.
pub(super) fn alone() -> Vec<&'static str> {
    Notice::ALL.iter().filter(|notice| notice.alone()).map(|notice| notice.wire()).collect()
}

/// Sends what waits for addresses that had many mails, one mail for each.
///
/// # Errors
/// The database can't be reached.
pub(super) async fn digest(engine: &Engine) -> Result<()> {
    let Some(post) = &engine.settings.post else { return Ok(()) };
    loop {
        let due = claim(engine).await?;
        if due.is_empty() {
            return Ok(());
        }
        send(engine, post, due).await?;
    }
}

/// Everything that waits for one address, under one lease; what was tried already without what was not, so that what may have
/// arrived comes again as the same mail.
async fn claim(engine: &Engine) -> Result<Vec<Due>> {
    let many = many();
    let sql = format!(
        "with m as (select m.* from mails m join notices n on n.id = m.notice_id where {WAITS} and n.kind <> all ($2)), \
           whose as (select lower(m.address) as address, m.attempts > 0 as tried from m where {many} \
             and not exists (select from mails d where lower(d.address) = lower(m.address) and d.state = 'sent' \
               and d.digest_id = d.id and d.closed_at > clock() - interval '{GAP}') \
             order by m.attempts > 0 desc, m.due_at limit 1) \
         update mails set lease = $1, leased_until = clock() + interval '{LEASE}', attempts = attempts + 1 \
         where id in (select t.id from mails t where t.state = 'waiting' and (t.leased_until is null or t.leased_until < clock()) \
             and t.id in (select m.id from m join whose on lower(m.address) = whose.address and (m.attempts > 0) = whose.tried order by m.made_at, m.id limit {MOST}) \
           for update skip locked) \
         returning id, reader, address, attempts, lease"
    );
    let due = sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(ids::new()).bind(alone());
    let mut due: Vec<Due> = due.fetch_all(&engine.pool).await?;
    due.sort_by_key(|mail| mail.id);
    Ok(due)
}

async fn send(engine: &Engine, post: &Post, due: Vec<Due>) -> Result<()> {
    let (mut told, mut items) = (Vec::with_capacity(due.len()), Vec::with_capacity(due.len()));
    for mail in due {
        let mut conn = engine.pool.acquire().await?;
        let composed = compose(&mut conn, mail.id, reader(&mail)?, &engine.settings.public_url).await;
        drop(conn);
        match composed {
            Ok(Composed::Send { letter, link, .. }) => {
                items.push((letter.subject.clone(), link));
                told.push((mail, letter));
            }
            Ok(Composed::Moot(why)) => close(engine, &mail, "moot", None, why).await?,
            Err(error) => unwritten(engine, &mail, &error).await?,
        }
    }
    let Some((first, _)) = told.first() else { return Ok(()) };
    if !hold(engine, first.lease, told.len()).await? {
        return Ok(());
    }
    let (id, letter) = (same(&told), together(items, &engine.settings.public_url).letter()?);
    match post.send(&first.address, id, None, &letter).await {
        Ok(()) => sent(engine, id, &letter, told).await,
        Err(problem) => {
            for (mail, _) in &told {
                if problem.for_good {
                    close(engine, mail, "failed", None, &problem.to_string()).await?;
                } else {
                    again(engine, mail, &problem.to_string()).await?;
                }
            }
            Ok(())
        }
    }
}

/// An id of these mails: telling of the same ones again is the same mail.
fn same(told: &[(Due, Letter)]) -> Uuid {
    let mut each = Sha256::new();
    told.iter().for_each(|(mail, _)| each.update(mail.id));
    let mut id = [0; 16];
    id.iter_mut().zip(each.finalize()).for_each(|(byte, hashed)| *byte = hashed);
    uuid::Builder::from_custom_bytes(id).into_uuid()
}

/// Keeps the mail that was sent, and in each of those it tells of its own words and where it was told.
async fn sent(engine: &Engine, id: Uuid, letter: &Letter, told: Vec<(Due, Letter)>) -> Result<()> {
    let Some((first, _)) = told.first() else { return Ok(()) };
    let (first, lease) = (first.id, first.lease);
    let mut tx = engine.begin().await?;
    sqlx::query(
        "insert into mails (id, reader, person_id, address, state, subject, body, attempts, closed_at, digest_id) \
         select $1, reader, person_id, address, 'sent', $3, $4, 1, clock(), $1 from mails where id = $2 and lease = $5 \
         on conflict (id) do nothing",
    )
    .bind(id)
    .bind(first)
    .bind(&letter.subject)
    .bind(&letter.text)
    .bind(lease)
    .execute(&mut *tx)
    .await?;
    let (mut each, mut subjects, mut texts) = (Vec::new(), Vec::new(), Vec::new());
    for (mail, letter) in told {
        each.push(mail.id);
        subjects.push(letter.subject);
        texts.push(letter.text);
    }
    sqlx::query(
        "update mails m set state = 'sent', closed_at = clock(), subject = t.subject, body = t.body, problem = '', \
           digest_id = $1, lease = null, leased_until = null \
         from unnest($3::uuid[], $4::text[], $5::text[]) as t (id, subject, body) where m.id = t.id and m.lease = $2",
    )
    .bind(id)
    .bind(lease)
    .bind(each)
    .bind(subjects)
    .bind(texts)
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(())
}
