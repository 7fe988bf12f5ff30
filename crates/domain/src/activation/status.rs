//! The states of a request, in Microsoft Graph's words.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Where a request stands. The final ones never change again (I-06).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub enum Status {
    /// Waits for approvers.
    PendingApproval,
    /// Granted, starts later.
    Granted,
    /// Done: what was asked for was switched on, given or taken.
    Provisioned,
    /// An approver said no.
    Denied,
    /// Taken back by who asked, or by a manager of the group.
    Canceled,
    /// Nobody answered in time, or its window passed.
    TimedOut,
    /// Closed by the system: eligibility, person, group or policy no longer allow it.
    Revoked,
    /// Waits for who manages the group: an assignment is to be extended or renewed.
    PendingAdminDecision,
    /// A manager of the group said yes, and it was done.
    AdminApproved,
    /// A manager of the group said no.
    AdminDenied,
}

impl Status {
    /// All of them.
    pub const ALL: [Status; 10] = [
        Status::PendingApproval,
        Status::Granted,
        Status::Provisioned,
        Status::Denied,
        Status::Canceled,
        Status::TimedOut,
        Status::Revoked,
        Status::PendingAdminDecision,
        Status::AdminApproved,
        Status::AdminDenied,
    ];

    /// The stable word, as stored and on the wire.
    pub const fn wire(self) -> &'static str {
        match self {
            Status::PendingApproval => "PendingApproval",
            Status::Granted => "Granted",
            Status::Provisioned => "Provisioned",
            Status::Denied => "Denied",
            Status::Canceled => "Canceled",
            Status::TimedOut => "TimedOut",
            Status::Revoked => "Revoked",
            Status::PendingAdminDecision => "PendingAdminDecision",
            Status::AdminApproved => "AdminApproved",
            Status::AdminDenied => "AdminDenied",
        }
    }

    /// From the stable word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.wire() == word)
    }

    /// Still to be decided or started.
    pub const fn is_open(self) -> bool {
        matches!(self, Status::PendingApproval | Status::Granted | Status::PendingAdminDecision)
    }

    /// Over without an answer.
    const fn closes_unanswered(self) -> bool {
        matches!(self, Status::Canceled | Status::TimedOut | Status::Revoked)
    }

    /// Whether a request may go from here to `next`.
    pub const fn may_become(self, next: Status) -> bool {
        match self {
            Status::PendingApproval => {
                matches!(next, Status::Granted | Status::Provisioned | Status::Denied)
                    || next.closes_unanswered()
            }
            Status::Granted => matches!(next, Status::Provisioned) || next.closes_unanswered(),
            Status::PendingAdminDecision => {
                matches!(next, Status::AdminApproved | Status::AdminDenied) || next.closes_unanswered()
            }
            _ => false,
        }
    }
}

/// A word that is no status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownStatus(String);

impl fmt::Display for UnknownStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no such status: {}", self.0)
    }
}

impl std::error::Error for UnknownStatus {}

impl TryFrom<String> for Status {
    type Error = UnknownStatus;

    fn try_from(word: String) -> Result<Self, UnknownStatus> {
        Self::parse(&word).ok_or(UnknownStatus(word))
    }
}
