//! Eligibilities that nobody uses: candidates to remove.

use super::{Asked, Sight};
use crate::Result;
use crate::ask::thing::{COLUMNS, Thing};
use chrono::{DateTime, Utc};
use domain::insight::idle::{Idle, idle_days};
use sqlx::{AssertSqlSafe, PgConnection};
use uuid::Uuid;

/// The report.
#[derive(Clone, Debug, Default)]
pub struct Unused {
    /// Eligibilities that run. `None` over everything before the first count.
    pub eligible: Option<i64>,
    /// How many of them are unused for so long as was asked.
    pub unused: i64,
    /// The list.
    pub rows: Rows,
}

/// Over everything the groups and roles with the most of them, of a group or role who has them.
#[derive(Clone, Debug)]
pub enum Rows {
    /// Most first.
    Things(Vec<UnusedOf>),
    /// Idle for longest first.
    Holders(Vec<Holder>),
}

impl Default for Rows {
    fn default() -> Self {
        Rows::Things(Vec::new())
    }
}

/// A membership, ownership or role with unused eligibilities, at the worker's last count.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct UnusedOf {
    /// Which.
    #[sqlx(flatten)]
    pub thing: Thing,
    /// Eligibilities that run.
    pub eligible: i64,
    /// Unused ones.
    pub unused: i64,
}

/// Somebody with an eligibility that is not used.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Holder {
    /// Which.
    pub id: Uuid,
    /// A group, not a person.
    pub is_group: bool,
    /// Name.
    pub name: String,
    /// User name, or a group's key.
    pub handle: String,
    /// Member, owner or role, as stored.
    pub access: String,
    /// Eligible since.
    pub since: DateTime<Utc>,
    /// Last activated at, also under an earlier eligibility.
    pub last_used: Option<DateTime<Utc>>,
}

impl Holder {
    /// For how many whole days nobody used it.
    pub fn idle_days(&self, now: DateTime<Utc>) -> i64 {
        idle_days(self.since, self.last_used, now)
    }
}

pub(super) async fn unused(conn: &mut PgConnection, sight: &Sight, asked: Asked) -> Result<Unused> {
    match &sight.targets {
        Some(targets) => of(conn, targets, sight.now, asked).await,
        None => everywhere(conn, asked).await,
    }
}

/// Eligibilities of the targets $1 that run at $2, with their last use. A person's use counts whatever eligibility it was
/// under, a group's when somebody used hers.
const RUNNING: &str = "select a.id, a.principal_id, a.target_id, a.starts_at as since, greatest( \
      (select max(x.starts_at) from assignments x where x.principal_id = a.principal_id and x.kind = 'active' \
         and x.target_id = a.target_id and x.origin = 'activated' and x.starts_at <= $2), \
      (select max(x.starts_at) from assignments x where x.eligibility_id = a.id and x.starts_at <= $2)) as last_used \
    from assignments a where a.target_id = any ($1) and a.kind = 'eligible' and a.starts_at <= $2 \
      and (a.ends_at is null or a.ends_at > $2)";

async fn of(conn: &mut PgConnection, targets: &[Uuid], now: DateTime<Utc>, asked: Asked) -> Result<Unused> {
    let limit = asked.idle.limit(now);
    let sums = format!(
        "select count(*), count(*) filter (where greatest(since, last_used) <= $3) from ({RUNNING}) running"
    );
    let sums = sqlx::query_as(AssertSqlSafe(sums)).bind(targets).bind(now).bind(limit);
    let (eligible, unused): (i64, i64) = sums.fetch_one(&mut *conn).await?;
    let sql = format!(
        "with idle as (select * from ({RUNNING}) running where greatest(since, last_used) <= $3 \
           order by greatest(since, last_used), id limit $4) \
         select i.id, g.id is not null as is_group, coalesce(u.display_name, g.display_name) as name, \
           coalesce(u.user_name, g.key) as handle, t.kind as access, i.since, i.last_used \
         from idle i join targets t on t.id = i.target_id left join users u on u.id = i.principal_id \
         left join groups g on g.id = i.principal_id order by greatest(i.since, i.last_used), i.id"
    );
    let rows =
        sqlx::query_as(AssertSqlSafe(sql)).bind(targets).bind(now).bind(limit).bind(asked.limit.rows());
    let rows = Rows::Holders(rows.fetch_all(conn).await?);
    Ok(Unused { eligible: Some(eligible), unused, rows })
}

async fn everywhere(conn: &mut PgConnection, asked: Asked) -> Result<Unused> {
    let column = match asked.idle {
        Idle::Thirty => "unused_30",
        Idle::Sixty => "unused_60",
        Idle::Ninety => "unused_90",
    };
    let sums = format!("select eligible, {column} from unused_sums");
    let sums: Option<(i64, i64)> = sqlx::query_as(AssertSqlSafe(sums)).fetch_optional(&mut *conn).await?;
    let sql = format!(
        "select {COLUMNS}, c.eligible, c.{column} as unused from unused_counts c \
         join things t on t.id = c.target_id and t.deleted_at is null \
         where c.{column} > 0 order by c.{column} desc, c.target_id limit $1"
    );
    let rows = sqlx::query_as(AssertSqlSafe(sql)).bind(asked.limit.rows());
    let rows = Rows::Things(rows.fetch_all(conn).await?);
    let (eligible, unused) = sums.unzip();
    Ok(Unused { eligible, unused: unused.unwrap_or_default(), rows })
}
