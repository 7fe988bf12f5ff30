//! Who looks after a target: whom a notice means besides the person it is about and her approvers.

use crate::Result;
use crate::approvers::able_among;
use domain::authz::{Action, Actor, allows};
use domain::ids::{GroupId, PersonId, TargetId};
use domain::role::Role;
use sqlx::{AssertSqlSafe, PgConnection};
use std::collections::BTreeSet;
use uuid::Uuid;

/// The standing owners of its group, as in the reference (entra-pim-groups.md section 13). Where there are none, and for a
/// directory role, those whose role lets them manage it, so that silence never comes from an empty list.
///
/// # Errors
/// The database can't be reached.
pub async fn admins(conn: &mut PgConnection, target: TargetId) -> Result<BTreeSet<PersonId>> {
    look_after(conn, target, false).await
}

/// Who decides on extending and renewing it: the owners of its group now, also those who activated ownership; else as
/// for [`admins`].
///
/// # Errors
/// The database can't be reached.
pub async fn deciders_of_renewals(conn: &mut PgConnection, target: TargetId) -> Result<BTreeSet<PersonId>> {
    look_after(conn, target, true).await
}

/// The able people who own this group now, directly, through a group or by activation. Being in the group itself does not
/// count, whatever it owns.
///
/// # Errors
/// The database can't be reached.
pub async fn owners(conn: &mut PgConnection, group: GroupId) -> Result<BTreeSet<PersonId>> {
    let owners = "select a.principal_id from targets o join active_now a on a.target_id = o.id \
         where o.group_id = $1 and o.kind = 'owner'";
    let sql = able_among(&format!("array({owners})"), "$1");
    let owners: Vec<Uuid> = sqlx::query_scalar(AssertSqlSafe(sql)).bind(group.0).fetch_all(conn).await?;
    Ok(owners.into_iter().map(PersonId).collect())
}

async fn look_after(
    conn: &mut PgConnection,
    target: TargetId,
    activated: bool,
) -> Result<BTreeSet<PersonId>> {
    let owners = "select a.principal_id from targets t join targets o on o.group_id = t.group_id and o.kind = 'owner' \
         join active_now a on a.target_id = o.id and (a.origin <> 'activated' or $2) where t.id = $1";
    let owners: Vec<Uuid> = sqlx::query_scalar(AssertSqlSafe(able(owners)))
        .bind(target.0)
        .bind(activated)
        .fetch_all(&mut *conn)
        .await?;
    if !owners.is_empty() {
        return Ok(owners.into_iter().map(PersonId).collect());
    }
    let guarded: bool = sqlx::query_scalar("select role_assignable from things where id = $1")
        .bind(target.0)
        .fetch_optional(&mut *conn)
        .await?
        .unwrap_or(true);
    let second =
        if guarded { Role::PrivilegedRoleAdministrator } else { Role::IdentityGovernanceAdministrator };
    holders(conn, &[Role::GlobalAdministrator, second]).await
}

/// Everybody who is Global Administrator now, by any way.
///
/// # Errors
/// The database can't be reached.
pub async fn global_administrators(conn: &mut PgConnection) -> Result<BTreeSet<PersonId>> {
    holders(conn, &[Role::GlobalAdministrator]).await
}

/// Everybody who sees alerts now, by the permission table: whoever a role lets.
///
/// # Errors
/// The database can't be reached.
pub async fn who_sees_alerts(conn: &mut PgConnection) -> Result<BTreeSet<PersonId>> {
    let sees = |role: &Role| {
        let actor = Actor { person: PersonId(Uuid::nil()), roles: [*role].into() };
        allows(&actor, &Action::ReadAlerts)
    };
    let roles: Vec<Role> = Role::ALL.iter().copied().filter(sees).collect();
    holders(conn, &roles).await
}

/// Able people who hold one of these roles now, directly or through a group.
async fn holders(conn: &mut PgConnection, roles: &[Role]) -> Result<BTreeSet<PersonId>> {
    let roles: Vec<&str> = roles.iter().map(|role| role.wire()).collect();
    let holders = "select a.principal_id from targets t join active_now a on a.target_id = t.id where t.role = any ($1)";
    let people: Vec<Uuid> =
        sqlx::query_scalar(AssertSqlSafe(able(holders))).bind(roles).fetch_all(conn).await?;
    Ok(people.into_iter().map(PersonId).collect())
}

/// The query for the able people among these principals, or in groups among them.
fn able(principals: &str) -> String {
    format!(
        "with named (id) as ({principals}) select u.id from users u where u.enabled and u.deleted_at is null \
           and (u.id in (select id from named) or u.id in (select id from people_within(array(select id from named))))"
    )
}
