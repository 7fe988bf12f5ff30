//! What happened since it was last asked. Whoever counts asks again and again and adds up, so that every look costs what is new
//! and not what there is. Everything committed is counted once: events by their place in the chain, which is given at the commit;
//! requests to applications some seconds after they were written.

use crate::Result;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

/// Most events that are counted at a time: after an import it takes some looks to have them all.
const MOST: i64 = 20_000;

/// So old is what was written about a request when it is counted. It is one statement that waits for nobody: what is not committed
/// by then never will be.
const SETTLED: &str = "10 seconds";

/// How far everything was counted.
#[derive(Clone, Copy, Debug)]
pub struct Mark {
    position: i64,
    sent: DateTime<Utc>,
}

/// What is new.
#[derive(Clone, Debug, Default)]
pub struct News {
    /// Events: the word, `done` or `refused`, how many.
    pub events: Vec<(String, String, i64)>,
    /// Why something was refused: the code, how often. One refused act may have several.
    pub refusals: Vec<(String, i64)>,
    /// Requests to applications: name, class of the answer, how many.
    pub answers: Vec<(String, String, i64)>,
    /// Members whom a comparison found without a grant and took out: name of the application, how many.
    pub removed: Vec<(String, i64)>,
    /// Confirmed memberships: name of the application, taken away or given, seconds from the change here.
    pub applied: Vec<(String, bool, f64)>,
}

/// From now on.
///
/// # Errors
/// The database can't be reached.
pub async fn begin(conn: &mut PgConnection) -> Result<Mark> {
    let sql = format!(
        "select coalesce((select max(position) from audit_chain), 0), clock() - interval '{SETTLED}'"
    );
    let (position, sent) = sqlx::query_as(sqlx::AssertSqlSafe(sql)).fetch_one(conn).await?;
    Ok(Mark { position, sent })
}

/// What is new since then, and up to where.
///
/// # Errors
/// The database can't be reached.
pub async fn since(conn: &mut PgConnection, mark: Mark) -> Result<(News, Mark)> {
    let sql = format!(
        "select least($1 + {MOST}, coalesce((select max(position) from audit_chain), 0)), \
           greatest($2, clock() - interval '{SETTLED}')"
    );
    let (position, sent): (i64, DateTime<Utc>) = sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(mark.position)
        .bind(mark.sent)
        .fetch_one(&mut *conn)
        .await?;
    let to = Mark { position: position.max(mark.position), sent };
    let mut news = News::default();
    if to.position > mark.position {
        (news.events, news.refusals) = (events(conn, mark, to).await?, refusals(conn, mark, to).await?);
    }
    // most installations have none
    if sqlx::query_scalar("select exists (select from applications)").fetch_one(&mut *conn).await? {
        news.answers = answers(conn, mark, to).await?;
        news.removed = removed(conn, mark, to).await?;
        news.applied = applied(conn, mark, to).await?;
    }
    Ok((news, to))
}

async fn events(conn: &mut PgConnection, from: Mark, to: Mark) -> Result<Vec<(String, String, i64)>> {
    let sql = "select e.action, e.outcome, count(*) from audit_chain c join audit_events e on e.seq = c.seq \
         where c.position > $1 and c.position <= $2 group by 1, 2";
    Ok(sqlx::query_as(sql).bind(from.position).bind(to.position).fetch_all(conn).await?)
}

async fn refusals(conn: &mut PgConnection, from: Mark, to: Mark) -> Result<Vec<(String, i64)>> {
    let sql = "select r.code ->> 'code', count(*) from audit_chain c join audit_events e on e.seq = c.seq \
         cross join lateral jsonb_array_elements(case jsonb_typeof(e.facts -> 'refused') \
           when 'array' then e.facts -> 'refused' else '[]' end) r(code) \
         where c.position > $1 and c.position <= $2 and e.outcome = 'refused' and r.code ->> 'code' is not null group by 1";
    Ok(sqlx::query_as(sql).bind(from.position).bind(to.position).fetch_all(conn).await?)
}

/// That it asked for a pause is told apart from what it refused.
async fn answers(conn: &mut PgConnection, from: Mark, to: Mark) -> Result<Vec<(String, String, i64)>> {
    let sql = "select a.name, case when t.status is null and t.result = 'done' then 'done' when t.status is null and t.scim_type <> '' then 'error' \
           when t.status is null then 'none' when t.status = 429 then '429' \
           else t.status / 100 || 'xx' end, count(*) \
         from application_attempts t join applications a on a.id = t.application_id and a.deleted_at is null \
         where t.at > $1 and t.at <= $2 group by 1, 2";
    Ok(sqlx::query_as(sql).bind(from.sent).bind(to.sent).fetch_all(conn).await?)
}

async fn removed(conn: &mut PgConnection, from: Mark, to: Mark) -> Result<Vec<(String, i64)>> {
    let sql = "select a.name, count(*) from application_attempts t \
         join applications a on a.id = t.application_id and a.deleted_at is null \
         where t.at > $1 and t.at <= $2 and t.user_id is null and t.action = 'remove' and t.result = 'done' group by 1";
    Ok(sqlx::query_as(sql).bind(from.sent).bind(to.sent).fetch_all(conn).await?)
}

/// A membership counts with the last request before its confirmation. One that was asked for anew before it was counted does not.
async fn applied(conn: &mut PgConnection, from: Mark, to: Mark) -> Result<Vec<(String, bool, f64)>> {
    let sql = "select a.name, not m.wanted, extract(epoch from m.confirmed_at - m.asked_at)::float8 \
         from application_attempts t join applications a on a.id = t.application_id and a.deleted_at is null \
         join application_members m on m.application_id = t.application_id and m.group_id = t.group_id and m.user_id = t.user_id \
         where t.at > $1 and t.at <= $2 and t.action in ('add', 'remove', 'look') and m.confirmed_at >= t.at \
           and not exists (select from application_attempts later where later.user_id = t.user_id and later.at > t.at \
             and later.at <= m.confirmed_at and later.application_id = t.application_id and later.group_id = t.group_id \
             and later.action in ('add', 'remove', 'look'))";
    Ok(sqlx::query_as(sql).bind(from.sent).bind(to.sent).fetch_all(conn).await?)
}
