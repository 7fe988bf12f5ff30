//! What the directory here holds, as far as a plan must know it, and how it is loaded.

use crate::db::targets;
use crate::{Error, Result};
use domain::group::{GroupKind, Membership};
use domain::ids::{GroupId, PersonId, PrincipalId};
use domain::principal::{Source, UserType};
use domain::role::Role;
use domain::target::Access;
use sqlx::PgConnection;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Everything a plan must know.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// People, those who are deleted included.
    pub people: BTreeMap<PersonId, KnownPerson>,
    /// Groups, those that are deleted included.
    pub groups: BTreeMap<GroupId, KnownGroup>,
    /// Active assignments to groups that are not over.
    pub inside: BTreeMap<(GroupId, Access), BTreeMap<PrincipalId, Held>>,
    /// Groups that are eligible for membership of a group (the other one, then this one), as long as that is not over:
    /// a way in all the same, which a circle may lead over.
    pub eligible: Vec<(GroupId, GroupId)>,
    /// Active assignments of directory roles that are not over, activations left out.
    pub roles: BTreeSet<(Role, PrincipalId)>,
}

/// A person as known here.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KnownPerson {
    /// What may change.
    pub state: PersonState,
    /// May act.
    pub enabled: bool,
    /// Soft-deleted.
    pub deleted: bool,
}

/// What is kept of a person.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PersonState {
    /// What she signs in with.
    pub user_name: String,
    /// Name.
    pub display_name: String,
    /// Address for mail.
    pub mail: Option<String>,
    /// Job.
    pub job_title: Option<String>,
    /// Department.
    pub department: Option<String>,
    /// Member or guest.
    pub user_type: UserType,
    /// Cloud or on-premises.
    pub source: Source,
}

/// A group as known here.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KnownGroup {
    /// Address.
    pub key: String,
    /// What may change.
    pub state: GroupState,
    /// Under management.
    pub managed: bool,
    /// Soft-deleted.
    pub deleted: bool,
}

/// What is kept of a group.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GroupState {
    /// Name.
    pub display_name: String,
    /// What it gives.
    pub description: String,
    /// Security or Microsoft 365.
    pub kind: GroupKind,
    /// Assigned or dynamic.
    pub membership: Membership,
    /// The rule of a dynamic one.
    pub rule: Option<String>,
    /// Cloud or on-premises.
    pub source: Source,
    /// Fixed at creation.
    pub role_assignable: bool,
}

/// How somebody is in a group.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Held {
    /// Without an activation.
    pub standing: bool,
    /// As found in the directory.
    pub directory: bool,
}

#[derive(sqlx::FromRow)]
struct UserRow {
    id: Uuid,
    user_name: String,
    display_name: String,
    mail: Option<String>,
    job_title: Option<String>,
    department: Option<String>,
    user_type: String,
    source: String,
    enabled: bool,
    deleted: bool,
}

#[derive(sqlx::FromRow)]
struct HeldRow {
    target_id: Uuid,
    kind: String,
    group_id: Option<Uuid>,
    role: Option<String>,
    principal_id: Uuid,
    standing: bool,
    directory: bool,
}

/// Loads everything. Call it with the directory held still.
///
/// # Errors
/// The database can't be reached, or a row can't be.
pub async fn load(conn: &mut PgConnection) -> Result<Facts> {
    let mut facts = Facts {
        people: people(conn).await?,
        groups: groups(conn).await?,
        eligible: eligible(conn).await?,
        ..Facts::default()
    };
    let held: Vec<HeldRow> = sqlx::query_as(
        "select t.id as target_id, t.kind, t.group_id, t.role, a.principal_id, \
           bool_or(a.origin <> 'activated') as standing, bool_or(a.origin = 'directory') as directory \
         from assignments a join targets t on t.id = a.target_id \
         where a.kind = 'active' and (a.ends_at is null or a.ends_at > greatest(clock(), a.starts_at)) group by t.id, a.principal_id",
    )
    .fetch_all(conn)
    .await?;
    for row in held {
        let principal = PrincipalId(row.principal_id);
        let role = row.role.as_deref().and_then(Role::parse);
        match (row.group_id, Access::parse(&row.kind), role) {
            (Some(group), Some(access), None) => {
                let held = Held { standing: row.standing, directory: row.directory };
                facts.inside.entry((GroupId(group), access)).or_default().insert(principal, held);
            }
            (None, None, Some(role)) if row.standing => {
                facts.roles.insert((role, principal));
            }
            (None, None, Some(_)) => {}
            _ => {
                return Err(Error::inconsistent("targets", row.target_id, "kind, group and role do not fit"));
            }
        }
    }
    Ok(facts)
}

async fn people(conn: &mut PgConnection) -> Result<BTreeMap<PersonId, KnownPerson>> {
    let rows: Vec<UserRow> = sqlx::query_as(
        "select id, user_name, display_name, mail, job_title, department, user_type, source, enabled, \
         deleted_at is not null as deleted from users",
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let user_type = UserType::parse(&row.user_type)
                .ok_or_else(|| Error::inconsistent("users", row.id, "user_type"))?;
            let source = if row.source == Source::Cloud.wire() { Source::Cloud } else { Source::OnPremises };
            let state = PersonState {
                user_name: row.user_name,
                display_name: row.display_name,
                mail: row.mail,
                job_title: row.job_title,
                department: row.department,
                user_type,
                source,
            };
            Ok((PersonId(row.id), KnownPerson { state, enabled: row.enabled, deleted: row.deleted }))
        })
        .collect()
}

async fn groups(conn: &mut PgConnection) -> Result<BTreeMap<GroupId, KnownGroup>> {
    let rows: Vec<crate::db::groups::GroupRow> = sqlx::query_as(
        "select id, key, display_name, description, group_kind, membership, source, role_assignable, managed_at, \
         deleted_at from groups",
    )
    .fetch_all(&mut *conn)
    .await?;
    let rules: Vec<(Uuid, String)> =
        sqlx::query_as("select id, membership_rule from groups where membership_rule is not null")
            .fetch_all(conn)
            .await?;
    let mut rules: BTreeMap<Uuid, String> = rules.into_iter().collect();
    rows.into_iter()
        .map(|row| {
            let group = row.rules()?;
            let state = GroupState {
                display_name: row.display_name,
                description: row.description,
                kind: group.kind,
                membership: group.membership,
                rule: rules.remove(&row.id),
                source: group.source,
                role_assignable: group.role_assignable,
            };
            let known = KnownGroup { key: row.key, state, managed: group.managed, deleted: group.deleted };
            Ok((group.id, known))
        })
        .collect()
}

async fn eligible(conn: &mut PgConnection) -> Result<Vec<(GroupId, GroupId)>> {
    let rows: Vec<(Uuid, Uuid)> = sqlx::query_as(
        "select g.id, t.group_id from assignments a join groups g on g.id = a.principal_id \
         join targets t on t.id = a.target_id and t.kind = 'member' \
         where a.kind = 'eligible' and (a.ends_at is null or a.ends_at > greatest(clock(), a.starts_at))",
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|(inner, outer)| (GroupId(inner), GroupId(outer))).collect())
}

/// Ids of the targets that a plan writes to, made when they are first needed.
///
/// # Errors
/// The database can't be reached.
pub async fn target_ids(
    conn: &mut PgConnection,
    wanted: &BTreeSet<domain::target::Target>,
) -> Result<BTreeMap<domain::target::Target, domain::ids::TargetId>> {
    let mut ids = BTreeMap::new();
    for target in wanted {
        ids.insert(*target, targets::ensure(conn, *target).await?);
    }
    Ok(ids)
}
