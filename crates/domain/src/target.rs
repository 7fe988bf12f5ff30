//! What can be held. Assignment, policy, activation and approval are written once, over targets.

use crate::ids::GroupId;
use crate::role::Role;
use serde::{Deserialize, Serialize};

/// The two ways to belong to a group; Microsoft Graph's `accessId`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// Has what the group gives.
    Member,
    /// May change the group; has nothing of what it gives.
    Owner,
}

impl Access {
    /// Both.
    pub const ALL: [Access; 2] = [Access::Member, Access::Owner];

    /// The stable word, also in addresses and forms.
    pub const fn wire(self) -> &'static str {
        match self {
            Access::Member => "member",
            Access::Owner => "owner",
        }
    }

    /// From the stable word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|access| access.wire() == word)
    }
}

/// A word that is neither `member` nor `owner`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("neither member nor owner: {0}")]
pub struct UnknownAccess(String);

impl TryFrom<String> for Access {
    type Error = UnknownAccess;

    fn try_from(word: String) -> Result<Self, UnknownAccess> {
        Self::parse(&word).ok_or(UnknownAccess(word))
    }
}

/// A thing that can be held by a principal.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// Membership of a group.
    Member(GroupId),
    /// Ownership of a group.
    Owner(GroupId),
    /// A directory role.
    Role(Role),
}

impl Target {
    /// The target of a group for one kind of access.
    pub fn of(group: GroupId, access: Access) -> Self {
        match access {
            Access::Member => Target::Member(group),
            Access::Owner => Target::Owner(group),
        }
    }

    /// The group, unless it is a directory role.
    pub fn group(self) -> Option<GroupId> {
        match self {
            Target::Member(group) | Target::Owner(group) => Some(group),
            Target::Role(_) => None,
        }
    }

    /// The group that who holds it lies in.
    pub fn member_of(self) -> Option<GroupId> {
        match self {
            Target::Member(group) => Some(group),
            Target::Owner(_) | Target::Role(_) => None,
        }
    }

    /// Member or owner, unless it is a directory role.
    pub fn access(self) -> Option<Access> {
        match self {
            Target::Member(_) => Some(Access::Member),
            Target::Owner(_) => Some(Access::Owner),
            Target::Role(_) => None,
        }
    }
}
