//! Who effectively is in a group and who owns it, now or at a moment of the past, and through which path.

use crate::ask::by_name::looked_for;
use crate::ask::group_header::{self, Header};
use crate::ask::who::Who;
use crate::audit::seals;
use crate::db::groups::{GroupRow, Label};
use crate::nesting::{self, When};
use crate::{Ctx, Engine, Result, clock};
use chrono::{DateTime, Utc};
use domain::authz::Action;
use domain::effective::{self, Path};
use domain::ids::{GroupId, PersonId};
use domain::refusal::{Code, Refusal};
use domain::target::Access;
use sqlx::{AssertSqlSafe, PgConnection};
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
    /// A moment of the past; `None` is now.
    pub at: Option<DateTime<Utc>>,
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
    /// The moment lies in the sealed part of the audit, which ends then: whether somebody was disabled may not be known any more.
    pub sealed: Option<DateTime<Utc>>,
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
/// Unknown or not for this person, alike; a moment that has not passed.
pub async fn effective_members(
    engine: &Engine,
    ctx: &Ctx,
    key: &str,
    wanted: &Wanted,
) -> Result<EffectiveMembers> {
    let mut conn = engine.pool.acquire().await?;
    let (group, header) = group_header::load(&mut conn, ctx, key, Action::InspectAccess).await?;
    let when = passed(&mut conn, wanted.at).await?;
    let found = paths(&mut conn, &group, Access::Member, when).await?;
    let mut members = rows(&mut conn, found, when).await?;
    if let Some(text) = looked_for(&wanted.text) {
        members
            .retain(|row| format!("{} {}", row.who.name, row.who.user_name).to_lowercase().contains(&text));
    }
    let count = members.len();
    let members = members.into_iter().skip(wanted.page.saturating_mul(PAGE)).take(PAGE).collect();
    let found = paths(&mut conn, &group, Access::Owner, when).await?;
    let owners = rows(&mut conn, found, when).await?;
    let sealed = match wanted.at {
        Some(at) => seals::over(&mut conn, at).await?,
        None => None,
    };
    Ok(EffectiveMembers { header, owners, members, count, sealed })
}

/// The moment, if it has passed: nobody knows who will have access.
///
/// # Errors
/// It has not passed; the database can't be reached.
pub(super) async fn passed(conn: &mut PgConnection, at: Option<DateTime<Utc>>) -> Result<When> {
    let Some(at) = at else { return Ok(When::Now) };
    if at > clock::now(conn).await? {
        return Err(Refusal::new(Code::BadValue, "Choose a moment that has passed.").at("at").into());
    }
    Ok(When::At(at))
}

/// Everybody who has this access at this moment, with the shortest path.
///
/// # Errors
/// The database can't be reached.
pub async fn paths(
    conn: &mut PgConnection,
    group: &GroupRow,
    access: Access,
    when: When,
) -> Result<BTreeMap<PersonId, Path>> {
    let root = group.group_id();
    if access == Access::Member {
        let below = nesting::below(conn, &[root], when).await?;
        return Ok(effective::members(root, &below.edges, &below.groups));
    }
    // who owns directly, and who lies in a group that owns
    let sql = when.put(
        "select a.principal_id, p.kind = 'group', case when bool_or(a.ends_at is null) then null else max(a.ends_at) end \
         from targets t join {active} a on a.target_id = t.id join principals p on p.id = a.principal_id \
         where t.group_id = $1 and t.kind = 'owner' group by a.principal_id, p.kind",
    );
    let query = when.bind(sqlx::query_as(AssertSqlSafe(sql)).bind(root.0));
    let held: Vec<(Uuid, bool, Option<DateTime<Utc>>)> = query.fetch_all(&mut *conn).await?;
    let mut found = BTreeMap::new();
    for (id, _, until) in held.iter().filter(|(_, is_group, _)| !is_group) {
        found.insert(PersonId(*id), Path { groups: vec![root], until: *until });
    }
    for (id, _, until) in held.iter().filter(|(_, is_group, _)| *is_group) {
        let owning = GroupId(*id);
        let below = nesting::below(conn, &[owning], when).await?;
        for (person, path) in effective::members(owning, &below.edges, &below.groups) {
            let groups = std::iter::once(root).chain(path.groups).collect();
            let until = path.until.into_iter().chain(*until).min();
            found.entry(person).or_insert(Path { groups, until });
        }
    }
    Ok(found)
}

async fn rows(conn: &mut PgConnection, paths: BTreeMap<PersonId, Path>, when: When) -> Result<Vec<Row>> {
    let ids: Vec<Uuid> = paths.keys().map(|person| person.0).collect();
    let able = match when {
        When::Now => "u.enabled and u.deleted_at is null",
        When::At(_) => "able_at(u.id, $2)",
    };
    let sql = format!(
        "select u.id, u.display_name as name, u.user_name, coalesce(u.department, '') as department from users u \
         where u.id = any ($1) and {able} order by lower(u.display_name), u.id"
    );
    let query = when.bind(sqlx::query_as(AssertSqlSafe(sql)).bind(&ids));
    let people: Vec<Who> = query.fetch_all(&mut *conn).await?;
    let groups = paths.values().flat_map(|path| path.groups.iter().copied()).collect();
    let labels = nesting::labels(conn, &groups, when).await?;
    let row = |who: Who| {
        let path = paths.get(&who.person())?;
        let groups = path.groups.iter().filter_map(|group| labels.get(group).cloned()).collect();
        Some(Row { path: groups, until: path.until, who })
    };
    Ok(people.into_iter().filter_map(row).collect())
}
