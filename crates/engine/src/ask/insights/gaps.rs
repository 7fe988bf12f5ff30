//! Where nobody can approve what has to be approved.

use super::{Asked, Sight};
use crate::ask::thing::{COLUMNS, Thing};
use crate::db::policies;
use crate::{Result, supply};
use domain::approval::supply::Gap;
use sqlx::{AssertSqlSafe, PgConnection};
use uuid::Uuid;

/// A membership, ownership or role that nobody gets into.
#[derive(Clone, Debug)]
pub struct GapOf {
    /// Which.
    pub thing: Thing,
    /// Why.
    pub gap: Gap,
    /// How many can approve.
    pub able: usize,
    /// How many must.
    pub needed: u8,
}

impl GapOf {
    /// In a sentence.
    pub fn words(&self) -> String {
        self.gap.words(self.able, self.needed)
    }
}

/// Over everything at the worker's last count, of one group or role now.
pub(super) async fn gaps(conn: &mut PgConnection, sight: &Sight, asked: Asked) -> Result<Vec<GapOf>> {
    match &sight.targets {
        Some(targets) => of(conn, targets).await,
        None => everywhere(conn, asked).await,
    }
}

async fn of(conn: &mut PgConnection, targets: &[Uuid]) -> Result<Vec<GapOf>> {
    let sql = format!("select {COLUMNS} from things t where t.id = any ($1) and t.open order by t.kind");
    let things: Vec<Thing> = sqlx::query_as(AssertSqlSafe(sql)).bind(targets).fetch_all(&mut *conn).await?;
    let mut found = Vec::new();
    for thing in things {
        let policy = policies::current(conn, thing.id()).await?.policy;
        let Some(rule) = &policy.activation.approval else { continue };
        let supply = supply::load(conn, thing.target, thing.id(), rule).await?;
        let (able, needed) = (supply.able.len(), rule.needed);
        found.extend(supply.gap().map(|gap| GapOf { thing, gap, able, needed }));
    }
    Ok(found)
}

#[derive(sqlx::FromRow)]
struct Row {
    #[sqlx(flatten)]
    thing: Thing,
    gap: String,
    able: i32,
    needed: i32,
}

async fn everywhere(conn: &mut PgConnection, asked: Asked) -> Result<Vec<GapOf>> {
    let sql = format!(
        "select {COLUMNS}, g.gap, g.able, g.needed from approval_gaps g \
         join things t on t.id = g.target_id and t.deleted_at is null \
         order by array_position(array['few', 'themselves', 'away'], g.gap), g.target_id limit $1"
    );
    let rows: Vec<Row> = sqlx::query_as(AssertSqlSafe(sql)).bind(asked.limit.rows()).fetch_all(conn).await?;
    // a kind that a newer server counts is not known here yet
    let read = |row: Row| {
        let gap = Gap::parse(&row.gap)?;
        let needed = u8::try_from(row.needed).unwrap_or(u8::MAX);
        Some(GapOf { thing: row.thing, gap, able: usize::try_from(row.able).unwrap_or_default(), needed })
    };
    Ok(rows.into_iter().filter_map(read).collect())
}
