//! How often something was switched on, and what or by whom most.

use super::Sight;
use crate::Result;
use crate::ask::thing::{COLUMNS, Thing};
use crate::ask::who::Who;
use chrono::{DateTime, Utc};
use sqlx::{AssertSqlSafe, PgConnection};

/// The busiest so many are named.
const TOP: i64 = 10;

/// An activation began. An extension continues one and is none of its own.
const BEGAN: &str = "e.action = 'activation-started' and e.outcome = 'done'";

/// Where most activations were: over everything the groups and roles, of a group or role its people.
#[derive(Clone, Debug)]
pub enum Busiest {
    /// What was switched on most.
    Things(Vec<BusyThing>),
    /// Who switched it on most.
    People(Vec<BusyPerson>),
}

/// A membership, ownership or role, and its use.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct BusyThing {
    /// Which.
    #[sqlx(flatten)]
    pub thing: Thing,
    /// It was deleted and has no page any more.
    pub deleted: bool,
    /// Activations.
    pub times: i64,
    /// The last one.
    pub last: DateTime<Utc>,
}

/// A person, and her use.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct BusyPerson {
    /// Who.
    #[sqlx(flatten)]
    pub who: Who,
    /// Activations.
    pub times: i64,
    /// The last one.
    pub last: DateTime<Utc>,
}

pub(super) async fn by_day(conn: &mut PgConnection, sight: &Sight) -> Result<Vec<i64>> {
    let sql = format!(
        "select width_bucket(e.at, $3), count(*) from audit_events e where {BEGAN} and {} group by 1",
        sight.of()
    );
    let found: Vec<(i32, i64)> = sqlx::query_as(AssertSqlSafe(sql))
        .bind(&sight.targets)
        .bind(sight.from)
        .bind(&sight.starts)
        .fetch_all(conn)
        .await?;
    let mut days = vec![0; sight.starts.len()];
    for (bucket, times) in found {
        if let Some(day) = sight.day(bucket).and_then(|day| days.get_mut(day)) {
            *day += times;
        }
    }
    Ok(days)
}

pub(super) async fn busiest(conn: &mut PgConnection, sight: &Sight) -> Result<Busiest> {
    let of = sight.of();
    if sight.targets.is_none() {
        let sql = format!(
            "with most as (select e.target_id as id, count(*) as times, max(e.at) as last from audit_events e \
               where {BEGAN} and {of} group by 1 order by 2 desc, 1 limit $3) \
             select {COLUMNS}, t.deleted_at is not null as deleted, m.times, m.last \
             from most m join things t on t.id = m.id order by m.times desc, lower(t.display_name), t.id"
        );
        let query = sqlx::query_as(AssertSqlSafe(sql)).bind(&sight.targets).bind(sight.from).bind(TOP);
        return Ok(Busiest::Things(query.fetch_all(conn).await?));
    }
    let sql = format!(
        "with most as (select e.principal_id as id, count(*) as times, max(e.at) as last from audit_events e \
           where {BEGAN} and {of} group by 1 order by 2 desc, 1 limit $3) \
         select u.id, u.display_name as name, u.user_name, coalesce(u.department, '') as department, m.times, m.last \
         from most m join users u on u.id = m.id order by m.times desc, lower(u.display_name), u.id"
    );
    let query = sqlx::query_as(AssertSqlSafe(sql)).bind(&sight.targets).bind(sight.from).bind(TOP);
    Ok(Busiest::People(query.fetch_all(conn).await?))
}
