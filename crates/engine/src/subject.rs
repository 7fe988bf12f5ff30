//! What has assignments, policies and requests of its own: a group or a directory role.

use crate::ask::thing::{Pick, Place};
use crate::db::groups::{self, GroupRow};
use crate::db::targets;
use crate::{Ctx, Error, Result, authority};
use domain::authz::GroupFacts;
use domain::ids::GroupId;
use domain::role::Role;
use domain::target::{Access, Target, TargetKind};
use sqlx::PgConnection;
use uuid::Uuid;

/// A group that is there, or a role of the catalogue.
#[derive(Clone, Debug)]
pub enum Subject {
    /// A group.
    Group(Box<GroupRow>),
    /// A role.
    Role(Role),
}

/// What a pick is of.
///
/// # Errors
/// There is no such group or role, or the database can't be reached.
pub async fn of(conn: &mut PgConnection, pick: &Pick) -> Result<Subject> {
    let place = match pick.kind {
        TargetKind::Member | TargetKind::Owner => Place::Group(pick.key.clone()),
        TargetKind::Role => Place::Role(Role::parse(&pick.key).ok_or_else(Error::not_found)?),
    };
    at(conn, &place).await
}

/// What is at this place.
///
/// # Errors
/// There is no such group, or the database can't be reached.
pub async fn at(conn: &mut PgConnection, place: &Place) -> Result<Subject> {
    match place {
        Place::Group(key) => {
            let group = groups::by_key(conn, key).await?.ok_or_else(Error::not_found)?;
            Ok(Subject::Group(Box::new(group)))
        }
        Place::Role(role) => Ok(Subject::Role(*role)),
    }
}

impl Subject {
    /// Where its pages are.
    pub fn place(&self) -> Place {
        match self {
            Subject::Group(group) => Place::Group(group.key.clone()),
            Subject::Role(role) => Place::Role(*role),
        }
    }

    /// What can be held of it in this way; of a group everything but a role, of a role itself.
    pub fn target(&self, kind: TargetKind) -> Option<Target> {
        match (self, kind) {
            (Subject::Group(group), _) => Some(Target::of(group.group_id(), kind.access()?)),
            (Subject::Role(role), TargetKind::Role) => Some(Target::Role(*role)),
            (Subject::Role(_), _) => None,
        }
    }

    /// Everything that can be held of it.
    pub fn targets(&self) -> Vec<Target> {
        TargetKind::ALL.into_iter().filter_map(|kind| self.target(kind)).collect()
    }

    /// The ids of its targets for a statement, in the order of [`Subject::targets`].
    ///
    /// # Errors
    /// The database can't be reached.
    pub async fn target_ids(&self, conn: &mut PgConnection) -> Result<Vec<Uuid>> {
        let mut ids = Vec::new();
        for target in self.targets() {
            ids.push(targets::ensure(conn, target).await?.0);
        }
        Ok(ids)
    }

    /// It as the permission table sees it, for this actor.
    ///
    /// # Errors
    /// The database can't be reached.
    pub async fn facts(&self, conn: &mut PgConnection, ctx: &Ctx) -> Result<GroupFacts> {
        match self {
            Subject::Group(group) => authority::group_facts(conn, ctx, group).await,
            Subject::Role(role) => authority::role_facts(conn, ctx, *role).await,
        }
    }

    /// The kind of target that `access` means here: a role is held in one way only.
    pub fn kind(&self, access: Access) -> TargetKind {
        match self {
            Subject::Group(_) => access.into(),
            Subject::Role(_) => TargetKind::Role,
        }
    }

    /// The group, unless it is a role.
    pub fn group(&self) -> Option<&GroupRow> {
        match self {
            Subject::Group(group) => Some(group),
            Subject::Role(_) => None,
        }
    }

    /// The id of the group, unless it is a role.
    pub fn group_id(&self) -> Option<GroupId> {
        self.group().map(GroupRow::group_id)
    }

    /// Gives administrative power: a directory role, or a group that can carry one.
    pub fn role_assignable(&self) -> bool {
        self.group().is_none_or(|group| group.role_assignable)
    }

    /// Under management; a role is from the first day.
    pub fn managed(&self) -> bool {
        self.group().is_none_or(|group| group.managed_at.is_some())
    }

    /// As people call it.
    pub fn name(&self) -> &str {
        match self {
            Subject::Group(group) => &group.display_name,
            Subject::Role(role) => role.name(),
        }
    }
}
