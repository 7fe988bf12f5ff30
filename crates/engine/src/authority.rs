//! Facts for `domain::authz`: the roles a person holds now, and how she stands to groups and people.

use crate::db::groups::GroupRow;
use crate::{Ctx, Error, Result};
use domain::authz::{Action, Actor, GroupFacts, PersonFacts, Relation, allows};
use domain::group::Membership;
use domain::ids::{GroupId, PersonId};
use domain::principal::Source;
use domain::role::Role;
use sqlx::PgConnection;
use std::collections::BTreeSet;

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

/// How a person stands to a group now.
///
/// # Errors
/// The database can't be reached.
pub async fn relation(conn: &mut PgConnection, person: PersonId, group: GroupId) -> Result<Relation> {
    let (owner, member, eligible, approver): (bool, bool, bool, bool) = sqlx::query_as(
        "with own as (select id from groups_above($1)), \
              held as (select t.kind from active_now a join targets t on t.id = a.target_id \
                       where t.group_id = $2 and a.principal_id in (select id from own)) \
         select exists (select from held where kind = 'owner'), exists (select from held where kind = 'member'), \
           exists (select from assignments a join targets t on t.id = a.target_id \
                   where t.group_id = $2 and a.kind = 'eligible' and a.principal_id in (select id from own) \
                     and (a.ends_at is null or a.ends_at > clock())), \
           exists (select from targets t join lateral (select settings from policies p where p.target_id = t.id \
                     order by version desc limit 1) p on true, \
                   jsonb_array_elements(case jsonb_typeof(p.settings #> '{activation,approval,approvers}') when 'array' \
                     then p.settings #> '{activation,approval,approvers}' else '[]' end) named \
                   where t.group_id = $2 and coalesce(named ->> 'person', named ->> 'group')::uuid in (select id from own))",
    )
    .bind(person.0)
    .bind(group.0)
    .fetch_one(conn)
    .await?;
    Ok(Relation { owner, member, eligible, approver })
}

/// A group as the permission table sees it, for this actor.
///
/// # Errors
/// The database can't be reached.
pub async fn group_facts(conn: &mut PgConnection, ctx: &Ctx, group: &GroupRow) -> Result<GroupFacts> {
    let rules = group.rules()?;
    Ok(GroupFacts {
        role_assignable: rules.role_assignable,
        managed: rules.managed,
        microsoft365: rules.kind == domain::group::GroupKind::Microsoft365,
        fixed: rules.membership == Membership::Dynamic || rules.source == Source::OnPremises,
        relation: relation(conn, ctx.person(), rules.id).await?,
    })
}

/// A person as the permission table sees her, for this actor. Protected: holds a directory role now, or is in or owns
/// a role-assignable group now (product.md section 3).
///
/// # Errors
/// The database can't be reached.
pub async fn person_facts(conn: &mut PgConnection, ctx: &Ctx, person: PersonId) -> Result<PersonFacts> {
    let (protected, known): (bool, bool) = sqlx::query_as(
        "with own as (select id from groups_above($1)) \
         select exists (select from active_now a join targets t on t.id = a.target_id \
                          left join groups g on g.id = t.group_id \
                        where a.principal_id in (select id from own) and (t.kind = 'role' or g.role_assignable)), \
           exists (select from votes v join requests r on r.id = v.request_id \
                   where v.approver_id = $2 and r.principal_id = $1) \
           or exists (select from requests r join targets t on t.id = r.target_id \
                      join targets o on o.group_id = t.group_id and o.kind = 'owner' \
                      join active_now a on a.target_id = o.id and a.principal_id = $2 where r.principal_id = $1) \
           or exists (select from requests r, \
                      jsonb_array_elements(case jsonb_typeof(r.rules #> '{approval,approvers}') when 'array' \
                        then r.rules #> '{approval,approvers}' else '[]' end) named \
                      where r.principal_id = $1 and r.status = 'PendingApproval' \
                        and coalesce(named ->> 'person', named ->> 'group')::uuid in (select id from groups_above($2)))",
    )
    .bind(person.0)
    .bind(ctx.person().0)
    .fetch_one(conn)
    .await?;
    Ok(PersonFacts { is_self: ctx.person() == person, protected, known_from_requests: known })
}
