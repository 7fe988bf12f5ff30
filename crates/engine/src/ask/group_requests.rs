//! What people asked of a group: what is open first page by page, or everything.

use crate::ask::cursor;
use crate::ask::group_header::{self, Header};
use crate::ask::thing::Place;
use crate::{Ctx, Engine, Result};
use chrono::{DateTime, Utc};
use domain::authz::Action;
use uuid::Uuid;

/// Rows of a page.
const PAGE: i64 = 50;

/// The page.
#[derive(Clone, Debug)]
pub struct GroupRequests {
    /// Above the tabs.
    pub header: Header,
    /// Newest first.
    pub rows: Vec<Row>,
    /// Where the next page begins.
    pub next: Option<String>,
}

/// One request.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Row {
    /// Which.
    pub id: Uuid,
    /// R-number.
    pub number: i64,
    /// Member or owner, as stored.
    pub access: String,
    /// Graph's action word.
    pub action: String,
    /// Eligible or active, as stored, when it is about an assignment.
    pub kind: Option<String>,
    /// Graph's status word.
    pub status: String,
    /// The reader answers it: a request to extend or renew that waits and is not her own.
    pub answer: bool,
    /// For whom.
    pub name: String,
    /// User name, or a group's key.
    pub handle: String,
    /// Who asked, when it is somebody else.
    pub filer: Option<String>,
    /// Asked start.
    pub asked_start: Option<DateTime<Utc>>,
    /// Asked length.
    pub asked_minutes: Option<i32>,
    /// As written.
    pub reason: String,
    /// As written.
    pub ticket: String,
    /// Asked at.
    pub created_at: DateTime<Utc>,
    /// Lapses then.
    pub deadline_at: Option<DateTime<Utc>>,
    /// Closed at.
    pub closed_at: Option<DateTime<Utc>>,
}

/// Loads the page for whoever may see the requests of the group or role; `open` leaves out what is closed.
///
/// # Errors
/// Unknown or not for this person, alike.
pub async fn group_requests(
    engine: &Engine,
    ctx: &Ctx,
    place: &Place,
    open: bool,
    after: &str,
) -> Result<GroupRequests> {
    let mut conn = engine.pool.acquire().await?;
    let (subject, header) = group_header::load_any(&mut conn, ctx, place, Action::InspectAccess).await?;
    let targets = subject.target_ids(&mut conn).await?;
    let after: Option<(DateTime<Utc>, Uuid)> = cursor::read(after);
    let mut rows: Vec<Row> = sqlx::query_as(
        "select r.id, r.number, t.kind as access, r.action, r.kind, r.status, \
           r.status = 'PendingAdminDecision' and r.deadline_at > clock() and $6 and r.principal_id <> $7 as answer, coalesce(u.display_name, g.display_name) as name, \
           coalesce(u.user_name, g.key) as handle, f.display_name as filer, r.asked_start, r.asked_minutes, r.reason, \
           r.ticket, r.created_at, r.deadline_at, r.closed_at \
         from requests r join targets t on t.id = r.target_id \
         left join users u on u.id = r.principal_id left join groups g on g.id = r.principal_id \
         left join users f on f.id = r.filer_id and f.id <> r.principal_id \
         where t.id = any ($1) and (not $2 or r.status in ('PendingApproval', 'Granted', 'PendingAdminDecision')) \
           and ($3::timestamptz is null or (r.created_at, r.id) < ($3, $4)) \
         order by r.created_at desc, r.id desc limit $5",
    )
    .bind(&targets)
    .bind(open)
    .bind(after.map(|after| after.0))
    .bind(after.map(|after| after.1))
    .bind(PAGE + 1)
    .bind(header.manages)
    .bind(ctx.person().0)
    .fetch_all(&mut *conn)
    .await?;
    let next = (rows.len() > PAGE as usize).then(|| {
        rows.truncate(PAGE as usize);
        rows.last().map(|row| cursor::write(&(row.created_at, row.id)))
    });
    Ok(GroupRequests { header, rows, next: next.flatten() })
}
