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

/// The kinds of targets: the two of a group, and directory roles.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TargetKind {
    /// Membership of a group.
    Member,
    /// Ownership of a group.
    Owner,
    /// A directory role.
    Role,
}

impl TargetKind {
    /// All of them.
    pub const ALL: [TargetKind; 3] = [TargetKind::Member, TargetKind::Owner, TargetKind::Role];

    /// The stable word, as stored and in addresses.
    pub const fn wire(self) -> &'static str {
        match self {
            TargetKind::Member => "member",
            TargetKind::Owner => "owner",
            TargetKind::Role => "role",
        }
    }

    /// From the stable word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.wire() == word)
    }

    /// Member or owner, unless it is a directory role.
    pub fn access(self) -> Option<Access> {
        match self {
            TargetKind::Member => Some(Access::Member),
            TargetKind::Owner => Some(Access::Owner),
            TargetKind::Role => None,
        }
    }
}

impl From<Access> for TargetKind {
    fn from(access: Access) -> Self {
        match access {
            Access::Member => TargetKind::Member,
            Access::Owner => TargetKind::Owner,
        }
    }
}

/// A word that is no kind of target.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("neither member nor owner nor role: {0}")]
pub struct UnknownTargetKind(String);

impl TryFrom<String> for TargetKind {
    type Error = UnknownTargetKind;

    fn try_from(word: String) -> Result<Self, UnknownTargetKind> {
        Self::parse(&word).ok_or(UnknownTargetKind(word))
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

    /// Which kind of target it is.
    pub fn kind(self) -> TargetKind {
        match self {
            Target::Member(_) => TargetKind::Member,
            Target::Owner(_) => TargetKind::Owner,
            Target::Role(_) => TargetKind::Role,
        }
    }

    /// Member or owner, unless it is a directory role.
    pub fn access(self) -> Option<Access> {
        self.kind().access()
    }
}
