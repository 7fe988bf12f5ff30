//! The lines of an export that proves itself.

use super::unwritable;
use crate::Result;
use crate::ask::audit_page::Filter;
use crate::ask::audit_page::sight::{Sight, bound, matching};
use crate::audit::file::{Last, Outside};
use crate::audit::{named, stored};
use serde::Serialize;
use sqlx::{AssertSqlSafe, PgConnection};
use std::ops::Range;

/// Events past the chain that an export names. One would do.
const NAMED: i64 = 20;

/// The next events behind `range.start` up to `range.end`: their positions and lines.
pub(super) async fn batch(
    conn: &mut PgConnection,
    sight: &Sight,
    filter: &Filter,
    range: Range<i64>,
    limit: i64,
) -> Result<Vec<(i64, String)>> {
    let matching = matching(sight, filter);
    let sql = format!(
        "{} where {matching} and c.position > $9 and c.position <= $10 order by c.position limit $11",
        named::select()
    );
    let query = sqlx::query_as(AssertSqlSafe(sql));
    let found: Vec<named::Row> =
        bound!(query, sight, filter).bind(range.start).bind(range.end).bind(limit).fetch_all(conn).await?;
    found.into_iter().map(written).collect()
}

fn written(found: named::Row) -> Result<(i64, String)> {
    let event = found.named()?;
    Ok((event.entry.position, event.json()? + "\n"))
}

/// The end of the file. A complete one also names what somebody wrote past the chain.
pub(super) async fn last(conn: &mut PgConnection, complete: bool, events: u64) -> Result<String> {
    let mut piece = String::new();
    let outside = if complete { stored::outside(conn, NAMED).await? } else { Vec::new() };
    for outside_chain in outside {
        piece.push_str(&line(&Outside { outside_chain })?);
    }
    piece.push_str(&line(&Last { events })?);
    Ok(piece)
}

/// One line with its end.
pub(super) fn line(what: &impl Serialize) -> Result<String> {
    Ok(serde_json::to_string(what).map_err(unwritable)? + "\n")
}
