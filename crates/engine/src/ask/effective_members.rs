//! Who effectively is in a group and who owns it, now, and through which path.

use crate::ask::by_name::looked_for;
use crate::ask::group_header::{self, Header};
use crate::ask::who::Who;
use crate::db::groups::{GroupRow, Label};
use crate::{Ctx, Engine, Result, nesting};
use chrono::{DateTime, Utc};
use domain::authz::Action;
use domain::effective::{self, Path};
use domain::ids::{GroupId, PersonId};
use domain::target::Access;
use sqlx::PgConnection;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Rows of a page.
pub const PAGE: usize = 100;

/// What the address asks for.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Letters of a name or user name, from two on.
    pub text: String,
    /// Pages passed over. People of a group are few enough to be counted off.
    pub page: usize,
}

/// The page.
#[derive(Clone, Debug)]
pub struct EffectiveMembers {
    /// Above the tabs.
    pub header: Header,
    /// Owners, by name.
    pub owners: Vec<Row>,
    /// Members of this page, by name.
    pub members: Vec<Row>,
    /// All members, of all pages, that the letters find.
    pub count: usize,
}

/// A person.
#[derive(Clone, Debug)]
pub struct Row {
    /// Who.
    pub who: Who,
    /// From the group asked about down to the one she is in directly.
    pub path: Vec<Label>,
    /// First end on the way; `None` when nothing on it ends.
    pub until: Option<DateTime<Utc>>,
}

/// Loads the page for whoever may see the access of the group.
///
/// # Errors
/// Unknown or not for this person, alike.
pub async fn effective_members(
    engine: &Engine,
    ctx: &Ctx,
    key: &str,
    wanted: &Wanted,
) -> Result<EffectiveMembers> {
    let mut conn = engine.pool.acquire().await?;
    let (group, header) = group_header::load(&mut conn, ctx, key, Action::InspectAccess).await?;
    let found = paths(&mut conn, &group, Access::Member).await?;
    let mut members = rows(&mut conn, found).await?;
    if let Some(text) = looked_for(&wanted.text) {
        members
            .retain(|row| format!("{} {}", row.who.name, row.who.user_name).to_lowercase().contains(&text));
    }
    let count = members.len();
    let members = members.into_iter().skip(wanted.page.saturating_mul(PAGE)).take(PAGE).collect();
    let found = paths(&mut conn, &group, Access::Owner).await?;
    let owners = rows(&mut conn, found).await?;
    Ok(EffectiveMembers { header, owners, members, count })
}

/// Everybody who has this access now, with the shortest path.
///
/// # Errors
/// The database can't be reached.
pub async fn paths(
    conn: &mut PgConnection,
    group: &GroupRow,
    access: Access,
) -> Result<BTreeMap<PersonId, Path>> {
    let root = group.group_id();
    if access == Access::Member {
        let below = nesting::below(conn, &[root]).await?;
        return Ok(effective::members(root, &below.edges, &below.groups));
    }
    // who owns directly, and who lies in a group that owns
    let held: Vec<(Uuid, bool, Option<DateTime<Utc>>)> = sqlx::query_as(
        "select a.principal_id, p.kind = 'group', case when bool_or(a.ends_at is null) then null else max(a.ends_at) end \
         from targets t join active_now a on a.target_id = t.id join principals p on p.id = a.principal_id \
         where t.group_id = $1 and t.kind = 'owner' group by a.principal_id, p.kind",
    )
    .bind(root.0)
    .fetch_all(&mut *conn)
    .await?;
    let mut found = BTreeMap::new();
    for (id, _, until) in held.iter().filter(|(_, is_group, _)| !is_group) {
        found.insert(PersonId(*id), Path { groups: vec![root], until: *until });
    }
    for (id, _, until) in held.iter().filter(|(_, is_group, _)| *is_group) {
        let owning = GroupId(*id);
        let below = nesting::below(conn, &[owning]).await?;
        for (person, path) in effective::members(owning, &below.edges, &below.groups) {
            let groups = std::iter::once(root).chain(path.groups).collect();
            let until = path.until.into_iter().chain(*until).min();
            found.entry(person).or_insert(Path { groups, until });
        }
    }
    Ok(found)
}

async fn rows(conn: &mut PgConnection, paths: BTreeMap<PersonId, Path>) -> Result<Vec<Row>> {
    let ids: Vec<Uuid> = paths.keys().map(|person| person.0).collect();
    let people: Vec<Who> = sqlx::query_as(
        "select id, display_name as name, user_name, coalesce(department, '') as department from users \
         where id = any ($1) and enabled and deleted_at is null order by lower(display_name), id",
    )
    .bind(&ids)
    .fetch_all(&mut *conn)
    .await?;
    let groups = paths.values().flat_map(|path| path.groups.iter().copied()).collect();
    let labels = nesting::labels(conn, &groups).await?;
    let row = |who: Who| {
        let path = paths.get(&who.person())?;
        let groups = path.groups.iter().filter_map(|group| labels.get(group).cloned()).collect();
        Some(Row { path: groups, until: path.until, who })
    };
    Ok(people.into_iter().filter_map(row).collect())
}
