//! What a person asked for lately.

use crate::{Ctx, Result, authority};
use chrono::{DateTime, Utc};
use domain::authz::{Action, allows};
use domain::ids::PersonId;
use sqlx::PgConnection;
use uuid::Uuid;

/// Most that are shown; the rest is in the audit.
const MOST: i64 = 20;

/// A request.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Asked {
    /// R-number.
    pub number: i64,
    group_id: Option<Uuid>,
    /// Address of the group or role.
    pub key: String,
    /// Name of the group or role.
    pub group: String,
    /// Member, owner or role, as stored.
    pub access: String,
    /// Graph's action word.
    pub action: String,
    /// Graph's status word.
    pub status: String,
    /// Asked at.
    pub created_at: DateTime<Utc>,
    /// The page of the group or role is open to the viewer.
    #[sqlx(skip)]
    pub open: bool,
}

/// The newest requests: all of them, or those that this viewer approves, decided on, or whose group she owns.
pub(super) async fn load(
    conn: &mut PgConnection,
    ctx: &Ctx,
    person: PersonId,
    all: bool,
) -> Result<Vec<Asked>> {
    let mut rows: Vec<Asked> = sqlx::query_as(
        "with own as materialized (select id from groups_above($2)) \
         select r.number, t.group_id, t.key, t.display_name as group, t.kind as access, r.action, r.status, r.created_at \
         from requests r join things t on t.id = r.target_id \
         where r.principal_id = $1 and ($3 \
           or exists (select from votes v where v.request_id = r.id and v.approver_id = $2) \
           or exists (select from targets o join active_now a on a.target_id = o.id \
                where o.group_id = t.group_id and o.kind = 'owner' and a.principal_id in (select id from own)) \
           or r.status = 'PendingApproval' and exists (select from \
                jsonb_array_elements(named_now(r.rules -> 'approval', r.escalates_at, r.closed_at)) named \
                where coalesce(named ->> 'person', named ->> 'group')::uuid in (select id from seats_of($2)))) \
         order by r.created_at desc, r.id limit $4",
    )
    .bind(person.0)
    .bind(ctx.person().0)
    .bind(all)
    .bind(MOST)
    .fetch_all(&mut *conn)
    .await?;
    let groups: Vec<Uuid> = rows.iter().filter_map(|row| row.group_id).collect();
    let open = authority::open_groups(conn, ctx, &groups).await?;
    for row in &mut rows {
        row.open = match row.group_id {
            Some(group) => open.contains(&group),
            None => allows(&ctx.actor, &Action::SeeRoles),
        };
    }
    Ok(rows)
}
