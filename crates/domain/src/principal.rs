//! Users and groups: who can hold something.

use crate::ids::PersonId;
use serde::{Deserialize, Serialize};

/// Where an object is mastered.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Here or in the cloud directory: can be changed.
    Cloud,
    /// Synchronised from on-premises: changed there only.
    OnPremises,
}

impl Source {
    /// The stable word, as stored.
    pub const fn wire(self) -> &'static str {
        match self {
            Source::Cloud => "cloud",
            Source::OnPremises => "on_premises",
        }
    }
}

/// Member of the organisation or guest.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UserType {
    /// Belongs to the organisation.
    Member,
    /// Invited from outside.
    Guest,
}

impl UserType {
    /// The stable word, as stored.
    pub const fn wire(self) -> &'static str {
        match self {
            UserType::Member => "member",
            UserType::Guest => "guest",
        }
    }

    /// From the stable word.
    pub fn parse(word: &str) -> Option<Self> {
        [UserType::Member, UserType::Guest].into_iter().find(|kind| kind.wire() == word)
    }
}

/// Who a principal is, where the rules need it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PrincipalKind {
    /// A person.
    User,
    /// A group.
    Group,
}

/// What the rules need to know of a person.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Person {
    /// Who.
    pub id: PersonId,
    /// Signed-in, eligible or approving people must be enabled.
    pub enabled: bool,
    /// Soft-deleted people hold nothing.
    pub deleted: bool,
}

impl Person {
    /// Whether the person can act and hold access now.
    pub fn able(&self) -> bool {
        self.enabled && !self.deleted
    }
}
