//! Groups: kinds, and which can be brought under management and why not.

use crate::ids::GroupId;
use crate::principal::Source;
use crate::refusal::{Code, Refusal};
use serde::{Deserialize, Serialize};

/// Security group or Microsoft 365 group.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GroupKind {
    /// Security.
    Security,
    /// Microsoft 365.
    Microsoft365,
}

impl GroupKind {
    /// The stable word, as stored.
    pub const fn wire(self) -> &'static str {
        match self {
            GroupKind::Security => "security",
            GroupKind::Microsoft365 => "microsoft365",
        }
    }

    /// From the stable word.
    pub fn parse(word: &str) -> Option<Self> {
        [GroupKind::Security, GroupKind::Microsoft365].into_iter().find(|kind| kind.wire() == word)
    }
}

/// How members come to be.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Membership {
    /// By hand.
    Assigned,
    /// Computed by a rule.
    Dynamic,
}

impl Membership {
    /// The stable word, as stored.
    pub const fn wire(self) -> &'static str {
        match self {
            Membership::Assigned => "assigned",
            Membership::Dynamic => "dynamic",
        }
    }
}

/// What the rules need to know of a group.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Group {
    /// Which.
    pub id: GroupId,
    /// Security or Microsoft 365.
    pub kind: GroupKind,
    /// Assigned or dynamic.
    pub membership: Membership,
    /// Cloud or on-premises.
    pub source: Source,
    /// Fixed at creation.
    pub role_assignable: bool,
    /// Under management here; one-way.
    pub managed: bool,
    /// Soft-deleted.
    pub deleted: bool,
}

/// At most this many role-assignable groups may exist (entra-pim-groups.md section 3).
pub const MAX_ROLE_ASSIGNABLE: u32 = 500;

/// Whether there is room for one more besides so many.
///
/// # Errors
/// There are as many as may be.
pub fn room_for_role_assignable(there: i64) -> Result<(), Refusal> {
    if there < i64::from(MAX_ROLE_ASSIGNABLE) {
        return Ok(());
    }
    let text = format!("There are {MAX_ROLE_ASSIGNABLE} role-assignable groups already, as many as may be.");
    Err(Refusal::new(Code::TooManyRoleAssignable, text.as_str()).at("role_assignable"))
}

impl Group {
    /// Why this group cannot be brought under management, if it can't; independent of who asks.
    ///
    /// # Errors
    /// The first reason that holds, as people read it in the Discover list.
    pub fn can_be_managed(&self) -> Result<(), Refusal> {
        let no = |why| Err(Refusal::new(Code::CannotBeManaged, why));
        if self.deleted {
            return no("This group is being deleted.");
        }
        if self.managed {
            return Err(Refusal::new(Code::AlreadyManaged, "Already managed here."));
        }
        if self.membership == Membership::Dynamic {
            return no(
                "Its members are computed by a rule. Only groups with assigned members can be managed.",
            );
        }
        if self.source == Source::OnPremises {
            return no("It comes from another directory. Manage it there.");
        }
        Ok(())
    }
}
