//! What can be held, as pages show and address it.

use crate::{Engine, Error, Result};
use domain::ids::{GroupId, TargetId};
use domain::target::{Access, Target};
use sqlx::{AssertSqlSafe, PgConnection};
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

/// Membership or ownership of a group.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Thing {
    /// The target.
    pub target_id: Uuid,
    /// The group.
    pub group_id: Uuid,
    /// The group's address.
    pub key: String,
    /// The group's name.
    pub name: String,
    /// What it gives.
    pub description: String,
    /// Member or owner.
    #[sqlx(try_from = "String")]
    pub access: Access,
}

/// The columns of a [`Thing`] from targets `t` and groups `g`.
pub(crate) const COLUMNS: &str =
    "t.id as target_id, g.id as group_id, g.key, g.display_name as name, g.description, t.kind as access";

impl Thing {
    /// Typed id of the target.
    pub fn id(&self) -> TargetId {
        TargetId(self.target_id)
    }

    /// Typed id of the group.
    pub fn group(&self) -> GroupId {
        GroupId(self.group_id)
    }

    /// As the rules know it.
    pub fn target(&self) -> Target {
        Target::of(self.group(), self.access)
    }

    /// As addresses name it.
    pub fn pick(&self) -> Pick {
        Pick { key: self.key.clone(), access: self.access }
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
    let sql = format!(
        "select {COLUMNS} from groups g join targets t on t.group_id = g.id \
         where g.key = $1 and t.kind = $2 and g.deleted_at is null"
    );
    let found = sqlx::query_as(AssertSqlSafe(sql)).bind(&pick.key).bind(pick.access.wire());
    found.fetch_optional(conn).await?.ok_or_else(Error::not_found)
}

/// A target in an address: `prod-db-admins.member`. Keys have no dots, so it reads one way only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pick {
    /// The group's address.
    pub key: String,
    /// Member or owner.
    pub access: Access,
}

impl fmt::Display for Pick {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.key, self.access.wire())
    }
}

/// Not `key.member` or `key.owner`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the address of a membership or ownership")]
pub struct BadPick;

impl FromStr for Pick {
    type Err = BadPick;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (key, access) = text.split_once('.').ok_or(BadPick)?;
        let access = Access::parse(access).ok_or(BadPick)?;
        Ok(Self { key: key.to_owned(), access })
    }
}
