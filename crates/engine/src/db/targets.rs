//! What can be held, and the slot every transition locks first.

use crate::{Error, Result, ids};
use domain::ids::{GroupId, PrincipalId, TargetId};
use domain::role::Role;
use domain::target::{Access, Target};
use sqlx::PgConnection;
use uuid::Uuid;

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    kind: String,
    group_id: Option<Uuid>,
    role: Option<String>,
}

/// What a row says.
///
/// # Errors
/// Its columns do not fit each other.
pub(crate) fn read(id: TargetId, kind: &str, group: Option<Uuid>, role: Option<&str>) -> Result<Target> {
    match (kind, group.map(GroupId), role.and_then(Role::parse)) {
        ("member", Some(group), None) => Ok(Target::Member(group)),
        ("owner", Some(group), None) => Ok(Target::Owner(group)),
        ("role", None, Some(role)) => Ok(Target::Role(role)),
        _ => Err(Error::inconsistent("targets", id, "kind, group and role do not fit")),
    }
}

/// Finds a target by its id.
///
/// # Errors
/// The database can't be reached, or the row can't be.
pub async fn find(conn: &mut PgConnection, id: TargetId) -> Result<Option<Target>> {
    let row: Option<Row> = sqlx::query_as("select id, kind, group_id, role from targets where id = $1")
        .bind(id.0)
        .fetch_optional(conn)
        .await?;
    row.map(|row| read(TargetId(row.id), &row.kind, row.group_id, row.role.as_deref())).transpose()
}

/// The id of a target, made when it is first needed.
///
/// # Errors
/// The database can't be reached.
pub async fn ensure(conn: &mut PgConnection, target: Target) -> Result<TargetId> {
    let (kind, group, role) = match target {
        Target::Member(group) => (Access::Member.wire(), Some(group.0), None),
        Target::Owner(group) => (Access::Owner.wire(), Some(group.0), None),
        Target::Role(role) => ("role", None, Some(role.wire())),
    };
    let find = "select id from targets where kind = $1 and group_id is not distinct from $2 and role is not distinct from $3";
    let found: Option<Uuid> =
        sqlx::query_scalar(find).bind(kind).bind(group).bind(role).fetch_optional(&mut *conn).await?;
    if let Some(id) = found {
        return Ok(TargetId(id));
    }
    sqlx::query(
        "insert into targets (id, kind, group_id, role) values ($1, $2, $3, $4) on conflict do nothing",
    )
    .bind(ids::new())
    .bind(kind)
    .bind(group)
    .bind(role)
    .execute(&mut *conn)
    .await?;
    Ok(TargetId(sqlx::query_scalar(find).bind(kind).bind(group).bind(role).fetch_one(conn).await?))
}

/// Takes the slot of (principal, target): the first lock of every transition. Read the clock in the next statement.
///
/// # Errors
/// The database can't be reached.
pub async fn lock_slot(conn: &mut PgConnection, principal: PrincipalId, target: TargetId) -> Result<()> {
    let lock = "select 1 from slots where principal_id = $1 and target_id = $2 for update";
    let found = sqlx::query(lock).bind(principal.0).bind(target.0).fetch_optional(&mut *conn).await?;
    if found.is_none() {
        make_slot(conn, principal, target).await?;
        sqlx::query(lock).bind(principal.0).bind(target.0).execute(conn).await?;
    }
    Ok(())
}

/// Makes the slot if it is not there; of an unknown principal or target there is none.
pub(crate) async fn make_slot(
    conn: &mut PgConnection,
    principal: PrincipalId,
    target: TargetId,
) -> Result<()> {
    sqlx::query(
        "insert into slots (principal_id, target_id) select p.id, t.id from principals p, targets t \
         where p.id = $1 and t.id = $2 on conflict do nothing",
    )
    .bind(principal.0)
    .bind(target.0)
    .execute(conn)
    .await?;
    Ok(())
}

/// How a use case holds the policy of a target while it decides.
#[derive(Clone, Copy)]
pub enum Hold {
    /// Decides under the policy: it may not change meanwhile.
    Share,
    /// Changes the policy, or guards the last holder.
    Change,
}

/// Locks a target's row, which stands for its policy in the lock order. Not `for update`: a new slot, assignment or
/// request refers to this row, and two transactions that both wrote one would wait for each other here for ever.
///
/// # Errors
/// The database can't be reached.
pub async fn lock(conn: &mut PgConnection, id: TargetId, hold: Hold) -> Result<()> {
    let lock = match hold {
        Hold::Share => "select 1 from targets where id = $1 for share",
        Hold::Change => "select 1 from targets where id = $1 for no key update",
    };
    sqlx::query(lock).bind(id.0).execute(conn).await?;
    Ok(())
}
