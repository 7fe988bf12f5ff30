//! My requests: everything this person asked for, or somebody else for her, newest first.

use crate::act::request_for::ACTION;
use crate::ask::frame::{self, Frame};
use crate::ask::stand::{self, Stand};
use crate::ask::thing::{COLUMNS, Thing};
use crate::{Ctx, Engine, Result};
use chrono::{DateTime, TimeDelta, Utc};
use domain::duration::Minutes;
use sqlx::AssertSqlSafe;
use uuid::Uuid;

/// Rows of a page.
const PAGE: usize = 50;

/// What is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only where it stands like this.
    pub stand: Option<Stand>,
    /// Only groups whose name or key has this in it.
    pub group: String,
    /// Only of the last so many days.
    pub days: Option<u16>,
    /// Only older than this R-number: where the page before ended.
    pub before: Option<i64>,
}

/// The page.
#[derive(Clone, Debug)]
pub struct Requests {
    /// What surrounds it.
    pub frame: Frame,
    /// Newest first.
    pub rows: Vec<Line>,
    /// Where the next page begins, if there is one.
    pub next: Option<i64>,
}

/// A request in one line.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Line {
    /// Of what.
    #[sqlx(flatten)]
    pub thing: Thing,
    /// R-number.
    pub number: i64,
    /// Who gets it.
    pub principal_id: Uuid,
    /// Her name.
    pub for_whom: String,
    /// Who asked, when that is not she.
    pub asked_by: Option<String>,
    /// Graph's action word.
    pub action: String,
    /// Eligible or active, as stored, when it asks to extend or renew an assignment.
    pub kind: Option<String>,
    /// Where it stands.
    #[sqlx(try_from = "String")]
    pub stand: Stand,
    /// Asked at.
    pub asked: DateTime<Utc>,
    /// Asked start.
    pub start: Option<DateTime<Utc>>,
    /// Asked length, in minutes.
    pub minutes: Option<i32>,
    /// What came of it: from when.
    pub began: Option<DateTime<Utc>>,
    /// What came of it: until when.
    pub ends: Option<DateTime<Utc>>,
    /// Names of those who decided: voters, or who closed it.
    pub decided_by: Vec<String>,
}

impl Line {
    /// Whether it asks to extend or renew an assignment.
    pub fn is_renewal(&self) -> bool {
        self.kind.is_some()
    }

    /// Asked length.
    pub fn length(&self) -> Option<Minutes> {
        self.minutes.and_then(|minutes| u32::try_from(minutes).ok()).map(Minutes)
    }
}

/// The columns and joins of a [`Line`].
pub(crate) fn select() -> String {
    format!(
        "select {COLUMNS}, r.number, r.principal_id, b.display_name as for_whom, f.display_name as asked_by, r.action, r.kind, {} as stand, r.created_at as asked, r.asked_start as start, \
           r.asked_minutes as minutes, a.starts_at as began, a.ends_at as ends, \
           array(select u.display_name from votes v join users u on u.id = v.approver_id where v.request_id = r.id \
                 union all select u.display_name from users u where u.id = r.closed_by and r.principal_id <> u.id \
                   and not exists (select from votes v where v.request_id = r.id)) as decided_by \
         from requests r join things t on t.id = r.target_id \
         join users b on b.id = r.principal_id \
         left join users f on f.id = r.filer_id and f.id <> r.principal_id \
         left join assignments a on a.id = r.assignment_id",
        stand::SQL
    )
}

/// Loads a page.
///
/// # Errors
/// Not found: the person was disabled meanwhile. Or the database can't be reached.
pub async fn load(engine: &Engine, ctx: &Ctx, filter: &Filter) -> Result<Requests> {
    let mut conn = engine.pool.acquire().await?;
    let frame = frame::load(&mut conn, ctx).await?;
    let since = filter.days.map(|days| frame.now - TimeDelta::days(i64::from(days)));
    let sql = format!(
        "{} where (r.principal_id = $1 and r.action in \
               ('selfActivate', 'selfExtend', 'selfRenew', 'selfDeactivate', '{ACTION}') \
             or r.filer_id = $1 and r.action = '{ACTION}') \
           and ($2::bigint is null or r.number < $2) and ($3::text is null or {} = $3) \
           and ($4 = '' or strpos(lower(t.display_name || ' ' || t.key), lower($4)) > 0) \
           and ($5::timestamptz is null or r.created_at >= $5) \
         order by r.number desc limit $6",
        select(),
        stand::SQL
    );
    let mut rows: Vec<Line> = sqlx::query_as(AssertSqlSafe(sql))
        .bind(ctx.person().0)
        .bind(filter.before)
        .bind(filter.stand.map(Stand::word))
        .bind(filter.group.trim())
        .bind(since)
        .bind(i64::try_from(PAGE + 1).unwrap_or(i64::MAX))
        .fetch_all(&mut *conn)
        .await?;
    let more = rows.len() > PAGE;
    rows.truncate(PAGE);
    let next = rows.last().filter(|_| more).map(|row| row.number);
    Ok(Requests { frame, rows, next })
}
