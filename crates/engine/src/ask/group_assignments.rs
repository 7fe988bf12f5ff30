//! The assignments of a group or role: eligible, active or expired, with counts, by name, page by page.

use crate::ask::cursor;
use crate::ask::group_header::{self, Header};
use crate::ask::thing::Place;
use crate::subject::Subject;
use crate::{Ctx, Engine, Error, Result, authority, guard};
use chrono::{DateTime, Utc};
use domain::authz::Action;
use domain::ids::PersonId;
use domain::target::Access;
use sqlx::PgConnection;
use uuid::Uuid;

/// Rows of a page.
const PAGE: i64 = 50;

/// Which list.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Tab {
    /// May activate, now or later.
    #[default]
    Eligible,
    /// Active now or later, activations and standing access.
    Active,
    /// Ended in the last 30 days (entra-pim-groups.md section 4).
    Expired,
}

impl Tab {
    /// All.
    pub const ALL: [Tab; 3] = [Tab::Eligible, Tab::Active, Tab::Expired];

    /// The word in addresses.
    pub const fn wire(self) -> &'static str {
        match self {
            Tab::Eligible => "eligible",
            Tab::Active => "active",
            Tab::Expired => "expired",
        }
    }

    /// From the word; anything else is the first.
    pub fn parse(word: &str) -> Self {
        Self::ALL.into_iter().find(|tab| tab.wire() == word).unwrap_or_default()
    }
}

/// What the address asks for.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Which list.
    pub tab: Tab,
    /// Member, owner or both.
    pub access: Option<Access>,
    /// Part of a name, user name or key.
    pub name: String,
    /// Goes on after this.
    pub after: String,
}

/// The page.
#[derive(Clone, Debug)]
pub struct GroupAssignments {
    /// Above the tabs.
    pub header: Header,
    /// The database's time of this look.
    pub now: DateTime<Utc>,
    /// How many there are in each list, in the order of [`Tab::ALL`], whatever the filter.
    pub counts: [i64; 3],
    /// This page.
    pub rows: Vec<Row>,
    /// Where the next page begins.
    pub next: Option<String>,
}

/// One assignment.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Row {
    /// Which.
    pub id: Uuid,
    /// Who.
    pub principal_id: Uuid,
    /// A group, not a person.
    pub is_group: bool,
    /// People in that group now.
    pub people: i64,
    /// Name.
    pub name: String,
    /// User name, or a group's key.
    pub handle: String,
    /// Department.
    pub department: String,
    /// Invited from outside.
    pub guest: bool,
    /// Disabled or deleted.
    pub unable: bool,
    /// Member or owner, as stored.
    pub access: String,
    /// Eligible or active, as stored.
    pub kind: String,
    /// Where from, as stored.
    pub origin: String,
    /// First instant.
    pub starts_at: DateTime<Utc>,
    /// First instant outside.
    pub ends_at: Option<DateTime<Utc>>,
    /// Why it ended, as stored.
    pub end_reason: Option<String>,
    /// For an eligibility: switched on until.
    pub on_until: Option<DateTime<Utc>>,
    /// Asked to activate at, and not decided.
    pub waiting_since: Option<DateTime<Utc>>,
    /// R-number of the request to extend or renew it that waits.
    pub renewal: Option<i64>,
    /// Last activated at.
    pub last_used: Option<DateTime<Utc>>,
    /// The only owner of a role-assignable group.
    #[sqlx(skip)]
    pub last_owner: bool,
    /// A group whose page is open to the viewer.
    #[sqlx(skip)]
    pub open: bool,
}

/// Loads the page for whoever may see the assignments of the group or role.
///
/// # Errors
/// Unknown or not for this person, alike.
pub async fn group_assignments(
    engine: &Engine,
    ctx: &Ctx,
    place: &Place,
    filter: &Filter,
) -> Result<GroupAssignments> {
    let mut conn = engine.pool.acquire().await?;
    let (subject, header) = group_header::load_any(&mut conn, ctx, place, Action::InspectAccess).await?;
    let now = crate::clock::now(&mut conn).await?;
    let targets = subject.target_ids(&mut conn).await?;
    let counts = counts(&mut conn, &targets).await?;
    let mut rows = rows(&mut conn, &targets, filter).await?;
    let next = (rows.len() > PAGE as usize).then(|| {
        rows.truncate(PAGE as usize);
        rows.last().map(|row| cursor::write(&(row.name.to_lowercase(), row.id)))
    });
    if let Some(owner) = only_owner(&mut conn, &subject).await? {
        for row in &mut rows {
            row.last_owner = row.principal_id == owner.0 && row.access == "owner" && row.kind == "active";
        }
    }
    let groups: Vec<Uuid> = rows.iter().filter(|row| row.is_group).map(|row| row.principal_id).collect();
    let open = authority::open_groups(&mut conn, ctx, &groups).await?;
    for row in &mut rows {
        row.open = open.contains(&row.principal_id);
    }
    Ok(GroupAssignments { header, now, counts, rows, next: next.flatten() })
}

async fn only_owner(conn: &mut PgConnection, subject: &Subject) -> Result<Option<PersonId>> {
    match subject.group() {
        Some(group) => guard::only_owner(conn, group).await,
        None => Ok(None),
    }
}

async fn counts(conn: &mut PgConnection, targets: &[Uuid]) -> Result<[i64; 3]> {
    let (eligible, active, expired) = sqlx::query_as(
        "select count(*) filter (where a.kind = 'eligible' and (a.ends_at is null or a.ends_at > greatest(clock(), a.starts_at))), \
           count(*) filter (where a.kind = 'active' and (a.ends_at is null or a.ends_at > greatest(clock(), a.starts_at))), \
           count(*) filter (where a.origin <> 'activated' and a.ends_at <= clock() \
                              and a.ends_at > clock() - interval '30 days') \
         from assignments a where a.target_id = any ($1)",
    )
    .bind(targets)
    .fetch_one(conn)
    .await?;
    Ok([eligible, active, expired])
}

async fn rows(conn: &mut PgConnection, targets: &[Uuid], filter: &Filter) -> Result<Vec<Row>> {
    let after: Option<(String, Uuid)> = cursor::read(&filter.after);
    let rows = sqlx::query_as(
        "with found as ( \
           select a.*, t.kind as access, g.id is not null as is_group, coalesce(u.display_name, g.display_name) as name, \
             coalesce(u.user_name, g.key) as handle, coalesce(u.department, '') as department, \
             coalesce(u.user_type = 'guest', false) as guest, \
             coalesce(not u.enabled or u.deleted_at is not null, g.deleted_at is not null) as unable \
           from targets t join assignments a on a.target_id = t.id \
           left join users u on u.id = a.principal_id left join groups g on g.id = a.principal_id \
           where t.id = any ($1) and ($2 = '' or t.kind = $2) and case $3 \
             when 'expired' then a.origin <> 'activated' and a.ends_at <= clock() \
                              and a.ends_at > clock() - interval '30 days' \
             else a.kind = $3 and (a.ends_at is null or a.ends_at > greatest(clock(), a.starts_at)) end) \
         select f.id, f.principal_id, f.is_group, \
           case when f.is_group then (select count(*) from people_within(array[f.principal_id])) else 0 end as people, f.name, f.handle, f.department, f.guest, f.unable, f.access, f.kind, \
           f.origin, f.starts_at, f.ends_at, f.end_reason, \
           (select max(x.ends_at) from active_now x where x.eligibility_id = f.id) as on_until, \
           (select r.created_at from requests r where r.principal_id = f.principal_id and r.target_id = f.target_id \
              and r.status = 'PendingApproval') as waiting_since, \
           (select r.number from requests r where r.principal_id = f.principal_id and r.target_id = f.target_id \
              and r.kind = f.kind and r.extends_id = f.id and r.status = 'PendingAdminDecision' \
              and r.deadline_at > clock()) as renewal, \
           (select max(x.starts_at) from assignments x where x.principal_id = f.principal_id \
              and x.target_id = f.target_id and x.origin = 'activated' and x.starts_at <= clock()) as last_used \
         from found f \
         where ($4 = '' or position($4 in lower(f.name || ' ' || f.handle)) > 0) \
           and ($5::text is null or (lower(f.name), f.id) > ($5, $6)) \
         order by lower(f.name), f.id limit $7",
    )
    .bind(targets)
    .bind(filter.access.map_or("", Access::wire))
    .bind(filter.tab.wire())
    .bind(filter.name.trim().to_lowercase())
    .bind(after.as_ref().map(|after| after.0.clone()))
    .bind(after.as_ref().map(|after| after.1))
    .bind(PAGE + 1)
    .fetch_all(conn)
    .await?;
    Ok(rows)
}

/// What a confirmation or a form about one or several assignments says of each.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Chosen {
    /// Which.
    pub id: Uuid,
    /// Name.
    pub name: String,
    /// User name, or a group's key.
    pub handle: String,
    /// Member or owner, as stored.
    pub access: String,
    /// Eligible or active, as stored.
    pub kind: String,
    /// Where from, as stored.
    pub origin: String,
    /// First instant.
    pub starts_at: DateTime<Utc>,
    /// First instant outside.
    pub ends_at: Option<DateTime<Utc>>,
    /// Runs by activation until; would end too.
    pub on_until: Option<DateTime<Utc>>,
    /// Open requests that would be closed.
    pub open_requests: i64,
    /// Is an effective owner of a role-assignable group and nobody else is.
    #[sqlx(skip)]
    pub last_owner: bool,
}

/// The chosen assignments of a group or role that are not over, for its managers.
///
/// # Errors
/// Unknown or not for this person, alike; also when one of them is not of this place.
pub async fn chosen(
    engine: &Engine,
    ctx: &Ctx,
    place: &Place,
    chosen: &[Uuid],
) -> Result<(Header, Vec<Chosen>)> {
    let mut conn = engine.pool.acquire().await?;
    let (subject, header) = group_header::load_any(&mut conn, ctx, place, Action::ManageAccess).await?;
    let targets = subject.target_ids(&mut conn).await?;
    let mut rows: Vec<Chosen> = sqlx::query_as(
        "select a.id, coalesce(u.display_name, g.display_name) as name, coalesce(u.user_name, g.key) as handle, \
           t.kind as access, a.kind, a.origin, a.starts_at, a.ends_at, \
           (select max(x.ends_at) from active_now x where x.eligibility_id = a.id) as on_until, \
           (select count(*) from requests r where (r.eligibility_id = a.id or r.extends_id = a.id) \
              and r.status in ('PendingApproval', 'Granted', 'PendingAdminDecision')) as open_requests \
         from assignments a join targets t on t.id = a.target_id \
         left join users u on u.id = a.principal_id left join groups g on g.id = a.principal_id \
         where t.id = any ($1) and a.id = any ($2) and (a.ends_at is null or a.ends_at > greatest(clock(), a.starts_at)) \
         order by lower(coalesce(u.display_name, g.display_name)), a.id",
    )
    .bind(&targets)
    .bind(chosen)
    .fetch_all(&mut *conn)
    .await?;
    if rows.is_empty() {
        return Err(Error::not_found());
    }
    if only_owner(&mut conn, &subject).await?.is_some() {
        for row in &mut rows {
            row.last_owner = row.access == "owner" && row.kind == "active";
        }
    }
    Ok((header, rows))
}

/// The head of the pages of a group or role, for its managers.
///
/// # Errors
/// Unknown or not for this person, alike.
pub async fn managed(engine: &Engine, ctx: &Ctx, place: &Place) -> Result<Header> {
    let mut conn = engine.pool.acquire().await?;
    Ok(group_header::load_any(&mut conn, ctx, place, Action::ManageAccess).await?.1)
}
