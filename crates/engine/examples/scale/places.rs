//! Where pages far behind begin, and what is looked at.

use crate::Result;
use crate::reads::Read;
use crate::world::World;
use engine::ask::by_name::{PAGE, Turn};
use sqlx::AssertSqlSafe;
use uuid::Uuid;

/// The page that is compared with the first, or the last where there are fewer.
const FAR: i64 = 10_000;

/// Positions in the lists of one company.
pub struct Places {
    /// Where page 10,000 of the people begins.
    pub people: (i64, Turn),
    /// The same of the groups.
    pub groups: (i64, Turn),
    /// The same of the groups that nobody manages.
    pub discover: (i64, Turn),
    /// The same of the audit: the event before it.
    pub audit: (i64, i64),
}

impl Places {
    /// Looks them up.
    pub async fn find(world: &World) -> Result<Self> {
        let events = sqlx::query_scalar("select count(*) from audit_events").fetch_one(&world.owner).await?;
        let page = far(events);
        let before: Option<i64> =
            sqlx::query_scalar("select seq from audit_events order by seq desc offset $1 limit 1")
                .bind(last_before(page))
                .fetch_optional(&world.owner)
                .await?;
        Ok(Self {
            people: by_name(world, "users", "deleted_at is null").await?,
            groups: by_name(world, "groups", "deleted_at is null").await?,
            discover: by_name(world, "groups", "deleted_at is null and managed_at is null").await?,
            audit: (page, before.unwrap_or(i64::MAX)),
        })
    }

    /// Which page a read shows.
    pub fn page_of(&self, read: Read) -> i64 {
        match read {
            Read::LastPeople => self.people.0,
            Read::LastGroups => self.groups.0,
            Read::LastDiscover => self.discover.0,
            Read::LastAudit => self.audit.0,
            _ => 1,
        }
    }
}

/// The last page of so many rows, but none behind [`FAR`].
fn far(rows: i64) -> i64 {
    rows.div_euclid(PAGE as i64).clamp(1, FAR)
}

/// How many rows come before the last one of the page before.
fn last_before(page: i64) -> i64 {
    ((page - 1) * PAGE as i64 - 1).max(0)
}

async fn by_name(world: &World, table: &str, which: &str) -> Result<(i64, Turn)> {
    let sql = format!("select count(*) from {table} where {which}");
    let page = far(sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&world.owner).await?);
    let sql = format!(
        "select lower(display_name), id from {table} where {which} order by lower(display_name), id offset $1 limit 1"
    );
    let row: Option<(String, Uuid)> =
        sqlx::query_as(AssertSqlSafe(sql)).bind(last_before(page)).fetch_optional(&world.owner).await?;
    Ok((page, row.map_or(Turn::First, |(name, id)| Turn::After(name, id))))
}
