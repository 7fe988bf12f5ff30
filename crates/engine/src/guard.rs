//! The guards of the last holder (product.md 4.12): a role-assignable group keeps an effective owner, the directory
//! keeps an effective Global Administrator with a working second factor. A use case that takes access away locks what
//! is guarded, counts before, writes, and counts again in the same transaction.

use crate::db::groups::GroupRow;
use crate::db::targets::{self, Hold};
use crate::{Result, administrators};
use domain::ids::{GroupId, PersonId, PrincipalId};
use domain::refusal::{Code, Refusal};
use domain::role::Role;
use domain::target::Target;
use domain::text::Text;
use sqlx::PgConnection;

/// What was there before the change.
#[derive(Debug)]
pub struct Watch {
    owners_of: Option<(GroupId, String, String)>,
    administrators: Option<administrators::Guard>,
}

/// Locks what a change of this principal's access to a group may endanger, and looks what is there. Call it after the
/// slots, requests and assignments are locked. `target` is what is being taken away.
///
/// # Errors
/// The database can't be reached.
pub async fn watch(conn: &mut PgConnection, group: &GroupRow, target: Target) -> Result<Watch> {
    let target_id = targets::ensure(conn, target).await?;
    targets::lock(conn, target_id, Hold::Change).await?;
    let guarded = group.role_assignable && matches!(target, Target::Owner(_));
    let owners_of = (guarded && owners(conn, group.group_id()).await? > 0)
        .then(|| (group.group_id(), group.display_name.clone(), group.key.clone()));
    let leads_there =
        matches!(target, Target::Member(_)) && leads_to_administrator(conn, group.group_id().into()).await?;
    let administrators = if leads_there { Some(administrators::guard(conn).await?) } else { None };
    Ok(Watch { owners_of, administrators })
}

impl Watch {
    /// Looks again after the change was written.
    ///
    /// # Errors
    /// The refusal: the last one would be gone. Or the database can't be reached.
    pub async fn check(&self, conn: &mut PgConnection) -> Result<()> {
        if let Some((group, name, key)) = &self.owners_of
            && owners(conn, *group).await? == 0
        {
            let text = Text::say("Not removed. ").name(name).then(" needs one active owner.");
            let refusal = Refusal::new(Code::LastOwner, text)
                .at("successor")
                .way("Make somebody an owner first", format!("/groups/{key}/assign?role=owner&kind=active"));
            return Err(refusal.into());
        }
        match &self.administrators {
            Some(guard) => guard.check(conn).await,
            None => Ok(()),
        }
    }
}

/// How many able people own a group effectively now, directly or through a group that owns it.
///
/// # Errors
/// The database can't be reached.
pub async fn owners(conn: &mut PgConnection, group: GroupId) -> Result<i64> {
    let count = sqlx::query_scalar(
        "with holders as (select a.principal_id as id from targets t join active_now a on a.target_id = t.id \
                          where t.group_id = $1 and t.kind = 'owner') \
         select count(*) from (select u.id from users u join holders h on h.id = u.id \
                               where u.enabled and u.deleted_at is null \
                               union select id from people_within(array(select id from holders))) people",
    )
    .bind(group.0)
    .fetch_one(conn)
    .await?;
    Ok(count)
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

/// Whether this person is the only effective owner of a role-assignable group: her Remove is shown disabled.
///
/// # Errors
/// The database can't be reached.
pub async fn only_owner(conn: &mut PgConnection, group: &GroupRow) -> Result<Option<PersonId>> {
    if !group.role_assignable || owners(conn, group.group_id()).await? != 1 {
        return Ok(None);
    }
    let id: Option<uuid::Uuid> = sqlx::query_scalar(
        "select u.id from targets t join active_now a on a.target_id = t.id join users u on u.id = a.principal_id \
         where t.group_id = $1 and t.kind = 'owner' and u.enabled and u.deleted_at is null limit 1",
    )
    .bind(group.group_id().0)
    .fetch_optional(conn)
    .await?;
    Ok(id.map(PersonId))
}
