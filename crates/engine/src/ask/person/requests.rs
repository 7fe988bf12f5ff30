//! What a person asked for lately.

use crate::{Ctx, Result, authority};
use chrono::{DateTime, Utc};
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
    group_id: Uuid,
    /// Address of the group.
    pub key: String,
    /// Name of the group.
    pub group: String,
    /// Member or owner, as stored.
    pub access: String,
    /// Graph's action word.
    pub action: String,
    /// Graph's status word.
    pub status: String,
    /// Asked at.
    pub created_at: DateTime<Utc>,
    /// The group's page is open to the viewer.
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
         select r.number, g.id as group_id, g.key, g.display_name as group, t.kind as access, r.action, r.status, r.created_at \
         from requests r join targets t on t.id = r.target_id join groups g on g.id = t.group_id \
         where r.principal_id = $1 and ($3 \
           or exists (select from votes v where v.request_id = r.id and v.approver_id = $2) \
           or exists (select from targets o join active_now a on a.target_id = o.id \
                where o.group_id = g.id and o.kind = 'owner' and a.principal_id in (select id from own)) \
           or r.status = 'PendingApproval' and exists (select from \
                jsonb_array_elements(case jsonb_typeof(r.rules #> '{approval,approvers}') when 'array' \
                  then r.rules #> '{approval,approvers}' else '[]' end) named \
                where coalesce(named ->> 'person', named ->> 'group')::uuid in (select id from own))) \
         order by r.created_at desc, r.id limit $4",
    )
    .bind(person.0)
    .bind(ctx.person().0)
    .bind(all)
    .bind(MOST)
    .fetch_all(&mut *conn)
    .await?;
    let groups: Vec<Uuid> = rows.iter().map(|row| row.group_id).collect();
    let open = authority::open_groups(conn, ctx, &groups).await?;
    for row in &mut rows {
        row.open = open.contains(&row.group_id);
    }
    Ok(rows)
}
