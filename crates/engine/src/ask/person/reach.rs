//! What a person can reach and why: every group and directory role, on now or possible, with the path to it.

use crate::Result;
use crate::db::groups::Label;
use crate::nesting::{self, When};
use chrono::{DateTime, Utc};
use domain::effective::{self, Edge, Path};
use domain::ids::{GroupId, PersonId, PrincipalId};
use domain::role::Role;
use sqlx::{AssertSqlSafe, PgConnection};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// What is reached.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum What {
    /// A directory role.
    Role(Role),
    /// Ownership of a group.
    Owner(Label),
    /// Membership of a group.
    Member(Label),
}

/// Whether it works now.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum How {
    /// Works now without activation.
    Standing,
    /// Works now because it was activated.
    Activated,
    /// Can be activated.
    Eligible,
    /// Begins later.
    Later(DateTime<Utc>),
}

/// One thing that is reached.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reach {
    /// What.
    pub what: What,
    /// Whether it works now.
    pub how: How,
    /// The groups on the way, from the one she is in directly; empty when she holds it directly.
    pub path: Vec<Label>,
    /// First end on the way; `None` when nothing on it ends.
    pub until: Option<DateTime<Utc>>,
    /// What opens with it: directory roles and groups further on, as names.
    pub leads_to: Vec<String>,
}

#[derive(sqlx::FromRow)]
struct Held {
    principal_id: Uuid,
    kind: String,
    group_id: Option<Uuid>,
    role: Option<String>,
    assigned: String,
    origin: String,
    starts_at: DateTime<Utc>,
    ends_at: Option<DateTime<Utc>>,
    begun: bool,
}

/// Everything at this moment, on first, roles before groups.
pub(in crate::ask) async fn load(
    conn: &mut PgConnection,
    person: PersonId,
    when: When,
) -> Result<Vec<Reach>> {
    let start = PrincipalId::from(person);
    let edges = nesting::above(conn, &[start], when).await?;
    let within = effective::reached(start, &edges);
    let mut principals: Vec<Uuid> = within.keys().map(|group| group.0).collect();
    principals.push(person.0);
    let held = held(conn, &principals, when).await?;
    let further = Further::load(conn, &held, when).await?;
    let mut labels: BTreeSet<GroupId> = within.keys().copied().collect();
    labels.extend(held.iter().filter_map(|held| held.group_id.map(GroupId)));
    let labels = nesting::labels(conn, &labels, when).await?;
    let activated = activated(&held, person);
    let mut reach: Vec<Reach> = Vec::new();
    for (group, path) in &within {
        let Some(label) = labels.get(group) else { continue };
        let (last, way) = path.groups.split_last().unzip();
        let first = path.groups.first();
        reach.push(Reach {
            what: What::Member(label.clone()),
            how: if first.is_some_and(|first| activated.contains(first)) {
                How::Activated
            } else {
                How::Standing
            },
            path: named(way.unwrap_or_default(), &labels),
            until: path.until,
            leads_to: last.map(|group| further.roles_of(*group)).unwrap_or_default(),
        });
    }
    reach.extend(held.iter().filter_map(|held| one(held, person, &within, &labels, &activated, &further)));
    reach.sort_by(|a, b| (rank(a.how), &a.what, a.path.len()).cmp(&(rank(b.how), &b.what, b.path.len())));
    Ok(reach)
}

fn rank(how: How) -> u8 {
    match how {
        How::Activated => 0,
        How::Standing => 1,
        How::Eligible => 2,
        How::Later(_) => 3,
    }
}

fn named(path: &[GroupId], labels: &BTreeMap<GroupId, Label>) -> Vec<Label> {
    path.iter().filter_map(|group| labels.get(group).cloned()).collect()
}

/// Groups whose membership she switched on: what lies behind them is on for that long only.
fn activated(held: &[Held], person: PersonId) -> BTreeSet<GroupId> {
    let own = |held: &&Held| held.principal_id == person.0 && held.kind == "member" && held.begun;
    let standing: BTreeSet<Option<Uuid>> = held
        .iter()
        .filter(own)
        .filter(|held| held.assigned == "active" && held.origin != "activated")
        .map(|held| held.group_id)
        .collect();
    held.iter()
        .filter(own)
        .filter(|held| held.origin == "activated" && !standing.contains(&held.group_id))
        .filter_map(|held| held.group_id.map(GroupId))
        .collect()
}

/// One assignment that is no running membership: those are told by the path to them.
fn one(
    held: &Held,
    person: PersonId,
    within: &BTreeMap<GroupId, Path>,
    labels: &BTreeMap<GroupId, Label>,
    activated: &BTreeSet<GroupId>,
    further: &Further,
) -> Option<Reach> {
    let active = held.assigned == "active";
    if active && held.begun && held.kind == "member" {
        return None;
    }
    let path = if held.principal_id == person.0 { None } else { within.get(&GroupId(held.principal_id)) };
    let through = path.and_then(|path| path.groups.first());
    let how = match (held.begun, active) {
        (false, _) => How::Later(held.starts_at),
        (true, false) => How::Eligible,
        (true, true) if held.origin == "activated" => How::Activated,
        (true, true) if through.is_some_and(|first| activated.contains(first)) => How::Activated,
        (true, true) => How::Standing,
    };
    let (what, leads_to) = match (held.kind.as_str(), held.group_id.map(GroupId)) {
        ("member", Some(group)) => (What::Member(labels.get(&group)?.clone()), further.beyond(group)),
        ("owner", Some(group)) => (What::Owner(labels.get(&group)?.clone()), Vec::new()),
        _ => (What::Role(held.role.as_deref().and_then(Role::parse)?), Vec::new()),
    };
    let until = path.and_then(|path| path.until).into_iter().chain(held.ends_at).min();
    let path = path.map(|path| named(&path.groups, labels)).unwrap_or_default();
    Some(Reach { what, how, path, until, leads_to })
}

/// Assignments of her and of the groups she lies in that are not over.
async fn held(conn: &mut PgConnection, principals: &[Uuid], when: When) -> Result<Vec<Held>> {
    let sql = when.put(
        "select a.principal_id, t.kind, t.group_id, t.role, a.kind as assigned, a.origin, a.starts_at, a.ends_at, \
           a.starts_at <= {moment} as begun \
         from assignments a join targets t on t.id = a.target_id \
         left join groups g on g.id = t.group_id \
         where a.principal_id = any ($1) and (a.starts_at <= {moment} or a.created_at <= {moment}) \
           and (a.ends_at is null or a.ends_at > {moment}) \
           and (g.id is null or {there}) order by a.starts_at, a.id",
    );
    let query = when.bind(sqlx::query_as(AssertSqlSafe(sql)).bind(principals));
    Ok(query.fetch_all(conn).await?)
}

/// What lies behind groups: groups they are in, and roles these hold.
struct Further {
    edges: Vec<Edge>,
    names: BTreeMap<GroupId, String>,
    roles: BTreeMap<GroupId, Vec<String>>,
}

impl Further {
    async fn load(conn: &mut PgConnection, held: &[Held], when: When) -> Result<Self> {
        let starts: BTreeSet<Uuid> = held.iter().filter_map(|held| held.group_id).collect();
        let starts: Vec<PrincipalId> = starts.into_iter().map(PrincipalId).collect();
        let edges = nesting::above(conn, &starts, when).await?;
        let mut ids: BTreeSet<GroupId> = edges.iter().map(|edge| edge.group).collect();
        ids.extend(starts.iter().map(|start| GroupId(start.0)));
        let ids: Vec<GroupId> = ids.into_iter().collect();
        let names = nesting::names(conn, &ids).await?;
        let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
        let sql = when.put(
            "select a.principal_id, t.role from {active} a join targets t on t.id = a.target_id \
             where t.kind = 'role' and a.principal_id = any ($1) order by t.role",
        );
        let query = when.bind(sqlx::query_as(AssertSqlSafe(sql)).bind(&ids));
        let rows: Vec<(Uuid, String)> = query.fetch_all(conn).await?;
        let mut roles: BTreeMap<GroupId, Vec<String>> = BTreeMap::new();
        for (group, role) in rows {
            if let Some(role) = Role::parse(&role) {
                roles.entry(GroupId(group)).or_default().push(role.name().to_owned());
            }
        }
        Ok(Self { edges, names, roles })
    }

    fn roles_of(&self, group: GroupId) -> Vec<String> {
        self.roles.get(&group).cloned().unwrap_or_default()
    }

    /// Roles of the group itself, then every group behind it and their roles.
    fn beyond(&self, group: GroupId) -> Vec<String> {
        let mut names = self.roles_of(group);
        for next in effective::reached(group.into(), &self.edges).into_keys().filter(|next| *next != group) {
            names.extend(self.names.get(&next).cloned());
            names.extend(self.roles_of(next));
        }
        let mut seen = BTreeSet::new();
        names.retain(|name| seen.insert(name.clone()));
        names
    }
}
