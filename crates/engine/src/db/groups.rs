//! Groups.

use crate::{Error, Result};
use chrono::{DateTime, Utc};
use domain::group::{Group, GroupKind, Membership};
use domain::ids::GroupId;
use domain::principal::Source;
use sqlx::PgConnection;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// A row of `groups`.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct GroupRow {
    /// Id.
    pub id: Uuid,
    /// Address.
    pub key: String,
    /// Name.
    pub display_name: String,
    /// What it gives.
    pub description: String,
    /// Security or Microsoft 365.
    pub group_kind: String,
    /// Assigned or dynamic.
    pub membership: String,
    /// Cloud or on-premises.
    pub source: String,
    /// Fixed at creation.
    pub role_assignable: bool,
    /// Since when under management.
    pub managed_at: Option<DateTime<Utc>>,
    /// Soft-deleted.
    pub deleted_at: Option<DateTime<Utc>>,
}

impl GroupRow {
    /// Typed id.
    pub fn group_id(&self) -> GroupId {
        GroupId(self.id)
    }

    /// As the rules know it.
    ///
    /// # Errors
    /// A word in the row is unknown.
    pub fn rules(&self) -> Result<Group> {
        let bad = |what: &str| Error::inconsistent("groups", self.id, what);
        Ok(Group {
            id: GroupId(self.id),
            kind: match self.group_kind.as_str() {
                "security" => GroupKind::Security,
                "microsoft365" => GroupKind::Microsoft365,
                _ => return Err(bad("group_kind")),
            },
            membership: match self.membership.as_str() {
                "assigned" => Membership::Assigned,
                "dynamic" => Membership::Dynamic,
                _ => return Err(bad("membership")),
            },
            source: match self.source.as_str() {
                "cloud" => Source::Cloud,
                "on_premises" => Source::OnPremises,
                _ => return Err(bad("source")),
            },
            role_assignable: self.role_assignable,
            managed: self.managed_at.is_some(),
            deleted: self.deleted_at.is_some(),
        })
    }
}

/// Finds a group that is not deleted by its id.
///
/// # Errors
/// The database can't be reached.
pub async fn find(conn: &mut PgConnection, id: GroupId) -> Result<Option<GroupRow>> {
    let row = sqlx::query_as(
        "select id, key, display_name, description, group_kind, membership, source, role_assignable, managed_at, \
         deleted_at from groups where id = $1 and deleted_at is null",
    )
    .bind(id.0)
    .fetch_optional(conn)
    .await?;
    Ok(row)
}

/// Finds those of these groups that are not deleted.
///
/// # Errors
/// The database can't be reached.
pub async fn by_ids(conn: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<GroupRow>> {
    let rows = sqlx::query_as(
        "select id, key, display_name, description, group_kind, membership, source, role_assignable, managed_at, \
         deleted_at from groups where id = any ($1) and deleted_at is null",
    )
    .bind(ids)
    .fetch_all(conn)
    .await?;
    Ok(rows)
}

/// Finds a group that is not deleted by its address.
///
/// # Errors
/// The database can't be reached.
pub async fn by_key(conn: &mut PgConnection, key: &str) -> Result<Option<GroupRow>> {
    let row = sqlx::query_as(
        "select id, key, display_name, description, group_kind, membership, source, role_assignable, managed_at, \
         deleted_at from groups where key = $1 and deleted_at is null",
    )
    .bind(key)
    .fetch_optional(conn)
    .await?;
    Ok(row)
}

/// Names of the effective owners now, people only, by name.
///
/// # Errors
/// The database can't be reached.
pub async fn owner_names(conn: &mut PgConnection, id: GroupId) -> Result<Vec<String>> {
    let names = sqlx::query_scalar(
        "select u.display_name from targets t join active_now a on a.target_id = t.id \
         join users u on u.id = a.principal_id and u.enabled and u.deleted_at is null \
         where t.group_id = $1 and t.kind = 'owner' group by u.id, u.display_name order by lower(u.display_name), u.id",
    )
    .bind(id.0)
    .fetch_all(conn)
    .await?;
    Ok(names)
}

/// What is written of a new group.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewGroup {
    /// Id.
    pub id: GroupId,
    /// Address for ever.
    pub key: String,
    /// Name.
    pub display_name: String,
    /// What it gives.
    pub description: String,
    /// Security or Microsoft 365.
    pub kind: GroupKind,
    /// For ever.
    pub role_assignable: bool,
}

/// Writes a new group with assigned members. `false`: the key is taken, nothing was written.
///
/// # Errors
/// The database can't be reached.
pub async fn insert(conn: &mut PgConnection, new: &NewGroup) -> Result<bool> {
    sqlx::query("insert into principals (id, kind) values ($1, 'group')")
        .bind(new.id.0)
        .execute(&mut *conn)
        .await?;
    let done = sqlx::query(
        "insert into groups (id, key, display_name, description, group_kind, role_assignable) \
         values ($1, $2, $3, $4, $5, $6) on conflict (key) do nothing",
    )
    .bind(new.id.0)
    .bind(&new.key)
    .bind(&new.display_name)
    .bind(&new.description)
    .bind(new.kind.wire())
    .bind(new.role_assignable)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// How a group is shown where only its name is needed.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Label {
    /// Address.
    pub key: String,
    /// Name.
    pub name: String,
}

/// The same for several groups, in one statement.
///
/// # Errors
/// The database can't be reached.
pub async fn owner_names_of(
    conn: &mut PgConnection,
    groups: &BTreeSet<GroupId>,
) -> Result<BTreeMap<GroupId, Vec<String>>> {
    let ids: Vec<Uuid> = groups.iter().map(|group| group.0).collect();
    let rows: Vec<(Uuid, String)> = sqlx::query_as(
        "select t.group_id, u.display_name from targets t join active_now a on a.target_id = t.id \
         join users u on u.id = a.principal_id and u.enabled and u.deleted_at is null \
         where t.group_id = any ($1) and t.kind = 'owner' group by t.group_id, u.id, u.display_name \
         order by lower(u.display_name), u.id",
    )
    .bind(ids)
    .fetch_all(conn)
    .await?;
    let mut names: BTreeMap<GroupId, Vec<String>> = BTreeMap::new();
    for (group, name) in rows {
        names.entry(GroupId(group)).or_default().push(name);
    }
    Ok(names)
}

/// How many role-assignable groups there are. Until the end of the transaction nobody else makes one or takes one back, so that two
/// at once don't both find room for the last.
///
/// # Errors
/// The database can't be reached.
pub async fn count_role_assignable(conn: &mut PgConnection) -> Result<i64> {
    sqlx::query("select pg_advisory_xact_lock(hashtextextended('pimento role-assignable groups', 0))")
        .execute(&mut *conn)
        .await?;
    let count = "select count(*) from groups where role_assignable and deleted_at is null";
    Ok(sqlx::query_scalar(count).fetch_one(conn).await?)
}
