//! Groups that are not under management yet: which can be brought in by this person, and why not the others.

use crate::act::onboard;
use crate::ask::by_name::{Page, Placed, Turn, keeps_plan, looked_for};
use crate::{Ctx, Engine, Error, Result};
use chrono::{DateTime, Utc};
use domain::authz::{Action, GroupFacts, Relation, allows};
use domain::group::{Group, GroupKind, Membership};
use domain::ids::GroupId;
use domain::principal::Source;
use domain::refusal::Refusal;
use uuid::Uuid;

/// What the address asks for.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Letters of a name or key, from two on. Who looks for a name is also told of groups that are managed already.
    pub text: String,
    /// Of which kind.
    pub kind: Option<GroupKind>,
    /// Only those this person owns.
    pub owned: bool,
    /// Where the page begins.
    pub turn: Turn,
}

impl Wanted {
    /// Which groups, as far as this person may see them. What is not asked is not in the statement: a plan for both
    /// would use no index.
    fn conditions(&self, ctx: &Ctx) -> String {
        let text = match looked_for(&self.text) {
            Some(_) => " and lower(g.display_name || ' ' || g.key) like '%' || $4 || '%'",
            None => " and g.managed_at is null",
        };
        let all = allows(&ctx.actor, &Action::ListGroups) && !self.owned;
        let sight = if all { "" } else { " and g.id = any (array(select group_id from owned))" };
        let kind = if self.kind.is_some() { " and g.group_kind = $5" } else { "" };
        format!("{text}{sight}{kind}")
    }
}

/// A group.
#[derive(Clone, Debug)]
pub struct Row {
    place: String,
    /// As the rules know it.
    pub group: Group,
    /// Address.
    pub key: String,
    /// Name.
    pub name: String,
    /// People in it directly, now.
    pub people: i64,
    /// Groups in it directly, now.
    pub nested: i64,
    /// Owners now, by name.
    pub owners: Vec<String>,
    /// Since when under management.
    pub managed_at: Option<DateTime<Utc>>,
    /// This person owns it.
    pub owned: bool,
    /// Why it can't be brought in, by anybody or by this person; `None`: it can.
    pub why_not: Option<Refusal>,
}

impl Placed for Row {
    fn place(&self) -> (&str, Uuid) {
        (&self.place, self.group.id.0)
    }
}

#[derive(sqlx::FromRow)]
struct Raw {
    place: String,
    id: Uuid,
    key: String,
    name: String,
    group_kind: String,
    dynamic: bool,
    on_premises: bool,
    role_assignable: bool,
    managed_at: Option<DateTime<Utc>>,
    people: i64,
    nested: i64,
    owners: Vec<String>,
    owned: bool,
}

/// Lists groups; administrators see all, others those they own.
///
/// # Errors
/// The database can't be reached.
pub async fn discover(engine: &Engine, ctx: &Ctx, wanted: &Wanted) -> Result<Page<Row>> {
    let (name, id) = wanted.turn.bound();
    let rows: Vec<Raw> = sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "with own as materialized (select id from groups_above($3)), \
         owned as materialized ( \
           select distinct t.group_id from targets t join active_now a on a.target_id = t.id \
           where t.kind = 'owner' and a.principal_id in (select id from own)) \
         select lower(g.display_name) as place, g.id, g.key, g.display_name as name, g.group_kind, \
           g.membership = 'dynamic' as dynamic, g.source = 'on_premises' as on_premises, g.role_assignable, \
           g.managed_at, inside.people, inside.nested, owners.names as owners, \
           g.id in (select group_id from owned) as owned \
         from groups g \
         cross join lateral ( \
           select count(distinct u.id) as people, count(distinct n.id) as nested \
           from targets t join active_now a on a.target_id = t.id \
           left join users u on u.id = a.principal_id and u.enabled and u.deleted_at is null \
           left join groups n on n.id = a.principal_id and n.deleted_at is null \
           where t.group_id = g.id and t.kind = 'member') inside \
         cross join lateral ( \
           select array(select distinct u.display_name from targets t join active_now a on a.target_id = t.id \
             join users u on u.id = a.principal_id and u.enabled and u.deleted_at is null \
             where t.group_id = g.id and t.kind = 'owner' order by 1) as names) owners \
         where g.deleted_at is null{}{}",
        wanted.conditions(ctx),
        wanted.turn.sql("lower(g.display_name)", "g.id")
    )))
    .bind(name)
    .bind(id)
    .bind(ctx.person().0)
    .bind(looked_for(&wanted.text))
    .persistent(keeps_plan(&wanted.text))
    .bind(wanted.kind.map(GroupKind::wire))
    .fetch_all(&engine.pool)
    .await?;
    let rows = rows.into_iter().map(|raw| raw.judged(ctx)).collect::<Result<_>>()?;
    Ok(Page::of(rows, &wanted.turn))
}

impl Raw {
    fn judged(self, ctx: &Ctx) -> Result<Row> {
        let group = Group {
            id: GroupId(self.id),
            kind: GroupKind::parse(&self.group_kind)
                .ok_or_else(|| Error::inconsistent("groups", self.id, "group_kind"))?,
            membership: if self.dynamic { Membership::Dynamic } else { Membership::Assigned },
            source: if self.on_premises { Source::OnPremises } else { Source::Cloud },
            role_assignable: self.role_assignable,
            managed: self.managed_at.is_some(),
            deleted: false,
        };
        let facts = GroupFacts {
            role_assignable: group.role_assignable,
            managed: group.managed,
            microsoft365: group.kind == GroupKind::Microsoft365,
            fixed: self.dynamic || self.on_premises,
            relation: Relation { owner: self.owned, ..Relation::default() },
        };
        let allowed = allows(&ctx.actor, &Action::OnboardGroup(facts));
        let why_not = group
            .can_be_managed()
            .err()
            .or_else(|| (!allowed).then(|| onboard::not_yours(group.role_assignable)));
        Ok(Row {
            place: self.place,
            group,
            key: self.key,
            name: self.name,
            people: self.people,
            nested: self.nested,
            owners: self.owners,
            managed_at: self.managed_at,
            owned: self.owned,
            why_not,
        })
    }
}
