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

/// Member of the organisation or guest.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UserType {
    /// Belongs to the organisation.
    Member,
    /// Invited from outside.
    Guest,
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
