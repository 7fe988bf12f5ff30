//! Requests that are decided or closed, as an approver looks back on them.

use super::named::{NAMES_HER, Named};
use crate::Result;
use sqlx::{AssertSqlSafe, PgConnection};
use uuid::Uuid;

/// Rows of a page.
const PAGE: usize = 50;

/// Not waiting any more; one that lapsed has lapsed, whether or not that was written down.
const PAST: &str = "not (r.status = 'PendingApproval' and r.deadline_at > clock())";

/// How many named her and are past.
pub(super) async fn count(conn: &mut PgConnection, named: &Named) -> Result<i64> {
    let sql = format!("select count(*) from requests r where {NAMES_HER} and {PAST}");
    Ok(sqlx::query_scalar(AssertSqlSafe(sql)).bind(named.own()).fetch_one(conn).await?)
}

/// Those that somebody decided or closed within a day, but for what she did herself.
pub(super) async fn of_today(conn: &mut PgConnection, named: &Named) -> Result<Vec<Uuid>> {
    let sql = format!(
        "select r.id from requests r where {NAMES_HER} and {PAST} and r.principal_id <> $2 \
           and r.created_at > clock() - interval '15 days' \
           and coalesce(r.closed_at, (select max(cast_at) from votes v where v.request_id = r.id), r.deadline_at) \
               > clock() - interval '24 hours' \
           and r.closed_by is distinct from $2 order by r.number desc limit 20"
    );
    let ids =
        sqlx::query_scalar(AssertSqlSafe(sql)).bind(named.own()).bind(named.person.0).fetch_all(conn).await?;
    Ok(ids)
}

/// A page of past ones, newest first: all that named her, or those she voted on. Gives where the next page begins.
pub(super) async fn page(
    conn: &mut PgConnection,
    named: &Named,
    mine: bool,
    before: Option<i64>,
) -> Result<(Vec<Uuid>, Option<i64>)> {
    let voted = "exists (select from votes v where v.request_id = r.id and v.approver_id = $2)";
    let which = if mine { voted.to_owned() } else { format!("{NAMES_HER} and {PAST}") };
    let sql = format!(
        "select r.id, r.number from requests r where {which} and ($3::bigint is null or r.number < $3) \
         order by r.number desc limit $4"
    );
    let mut rows: Vec<(Uuid, i64)> = sqlx::query_as(AssertSqlSafe(sql))
        .bind(named.own())
        .bind(named.person.0)
        .bind(before)
        .bind(i64::try_from(PAGE + 1).unwrap_or(i64::MAX))
        .fetch_all(conn)
        .await?;
    let next = (rows.len() > PAGE).then(|| rows.get(PAGE - 1).map(|(_, number)| *number)).flatten();
    rows.truncate(PAGE);
    Ok((rows.into_iter().map(|(id, _)| id).collect(), next))
}
