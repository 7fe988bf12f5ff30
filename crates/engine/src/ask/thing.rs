//! What can be held, as pages show and address it.

use crate::db::targets;
use crate::{Engine, Error, Result};
use domain::ids::{GroupId, TargetId};
use domain::role::Role;
use domain::target::{Access, Target, TargetKind};
use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, FromRow, PgConnection, Row};
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

/// Membership or ownership of a group, or a directory role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thing {
    /// The target.
    pub target_id: Uuid,
    /// As the rules know it.
    pub target: Target,
    /// The address of the group or role.
    pub key: String,
    /// Its name.
    pub name: String,
    /// What it gives.
    pub description: String,
}

/// The columns of a [`Thing`] from the view `things t`.
pub(crate) const COLUMNS: &str =
    "t.id as target_id, t.kind as target_kind, t.group_id, t.key, t.display_name as name, t.description";

impl FromRow<'_, PgRow> for Thing {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        let (target_id, kind): (Uuid, String) = (row.try_get("target_id")?, row.try_get("target_kind")?);
        let key: String = row.try_get("key")?;
        let role = (kind == TargetKind::Role.wire()).then_some(key.as_str());
        let target = targets::read(TargetId(target_id), &kind, row.try_get("group_id")?, role)
            .map_err(|error| sqlx::Error::Decode(error.into()))?;
        let (name, description) = match target {
            Target::Role(role) => (role.name().to_owned(), role.may().to_owned()),
            Target::Member(_) | Target::Owner(_) => (row.try_get("name")?, row.try_get("description")?),
        };
        Ok(Self { target_id, target, key, name, description })
    }
}

impl Thing {
    /// Typed id of the target.
    pub fn id(&self) -> TargetId {
        TargetId(self.target_id)
    }

    /// The group, unless it is a directory role.
    pub fn group(&self) -> Option<GroupId> {
        self.target.group()
    }

    /// Member, owner or role.
    pub fn kind(&self) -> TargetKind {
        self.target.kind()
    }

    /// As addresses name it.
    pub fn pick(&self) -> Pick {
        Pick { key: self.key.clone(), kind: self.kind() }
    }

    /// The group or role that has pages of its own.
    pub fn place(&self) -> Place {
        match self.target {
            Target::Role(role) => Place::Role(role),
            Target::Member(_) | Target::Owner(_) => Place::Group(self.key.clone()),
        }
    }
}

/// The same on a connection of its own.
///
/// # Errors
/// As for [`find`].
pub async fn look_up(engine: &Engine, pick: &Pick) -> Result<Thing> {
    let mut conn = engine.pool.acquire().await?;
    find(&mut conn, pick).await
}

/// The thing an address names, whether or not anybody may know of it.
///
/// # Errors
/// Not found, or the database can't be reached.
pub async fn find(conn: &mut PgConnection, pick: &Pick) -> Result<Thing> {
    // the key in the view is of two columns, which no index answers
    let sql = format!(
        "select {COLUMNS} from things t where t.deleted_at is null and t.id in ( \
           select x.id from groups g join targets x on x.group_id = g.id where g.key = $1 and x.kind = $2 \
           union all select x.id from targets x where x.role = $1 and x.kind = $2)"
    );
    let found = sqlx::query_as(AssertSqlSafe(sql)).bind(&pick.key).bind(pick.kind.wire());
    found.fetch_optional(conn).await?.ok_or_else(Error::not_found)
}

/// A target in an address: `prod-db-admins.member`, `user-administrator.role`. Keys have no dots, so it reads one way
/// only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pick {
    /// The address of the group or role.
    pub key: String,
    /// Member, owner or role.
    pub kind: TargetKind,
}

impl Pick {
    /// Membership or ownership of the group with this address.
    pub fn of(key: impl Into<String>, access: Access) -> Self {
        Self { key: key.into(), kind: access.into() }
    }

    /// A directory role.
    pub fn of_role(role: Role) -> Self {
        Self { key: role.wire().to_owned(), kind: TargetKind::Role }
    }

    /// The group or role that has pages of its own. What is no role of the catalogue is no place either, and never found.
    pub fn place(&self) -> Place {
        match self.role() {
            Some(role) => Place::Role(role),
            None => Place::Group(self.key.clone()),
        }
    }

    /// The role, if it names one of the catalogue.
    fn role(&self) -> Option<Role> {
        (self.kind == TargetKind::Role).then(|| Role::parse(&self.key)).flatten()
    }
}

impl fmt::Display for Pick {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.key, self.kind.wire())
    }
}

/// Not `key.member`, `key.owner` or `key.role`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the address of a membership, ownership or role")]
pub struct BadPick;

impl FromStr for Pick {
    type Err = BadPick;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (key, kind) = text.split_once('.').ok_or(BadPick)?;
        let kind = TargetKind::parse(kind).ok_or(BadPick)?;
        Ok(Self { key: key.to_owned(), kind })
    }
}

/// A group or a directory role: what has pages of its own, under `/groups` or `/roles`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// The group with this address.
    Group(String),
    /// A role.
    Role(Role),
}

impl Place {
    /// The group with this address.
    pub fn group(key: impl Into<String>) -> Self {
        Place::Group(key.into())
    }

    /// The group or role that the page at this address is about.
    pub fn of_page(path: &str) -> Option<Self> {
        let mut steps = path.strip_prefix('/')?.split('/');
        match (steps.next()?, steps.next()?) {
            ("groups", key) => Some(Place::group(key)),
            ("roles", role) => Role::parse(role).map(Place::Role),
            _ => None,
        }
    }

    /// The address of the group or role.
    pub fn key(&self) -> &str {
        match self {
            Place::Group(key) => key,
            Place::Role(role) => role.wire(),
        }
    }

    /// What can be held of it: of a group as `access` says.
    pub fn pick(&self, access: Access) -> Pick {
        let kind = match self {
            Place::Group(_) => access.into(),
            Place::Role(_) => TargetKind::Role,
        };
        Pick { key: self.key().to_owned(), kind }
    }
}

/// The address of its first page.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Group(key) => write!(f, "/groups/{key}"),
            Place::Role(role) => write!(f, "/roles/{}", role.wire()),
        }
    }
}
