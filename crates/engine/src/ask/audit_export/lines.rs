//! The lines of an export that proves itself.

use super::unwritable;
use crate::Result;
use crate::ask::audit_page::Filter;
use crate::ask::audit_page::sight::{Sight, bound, matching};
use crate::audit::file::{Last, Line, Names, Outside};
use crate::audit::stored::{self, COLUMNS, Stored};
use domain::audit::canonical::Hash;
use serde::Serialize;
use sqlx::{AssertSqlSafe, PgConnection};
use std::ops::Range;

/// Events past the chain that an export names. One would do.
const NAMED: i64 = 20;

#[derive(sqlx::FromRow)]
struct Found {
    #[sqlx(flatten)]
    stored: Stored,
    /// None before the first event, and where the one before was deleted.
    previous: Option<Vec<u8>>,
    #[sqlx(flatten)]
    names: Names,
}

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
        "select {COLUMNS}, (select p.hash from audit_chain p where p.position = c.position - 1) as previous, \
           a.user_name as by, coalesce(u.user_name, pg.key) as about, g.display_name as \"group\", \
           coalesce(t.role, t.kind) as access, 'R-' || r.number as request \
         from audit_chain c join audit_events e on e.seq = c.seq \
         left join users a on a.id = e.actor_id left join users u on u.id = e.principal_id \
         left join groups pg on pg.id = e.principal_id left join groups g on g.id = e.group_id \
         left join targets t on t.id = e.target_id left join requests r on r.id = e.request_id \
         where {matching} and c.position > $9 and c.position <= $10 order by c.position limit $11"
    );
    let query = sqlx::query_as(AssertSqlSafe(sql));
    let found: Vec<Found> =
        bound!(query, sight, filter).bind(range.start).bind(range.end).bind(limit).fetch_all(conn).await?;
    found.into_iter().map(written).collect()
}

fn written(found: Found) -> Result<(i64, String)> {
    let position = found.stored.position;
    let previous = found.previous.map_or(Ok(Hash::ZERO), |bytes| stored::hash(position - 1, &bytes))?;
    let link = found.stored.link(Some(previous))?;
    let event = Line::new(link.entry, link.hash, previous, found.names).map_err(unwritable)?;
    Ok((position, line(&event)?))
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
