//! The guards of the last holder (product.md 4.12): a role-assignable group keeps an effective owner, the directory
//! keeps an effective Global Administrator with a working second factor. Who activated it is not one who counts: that ends by itself. A use case that takes access away locks what
//! is guarded, counts before, writes, and counts again in the same transaction.

use crate::db::groups::GroupRow;
use crate::db::targets::{self, Hold};
use crate::{Result, administrators};
use domain::ids::{PersonId, PrincipalId};
use domain::refusal::{Code, Refusal};
use domain::role::Role;
use domain::target::Target;
use domain::text::Text;
use sqlx::{AssertSqlSafe, PgConnection};
use std::collections::BTreeSet;
use uuid::Uuid;

/// What was there before the change.
#[derive(Debug)]
pub struct Watch {
    owned: Vec<Owned>,
    administrators: Option<administrators::Guard>,
}

/// A role-assignable group that somebody able owns.
#[derive(Debug, sqlx::FromRow)]
struct Owned {
    id: Uuid,
    key: String,
    name: String,
}

/// Locks what a change of somebody's access to this target may endanger, and looks what is there. Call it after the
/// slots, requests and assignments are locked.
///
/// # Errors
/// The database can't be reached.
pub async fn watch(conn: &mut PgConnection, target: Target) -> Result<Watch> {
    let target_id = targets::ensure(conn, target).await?;
    targets::lock(conn, target_id, Hold::Change).await?;
    let (owned, leads_there) = match target {
        Target::Owner(group) => (owned(conn, &[group.0]).await?, false),
        Target::Member(group) => {
            let through = owned_through(conn, group.into()).await?;
            (through, leads_to_administrator(conn, group.into()).await?)
        }
        Target::Role(role) => (Vec::new(), role == Role::GlobalAdministrator),
    };
    let administrators = if leads_there { Some(administrators::guard(conn).await?) } else { None };
    Ok(Watch { owned, administrators })
}

/// The same for a person who leaves everything at once, by being disabled.
///
/// # Errors
/// The database can't be reached.
pub async fn watch_person(conn: &mut PgConnection, person: PersonId) -> Result<Watch> {
    let owned = owned_through(conn, person.into()).await?;
    Ok(Watch { owned, administrators: Some(administrators::guard(conn).await?) })
}

/// The same for a change of the whole directory.
///
/// # Errors
/// The database can't be reached.
pub async fn watch_all(conn: &mut PgConnection) -> Result<Watch> {
    let groups: Vec<Uuid> =
        sqlx::query_scalar("select id from groups where role_assignable and deleted_at is null")
            .fetch_all(&mut *conn)
            .await?;
    let owned = owned(conn, &groups).await?;
    Ok(Watch { owned, administrators: Some(administrators::guard(conn).await?) })
}

impl Watch {
    /// Looks again after the change was written.
    ///
    /// # Errors
    /// The refusal: the last one would be gone. Or the database can't be reached.
    pub async fn check(&self, conn: &mut PgConnection) -> Result<()> {
        let before: Vec<Uuid> = self.owned.iter().map(|group| group.id).collect();
        let after: BTreeSet<Uuid> = able_owned(conn, &before).await?.iter().map(|group| group.id).collect();
        if let Some(lost) = self.owned.iter().find(|group| !after.contains(&group.id)) {
            let text = Text::default().name(&lost.name).then(" needs one active owner.");
            let way = format!("/groups/{}/assign?role=owner&kind=active", lost.key);
            let refusal = Refusal::new(Code::LastOwner, text).at("successor");
            return Err(refusal.way("Make somebody an owner first", way).into());
        }
        match &self.administrators {
            Some(guard) => guard.check(conn).await,
            None => Ok(()),
        }
    }
}

/// The role-assignable groups that are owned through this principal.
async fn owned_through(conn: &mut PgConnection, principal: PrincipalId) -> Result<Vec<Owned>> {
    let groups: Vec<Uuid> = sqlx::query_scalar(
        "select distinct t.group_id from groups_above($1) up join active_now a on a.principal_id = up.id \
         join targets t on t.id = a.target_id and t.kind = 'owner' join groups g on g.id = t.group_id \
         where g.role_assignable",
    )
    .bind(principal.0)
    .fetch_all(&mut *conn)
    .await?;
    owned(conn, &groups).await
}

/// Lets only one transaction at a time take owners of these groups away, and looks which of them have one.
async fn owned(conn: &mut PgConnection, groups: &[Uuid]) -> Result<Vec<Owned>> {
    sqlx::query(
        "select 1 from targets where group_id = any ($1) and kind = 'owner' order by id for no key update",
    )
    .bind(groups)
    .execute(&mut *conn)
    .await?;
    able_owned(conn, groups).await
}

/// The query for the able people who own this group now, by nothing that anybody activated.
fn standing_owners(group: &str) -> String {
    standing_holders(&format!("t.group_id = {group} and t.kind = 'owner'"))
}

/// The query for the able people who hold the target `t` of this condition now, by nothing that anybody activated (such a way ends by
/// itself), and whether one of their ways has no end at all: `id` and `for_good`.
pub(crate) fn standing_holders(which: &str) -> String {
    format!(
        "with recursive down (id, for_good) as ( \
           select a.principal_id, a.ends_at is null from targets t \
           join active_now a on a.target_id = t.id and a.origin <> 'activated' where {which} \
           union \
           select a.principal_id, down.for_good and a.ends_at is null \
           from down join groups h on h.id = down.id and h.deleted_at is null \
           join targets t on t.group_id = h.id and t.kind = 'member' \
           join active_now a on a.target_id = t.id and a.origin <> 'activated') \
         select u.id, bool_or(down.for_good) as for_good from down join users u on u.id = down.id \
         where u.enabled and u.deleted_at is null group by u.id"
    )
}

async fn able_owned(conn: &mut PgConnection, groups: &[Uuid]) -> Result<Vec<Owned>> {
    if groups.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "select g.id, g.key, g.display_name as name from groups g \
         where g.id = any ($1) and g.role_assignable and g.deleted_at is null and exists ({}) \
         order by lower(g.display_name), g.id",
        standing_owners("g.id"),
    );
    Ok(sqlx::query_as(AssertSqlSafe(sql)).bind(groups).fetch_all(conn).await?)
}

/// Whether being in this group now makes somebody a Global Administrator.
async fn leads_to_administrator(conn: &mut PgConnection, group: PrincipalId) -> Result<bool> {
    let leads = sqlx::query_scalar(
        "select exists (select from groups_above($1) up join active_now a on a.principal_id = up.id \
                        join targets t on t.id = a.target_id and t.role = $2)",
    )
    .bind(group.0)
    .bind(Role::GlobalAdministrator.wire())
    .fetch_one(conn)
    .await?;
    Ok(leads)
}

/// Who is the only one who owns a role-assignable group, and does so herself: her Remove is shown disabled.
///
/// # Errors
/// The database can't be reached.
pub async fn only_owner(conn: &mut PgConnection, group: &GroupRow) -> Result<Option<PersonId>> {
    if !group.role_assignable {
        return Ok(None);
    }
    let sql = format!("select id from ({}) owners limit 2", standing_owners("$1"));
    let owners: Vec<Uuid> =
        sqlx::query_scalar(AssertSqlSafe(sql)).bind(group.group_id().0).fetch_all(&mut *conn).await?;
    let [only] = owners[..] else { return Ok(None) };
    let direct = sqlx::query_scalar(
        "select a.principal_id from targets t join active_now a on a.target_id = t.id and a.origin <> 'activated' \
         where t.group_id = $1 and t.kind = 'owner' and a.principal_id = $2 limit 1",
    );
    let id: Option<Uuid> = direct.bind(group.group_id().0).bind(only).fetch_optional(conn).await?;
    Ok(id.map(PersonId))
}
