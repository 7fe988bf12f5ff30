//! Facts for `domain::authz`: the roles a person holds now, and how she stands to groups and people.

use crate::db::groups::{self, GroupRow};
use crate::{Ctx, Error, Result};
use domain::authz::{Action, Actor, GroupFacts, PersonFacts, Relation, ReviewFacts, allows};
use domain::group::Membership;
use domain::ids::PersonId;
use domain::principal::Source;
use domain::role::Role;
use domain::target::Target;
use sqlx::{AssertSqlSafe, PgConnection};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// An enabled person with the directory roles effectively held now, directly or through groups; `None` when she is
/// unknown, disabled or deleted.
///
/// # Errors
/// The database can't be reached.
pub async fn actor(conn: &mut PgConnection, person: PersonId) -> Result<Option<Actor>> {
    let held: Option<Vec<String>> = sqlx::query_scalar(
        "select array(select distinct t.role from groups_above($1) up \
           join active_now a on a.principal_id = up.id join targets t on t.id = a.target_id and t.kind = 'role') \
         from users where id = $1 and enabled and deleted_at is null",
    )
    .bind(person.0)
    .fetch_optional(conn)
    .await?;
    let Some(held) = held else { return Ok(None) };
    let roles: BTreeSet<Role> = held.iter().filter_map(|word| Role::parse(word)).collect();
    Ok(Some(Actor { person, roles }))
}

/// Refuses as "not here" what the actor may not do: unknown and forbidden look alike.
///
/// # Errors
/// The refusal.
pub fn require(ctx: &Ctx, action: &Action) -> Result<()> {
    if allows(&ctx.actor, action) { Ok(()) } else { Err(Error::not_found()) }
}

/// The groups that the person $1 lies in now, herself among them, and those she could lie in if she switched on what
/// she is eligible for.
pub(crate) const COULD: &str = "with own as materialized (select id from groups_above($1)), \
    could as materialized ( \
      select up.id from assignments e join targets t on t.id = e.target_id and t.kind = 'member' \
      cross join lateral groups_above(t.group_id) up where e.principal_id in (select id from own) \
        and e.kind = 'eligible' and (e.ends_at is null or e.ends_at > greatest(clock(), e.starts_at)))";

/// Whom the policy in force names as approvers of the targets `t`.
const NAMED: &str = "join lateral (select settings from policies p where p.target_id = t.id \
      order by version desc limit 1) p on true, \
    jsonb_array_elements(named_in(p.settings #> '{activation,approval}')) named";

/// How a person stands to each of these groups now.
async fn relations(
    conn: &mut PgConnection,
    person: PersonId,
    groups: &[Uuid],
) -> Result<BTreeMap<Uuid, Relation>> {
    let rows: Vec<(Uuid, bool, bool, bool, bool)> = sqlx::query_as(AssertSqlSafe(format!(
        "{COULD} select asked.id, \
           exists (select from active_now a join targets t on t.id = a.target_id \
                   where t.group_id = asked.id and t.kind = 'owner' and a.principal_id in (select id from own)), \
           exists (select from active_now a join targets t on t.id = a.target_id \
                   where t.group_id = asked.id and t.kind = 'member' and a.principal_id in (select id from own)), \
           exists (select from assignments a join targets t on t.id = a.target_id \
                   where t.group_id = asked.id and a.kind = 'eligible' \
                     and a.principal_id in (select id from own union select id from could) \
                     and (a.ends_at is null or a.ends_at > greatest(clock(), a.starts_at))), \
           exists (select from targets t {NAMED} where t.group_id = asked.id \
                     and coalesce(named ->> 'person', named ->> 'group')::uuid in (select id from own)) \
         from unnest($2::uuid[]) as asked (id)"
    )))
    .bind(person.0)
    .bind(groups)
    .fetch_all(conn)
    .await?;
    let relation =
        |(id, owner, member, eligible, approver)| (id, Relation { owner, member, eligible, approver });
    Ok(rows.into_iter().map(relation).collect())
}

/// Those of these groups whose page is open to the actor: to the others there is no link.
///
/// # Errors
/// The database can't be reached.
pub async fn open_groups(conn: &mut PgConnection, ctx: &Ctx, groups: &[Uuid]) -> Result<BTreeSet<Uuid>> {
    if groups.is_empty() {
        return Ok(BTreeSet::new());
    }
    let rows = groups::by_ids(conn, groups).await?;
    let stands = relations(conn, ctx.person(), groups).await?;
    let mut open = BTreeSet::new();
    for row in rows {
        let facts = facts(&row, stands.get(&row.id).copied().unwrap_or_default())?;
        if allows(&ctx.actor, &Action::SeeGroup(facts)) {
            open.insert(row.id);
        }
    }
    Ok(open)
}

/// Those of these people whose page is open to the actor: to the others there is no link.
///
/// # Errors
/// The database can't be reached.
pub async fn open_people(conn: &mut PgConnection, ctx: &Ctx, people: &[Uuid]) -> Result<BTreeSet<Uuid>> {
    if people.is_empty() {
        return Ok(BTreeSet::new());
    }
    let known = known(conn, ctx.person(), people).await?;
    let open = |id: &Uuid| {
        let facts =
            PersonFacts { is_self: ctx.person().0 == *id, protected: false, known: known.contains(id) };
        allows(&ctx.actor, &Action::SeePerson(facts))
    };
    Ok(people.iter().copied().filter(open).collect())
}

/// Those of these groups that the actor owns now.
///
/// # Errors
/// The database can't be reached.
pub async fn owned(conn: &mut PgConnection, ctx: &Ctx, groups: &[Uuid]) -> Result<BTreeSet<Uuid>> {
    let stands = relations(conn, ctx.person(), groups).await?;
    Ok(stands.into_iter().filter(|(_, relation)| relation.owner).map(|(group, _)| group).collect())
}

/// The review of what this person did to this target, as the permission table sees it.
///
/// # Errors
/// The database can't be reached.
pub async fn review_facts(
    conn: &mut PgConnection,
    ctx: &Ctx,
    person: PersonId,
    target: Target,
) -> Result<ReviewFacts> {
    let its: Vec<Uuid> = target.group().into_iter().map(|group| group.0).collect();
    let owner = !owned(conn, ctx, &its).await?.is_empty();
    let group = match target.group() {
        Some(group) => groups::find(conn, group).await?,
        None => None,
    };
    let role_assignable = group.is_none_or(|group| group.role_assignable);
    Ok(ReviewFacts { own: ctx.person() == person, owner, role_assignable })
}

/// A group as the permission table sees it, for this actor.
///
/// # Errors
/// The database can't be reached.
pub async fn group_facts(conn: &mut PgConnection, ctx: &Ctx, group: &GroupRow) -> Result<GroupFacts> {
    let relation = relations(conn, ctx.person(), &[group.id]).await?.remove(&group.id);
    facts(group, relation.unwrap_or_default())
}

/// A directory role as the permission table sees it, for this actor.
///
/// # Errors
/// The database can't be reached.
pub async fn role_facts(conn: &mut PgConnection, ctx: &Ctx, role: Role) -> Result<GroupFacts> {
    let (eligible, approver): (bool, bool) = sqlx::query_as(AssertSqlSafe(format!(
        "{COULD} select exists (select from assignments a join targets t on t.id = a.target_id and t.role = $2 \
                   where a.kind = 'eligible' and a.principal_id in (select id from own union select id from could) \
                     and (a.ends_at is null or a.ends_at > greatest(clock(), a.starts_at))), \
           exists (select from targets t {NAMED} where t.role = $2 and coalesce(named ->> 'person', named ->> 'group')::uuid in (select id from own))"
    )))
    .bind(ctx.person().0)
    .bind(role.wire())
    .fetch_one(conn)
    .await?;
    let member = ctx.actor.roles.contains(&role);
    Ok(GroupFacts::of_role(Relation { owner: false, member, eligible, approver }))
}

/// What is held as the permission table sees it, for this actor; `None` when its group is gone.
///
/// # Errors
/// The database can't be reached.
pub async fn target_facts(conn: &mut PgConnection, ctx: &Ctx, target: Target) -> Result<Option<GroupFacts>> {
    match target {
        Target::Role(role) => Ok(Some(role_facts(conn, ctx, role).await?)),
        Target::Member(group) | Target::Owner(group) => match groups::find(conn, group).await? {
            Some(group) => Ok(Some(group_facts(conn, ctx, &group).await?)),
            None => Ok(None),
        },
    }
}

/// A group as the permission table sees it, for somebody who stands to it in this way.
///
/// # Errors
/// A word in the row is unknown.
pub(crate) fn facts(group: &GroupRow, relation: Relation) -> Result<GroupFacts> {
    let rules = group.rules()?;
    Ok(GroupFacts {
        role_assignable: rules.role_assignable,
        managed: rules.managed,
        microsoft365: rules.kind == domain::group::GroupKind::Microsoft365,
        fixed: rules.membership == Membership::Dynamic || rules.source == Source::OnPremises,
        relation,
    })
}

/// Refuses as "not here" a target that the actor may not know of: a group or role that she has no part in.
///
/// # Errors
/// The refusal, or the database can't be reached.
pub async fn require_known(conn: &mut PgConnection, ctx: &Ctx, target: Target) -> Result<()> {
    let facts = target_facts(conn, ctx, target).await?.ok_or_else(Error::not_found)?;
    require(ctx, &Action::SeeGroup(facts))
}

/// Whether the actor may assign many at once. Her groups are looked at only where her roles don't suffice.
///
/// # Errors
/// The database can't be reached.
pub async fn assigns_many(conn: &mut PgConnection, ctx: &Ctx) -> Result<bool> {
    if allows(&ctx.actor, &Action::AssignMany { owns: false }) {
        return Ok(true);
    }
    let owns = sqlx::query_scalar(
        "select exists (select from active_now a join targets t on t.id = a.target_id and t.kind = 'owner' \
           join groups g on g.id = t.group_id and g.managed_at is not null and g.deleted_at is null \
         where a.principal_id in (select id from groups_above($1)))",
    );
    let owns = owns.bind(ctx.person().0).fetch_one(conn).await?;
    Ok(allows(&ctx.actor, &Action::AssignMany { owns }))
}

/// Refuses as "not here" whoever may not assign many at once.
///
/// # Errors
/// The refusal, or the database can't be reached.
pub async fn require_assigns_many(conn: &mut PgConnection, ctx: &Ctx) -> Result<()> {
    if assigns_many(conn, ctx).await? { Ok(()) } else { Err(Error::not_found()) }
}

/// A person as the permission table sees her, for this actor. Protected: holds a directory role now, or is in or owns
/// a role-assignable group now (product.md section 3).
///
/// # Errors
/// The database can't be reached.
pub async fn person_facts(conn: &mut PgConnection, ctx: &Ctx, person: PersonId) -> Result<PersonFacts> {
    let protected: bool = sqlx::query_scalar(
        "with own as (select id from groups_above($1)) \
         select exists (select from active_now a join targets t on t.id = a.target_id \
                          left join groups g on g.id = t.group_id \
                        where a.principal_id in (select id from own) and (t.kind = 'role' or g.role_assignable))",
    )
    .bind(person.0)
    .fetch_one(&mut *conn)
    .await?;
    let known = known(conn, ctx.person(), &[person.0]).await?.contains(&person.0);
    Ok(PersonFacts { is_self: ctx.person() == person, protected, known })
}

/// Those of these people whom the viewer must know to do what is hers: she decided or can decide on a request of theirs, for herself or in somebody's place,
/// or owns a group that they asked for, are in, or are or lately were assigned to.
async fn known(conn: &mut PgConnection, viewer: PersonId, people: &[Uuid]) -> Result<BTreeSet<Uuid>> {
    let known: Vec<Uuid> = sqlx::query_scalar(
        "with own as materialized (select id from groups_above($1)), \
              owned as materialized (select t.group_id from active_now a \
                join targets t on t.id = a.target_id and t.kind = 'owner' where a.principal_id in (select id from own)) \
         select asked.id from unnest($2::uuid[]) as asked (id) where \
           exists (select from votes v join requests r on r.id = v.request_id \
                   where v.approver_id = $1 and r.principal_id = asked.id) \
           or exists (select from requests r join targets t on t.id = r.target_id \
                      join owned on owned.group_id = t.group_id where r.principal_id = asked.id) \
           or exists (select from requests r, \
                      jsonb_array_elements(named_now(r.rules -> 'approval', r.escalates_at, r.closed_at)) named \
                      where r.principal_id = asked.id and r.status = 'PendingApproval' \
                        and coalesce(named ->> 'person', named ->> 'group')::uuid in (select id from seats_of($1))) \
           or (exists (select from owned) and exists ( \
               select from groups_above(asked.id) up join assignments a on a.principal_id = up.id \
               join targets t on t.id = a.target_id join owned on owned.group_id = t.group_id \
               where a.ends_at is null or a.ends_at > clock() - interval '30 days'))",
    )
    .bind(viewer.0)
    .bind(people)
    .fetch_all(conn)
    .await?;
    Ok(known.into_iter().collect())
}
