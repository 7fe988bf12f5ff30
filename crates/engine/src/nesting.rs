//! Groups in groups: loads the edges that `domain::effective` walks. Every statement ends whatever the data holds:
//! `union` drops what was met before, so a circle runs dry and a diamond keeps both its ways.

use crate::Result;
use crate::db::groups::{self, GroupRow};
use chrono::{DateTime, Utc};
use domain::effective::{self, Edge, Path};
use domain::ids::{GroupId, PersonId, PrincipalId};
use domain::refusal::{Code, Refusal};
use domain::span::Span;
use domain::text::Text;
use sqlx::postgres::PgArguments;
use sqlx::query::QueryAs;
use sqlx::{AssertSqlSafe, PgConnection, Postgres};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

#[derive(sqlx::FromRow)]
struct Row {
    holder: Uuid,
    group_id: Uuid,
    starts_at: DateTime<Utc>,
    ends_at: Option<DateTime<Utc>>,
}

impl Row {
    fn edge(&self) -> Edge {
        Edge {
            holder: PrincipalId(self.holder),
            group: GroupId(self.group_id),
            span: Span { start: self.starts_at, end: self.ends_at },
        }
    }
}

/// Lets one transaction at a time put groups into groups: two edits that are harmless alone can close a circle
/// together. Take it before slots.
///
/// # Errors
/// The database can't be reached.
pub async fn lock(conn: &mut PgConnection) -> Result<()> {
    sqlx::query("select pg_advisory_xact_lock(hashtext('nesting'))").execute(conn).await?;
    Ok(())
}

/// Memberships by which a group lies in others, or will, eligible ones among them: a circle through an eligibility
/// would let an activation keep up the membership that it rests on.
async fn outwards(conn: &mut PgConnection, from: GroupId) -> Result<Vec<Edge>> {
    let rows: Vec<Row> = sqlx::query_as(
        "with recursive up (id) as ( \
           select $1::uuid \
           union \
           select t.group_id from up join assignments a on a.principal_id = up.id and (a.ends_at is null or a.ends_at > greatest(clock(), a.starts_at)) \
           join targets t on t.id = a.target_id and t.kind = 'member' \
           join groups g on g.id = t.group_id and g.deleted_at is null \
         ) \
         select a.principal_id as holder, t.group_id, a.starts_at, a.ends_at from up \
         join assignments a on a.principal_id = up.id and (a.ends_at is null or a.ends_at > greatest(clock(), a.starts_at)) \
         join targets t on t.id = a.target_id and t.kind = 'member' order by a.created_at, a.id",
    )
    .bind(from.0)
    .fetch_all(conn)
    .await?;
    Ok(rows.iter().map(Row::edge).collect())
}

/// From a group up to the nearest role-assignable one that it is or actively lies in, now or later: the names on the
/// way. Empty when there is none. Take [`lock`] first.
///
/// # Errors
/// The database can't be reached.
pub async fn protected(conn: &mut PgConnection, group: &GroupRow) -> Result<Vec<String>> {
    if group.role_assignable {
        return Ok(vec![group.display_name.clone()]);
    }
    let rows: Vec<(Uuid, Uuid, bool)> = sqlx::query_as(
        "with recursive up (id) as ( \
           select $1::uuid \
           union \
           select t.group_id from up join assignments a on a.principal_id = up.id and a.kind = 'active' \
             and (a.ends_at is null or a.ends_at > greatest(clock(), a.starts_at)) \
           join targets t on t.id = a.target_id and t.kind = 'member' \
           join groups g on g.id = t.group_id and g.deleted_at is null \
         ) \
         select distinct a.principal_id, t.group_id, g.role_assignable from up \
         join assignments a on a.principal_id = up.id and a.kind = 'active' and (a.ends_at is null or a.ends_at > greatest(clock(), a.starts_at)) \
         join targets t on t.id = a.target_id and t.kind = 'member' \
         join groups g on g.id = t.group_id and g.deleted_at is null",
    )
    .bind(group.id)
    .fetch_all(&mut *conn)
    .await?;
    let for_ever = Span::permanent(DateTime::UNIX_EPOCH);
    let edge = |(holder, group, _): &(Uuid, Uuid, bool)| Edge {
        holder: PrincipalId(*holder),
        group: GroupId(*group),
        span: for_ever,
    };
    let edges: Vec<Edge> = rows.iter().map(edge).collect();
    let reached = effective::reached(group.group_id().into(), &edges);
    let nearest = rows.iter().filter(|(_, _, protected)| *protected);
    let nearest = nearest.filter_map(|(_, id, _)| reached.get(&GroupId(*id)));
    let Some(path) = nearest.min_by_key(|path| path.groups.len()) else { return Ok(Vec::new()) };
    let names = names(conn, &path.groups).await?;
    let way = path.groups.iter().filter_map(|group| names.get(group).cloned());
    Ok(std::iter::once(group.display_name.clone()).chain(way).collect())
}

/// Whether this person is in this group now.
///
/// # Errors
/// The database can't be reached.
pub async fn is_in(conn: &mut PgConnection, person: PersonId, group: GroupId) -> Result<bool> {
    let inside = sqlx::query_scalar("select exists (select from groups_above($1) up where up.id = $2)");
    Ok(inside.bind(person.0).bind(group.0).fetch_one(conn).await?)
}

/// The moment at which memberships are looked at.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum When {
    /// This one.
    #[default]
    Now,
    /// One that has passed: answered from the spans as they were in the end.
    At(DateTime<Utc>),
}

impl When {
    /// A statement with the words of this moment; it is bound as `$2`, if it has passed.
    pub(crate) fn put(self, sql: &str) -> String {
        let (active, there, moment) = match self {
            When::Now => ("active_now", "g.deleted_at is null", "clock()"),
            When::At(_) => ("active_at($2)", "(g.deleted_at is null or g.deleted_at > $2)", "$2"),
        };
        sql.replace("{active}", active).replace("{there}", there).replace("{moment}", moment)
    }

    /// Binds it.
    pub(crate) fn bind<'q, O>(
        self,
        query: QueryAs<'q, Postgres, O, PgArguments>,
    ) -> QueryAs<'q, Postgres, O, PgArguments> {
        match self {
            When::Now => query,
            When::At(at) => query.bind(at),
        }
    }
}

/// Everything inside some groups: the memberships that hold now, and which holders are groups.
#[derive(Clone, Debug, Default)]
pub struct Below {
    /// Memberships of the roots and of every group inside them.
    pub edges: Vec<Edge>,
    /// The roots and every group inside them.
    pub groups: BTreeSet<GroupId>,
}

/// Loads everything inside these groups at this moment.
///
/// # Errors
/// The database can't be reached.
pub async fn below(conn: &mut PgConnection, roots: &[GroupId], when: When) -> Result<Below> {
    let roots: Vec<Uuid> = roots.iter().map(|id| id.0).collect();
    let sql = when.put(
        "with recursive down (id) as ( \
           select g.id from groups g where g.id = any ($1) and {there} \
           union \
           select g.id from down join targets t on t.group_id = down.id and t.kind = 'member' \
           join {active} a on a.target_id = t.id join groups g on g.id = a.principal_id and {there} \
         ) select id from down",
    );
    let query = when.bind(sqlx::query_as(AssertSqlSafe(sql)).bind(&roots));
    let groups: Vec<Uuid> = query.fetch_all(&mut *conn).await?.into_iter().map(|(id,)| id).collect();
    // an activation and a standing span of one person are one membership: the longest end counts
    let sql = when.put(
        "select a.principal_id as holder, t.group_id, min(a.starts_at) as starts_at, \
           case when bool_or(a.ends_at is null) then null else max(a.ends_at) end as ends_at \
         from targets t join {active} a on a.target_id = t.id \
         where t.group_id = any ($1) and t.kind = 'member' group by a.principal_id, t.group_id",
    );
    let query = when.bind(sqlx::query_as(AssertSqlSafe(sql)).bind(&groups));
    let rows: Vec<Row> = query.fetch_all(conn).await?;
    Ok(Below {
        edges: rows.iter().map(Row::edge).collect(),
        groups: groups.into_iter().map(GroupId).collect(),
    })
}

/// Loads the memberships through which somebody or some group lies in groups at this moment.
///
/// # Errors
/// The database can't be reached.
pub async fn above(conn: &mut PgConnection, starts: &[PrincipalId], when: When) -> Result<Vec<Edge>> {
    let starts: Vec<Uuid> = starts.iter().map(|id| id.0).collect();
    let sql = when.put(
        "with recursive up (id) as ( \
           select unnest($1::uuid[]) \
           union \
           select t.group_id from up join {active} a on a.principal_id = up.id \
           join targets t on t.id = a.target_id and t.kind = 'member' \
           join groups g on g.id = t.group_id and {there} \
         ) \
         select a.principal_id as holder, t.group_id, min(a.starts_at) as starts_at, \
           case when bool_or(a.ends_at is null) then null else max(a.ends_at) end as ends_at \
         from up join {active} a on a.principal_id = up.id join targets t on t.id = a.target_id and t.kind = 'member' \
         join groups g on g.id = t.group_id and {there} group by a.principal_id, t.group_id",
    );
    let query = when.bind(sqlx::query_as(AssertSqlSafe(sql)).bind(&starts));
    let rows: Vec<Row> = query.fetch_all(conn).await?;
    Ok(rows.iter().map(Row::edge).collect())
}

/// Loads, for each of these people, the memberships through which she lies in groups now. What she activated through
/// a group hangs below that group and not on her: it counts only while she is in there by something else.
///
/// # Errors
/// The database can't be reached.
pub async fn of_people(
    conn: &mut PgConnection,
    people: &[PersonId],
) -> Result<BTreeMap<PersonId, Vec<Edge>>> {
    #[derive(sqlx::FromRow)]
    struct Own {
        person: Uuid,
        #[sqlx(flatten)]
        row: Row,
    }
    let people: Vec<Uuid> = people.iter().map(|id| id.0).collect();
    let rows: Vec<Own> = sqlx::query_as(
        "with recursive up (person, id) as ( \
           select p, p from unnest($1::uuid[]) p \
           union \
           select up.person, t.group_id from up join active_now a on a.principal_id = up.id \
           join targets t on t.id = a.target_id and t.kind = 'member' \
           join groups g on g.id = t.group_id and g.deleted_at is null \
         ) \
         select up.person, coalesce(a.through_id, up.id) as holder, t.group_id, min(a.starts_at) as starts_at, \
           case when bool_or(a.ends_at is null) then null else max(a.ends_at) end as ends_at \
         from up join active_now a on a.principal_id = up.id join targets t on t.id = a.target_id and t.kind = 'member' \
         join groups g on g.id = t.group_id and g.deleted_at is null group by 1, 2, 3",
    )
    .bind(&people)
    .fetch_all(conn)
    .await?;
    let mut edges: BTreeMap<PersonId, Vec<Edge>> = BTreeMap::new();
    for own in rows {
        edges.entry(PersonId(own.person)).or_default().push(own.row.edge());
    }
    Ok(edges)
}

/// The refusal when putting `inner` into `outer` would close a circle, with the whole way round. Take [`lock`] first.
///
/// # Errors
/// The database can't be reached.
pub async fn circle(conn: &mut PgConnection, inner: GroupId, outer: GroupId) -> Result<Option<Refusal>> {
    let edges = outwards(conn, outer).await?;
    let Some(path) = effective::circle(inner, outer, &edges) else { return Ok(None) };
    let names = names(conn, &path).await?;
    Ok(Some(circle_refusal(&path, &names)))
}

/// As people read it: the way round, each step lying inside the next.
pub fn circle_refusal(path: &[GroupId], names: &BTreeMap<GroupId, String>) -> Refusal {
    let mut text = Text::say("A group can't lie inside itself: ");
    for (step, group) in path.iter().enumerate() {
        if step > 0 {
            text = text.then(" › ");
        }
        text = text.name(names.get(group).cloned().unwrap_or_else(|| group.to_string()));
    }
    Refusal::new(Code::Circle, text.then(".")).at("principal")
}

/// Names of groups, deleted ones included.
///
/// # Errors
/// The database can't be reached.
pub async fn names(conn: &mut PgConnection, ids: &[GroupId]) -> Result<BTreeMap<GroupId, String>> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let rows: Vec<(Uuid, String)> = sqlx::query_as("select id, display_name from groups where id = any ($1)")
        .bind(&ids)
        .fetch_all(conn)
        .await?;
    Ok(rows.into_iter().map(|(id, name)| (GroupId(id), name)).collect())
}

/// The groups of a path, in its order, for links.
///
/// # Errors
/// The database can't be reached.
pub async fn way(conn: &mut PgConnection, path: &Path) -> Result<Vec<groups::Label>> {
    let labels = labels(conn, &path.groups.iter().copied().collect(), When::Now).await?;
    Ok(path.groups.iter().filter_map(|group| labels.get(group).cloned()).collect())
}

/// Keys and names of groups that are not deleted, for links.
///
/// # Errors
/// The database can't be reached.
pub async fn labels(
    conn: &mut PgConnection,
    ids: &BTreeSet<GroupId>,
    when: When,
) -> Result<BTreeMap<GroupId, groups::Label>> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let sql = when.put("select g.id, g.key, g.display_name from groups g where g.id = any ($1) and {there}");
    let query = when.bind(sqlx::query_as(AssertSqlSafe(sql)).bind(&ids));
    let rows: Vec<(Uuid, String, String)> = query.fetch_all(conn).await?;
    Ok(rows.into_iter().map(|(id, key, name)| (GroupId(id), groups::Label { key, name })).collect())
}
