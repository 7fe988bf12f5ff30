//! What was read: one record per object, as far as the directory here keeps it.

use domain::group::{GroupKind, Membership};
use domain::principal::{Source, UserType};
use domain::role::Role;
use uuid::Uuid;

/// An attribute that may be missing, and that may be there to say "nothing".
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Given<T> {
    /// Not listed: stays as it is.
    #[default]
    Absent,
    /// Listed as null: emptied.
    Null,
    /// Listed.
    Value(T),
}

impl<T: Clone> Given<T> {
    /// What holds after this, when `before` held.
    pub fn or(&self, before: Option<T>) -> Option<T> {
        match self {
            Given::Absent => before,
            Given::Null => None,
            Given::Value(value) => Some(value.clone()),
        }
    }

    /// The value, if there is one.
    pub fn value(&self) -> Option<&T> {
        match self {
            Given::Value(value) => Some(value),
            _ => None,
        }
    }
}

/// Everything that was read.
#[derive(Clone, Debug, Default)]
pub struct Records {
    /// People, in the order of the files.
    pub people: Vec<PersonRecord>,
    /// Groups, in the order of the files.
    pub groups: Vec<GroupRecord>,
    /// Role assignments, in the order of the files.
    pub roles: Vec<RoleRecord>,
    /// What could not be read, ready for the report.
    pub lines: Vec<super::report::Line>,
}

/// A person.
#[derive(Clone, Debug, Default)]
pub struct PersonRecord {
    /// Graph `id`.
    pub id: Uuid,
    /// Graph `userPrincipalName`.
    pub user_name: Option<String>,
    /// Graph `displayName`.
    pub display_name: Option<String>,
    /// Graph `mail`.
    pub mail: Given<String>,
    /// Graph `jobTitle`.
    pub job_title: Given<String>,
    /// Graph `department`.
    pub department: Given<String>,
    /// Graph `userType`.
    pub user_type: Option<UserType>,
    /// Graph `onPremisesSyncEnabled`.
    pub source: Option<Source>,
    /// Graph `accountEnabled`.
    pub enabled: Option<bool>,
    /// Graph `deletedDateTime` is set.
    pub deleted: bool,
}

/// A group.
#[derive(Clone, Debug, Default)]
pub struct GroupRecord {
    /// Graph `id`.
    pub id: Uuid,
    /// Graph `displayName`.
    pub display_name: Option<String>,
    /// Graph `mailNickname`.
    pub nickname: Option<String>,
    /// Graph `description`.
    pub description: Given<String>,
    /// Graph `groupTypes` holds `Unified` or not.
    pub kind: Option<GroupKind>,
    /// Graph `groupTypes` holds `DynamicMembership` or not.
    pub membership: Option<Membership>,
    /// Graph `membershipRule`.
    pub rule: Given<String>,
    /// Graph `onPremisesSyncEnabled`.
    pub source: Option<Source>,
    /// Graph `isAssignableToRole`.
    pub role_assignable: Option<bool>,
    /// Graph `deletedDateTime` is set.
    pub deleted: bool,
    /// Mail-enabled, not security-enabled, not Microsoft 365.
    pub distribution_list: bool,
    /// Graph `members`, when expanded.
    pub members: Option<Listed>,
    /// Graph `owners`, when expanded.
    pub owners: Option<Listed>,
}

/// A list of members or owners.
#[derive(Clone, Debug, Default)]
pub struct Listed {
    /// Who stands in it.
    pub refs: Vec<Ref>,
    /// The answer had a further page: who is missing has not left.
    pub partial: bool,
}

/// A member or owner as listed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ref {
    /// Graph `id`.
    pub id: Uuid,
    /// What it is, when it is neither a person nor a group: a service principal, a device, a contact.
    pub foreign: Option<String>,
    /// Graph `displayName`, for the report.
    pub name: Option<String>,
}

/// A role assignment.
#[derive(Clone, Debug)]
pub struct RoleRecord {
    /// Graph `principalId`.
    pub principal: Uuid,
    /// Graph `roleDefinition.displayName`, as read.
    pub role_name: Option<String>,
    /// The same, when it is one of ours.
    pub role: Option<Role>,
    /// Graph `directoryScopeId`.
    pub scope: Option<String>,
    /// Graph `endDateTime`, of a schedule instance that ends by itself.
    pub ends: Option<String>,
}
