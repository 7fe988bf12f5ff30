//! The policy of a target: what people must meet to activate it, and how long it may be assigned.

pub mod change;
pub mod emergency;
pub mod escalation;
pub mod evaluate;
pub mod notifications;
pub mod prompt;
pub mod rehearsal;
pub mod stricter;
pub mod words;

use crate::duration::Minutes;
use crate::ids::{GroupId, PersonId};
use crate::refusal::{Code, Refusal};
use escalation::Escalation;
use notifications::Notifications;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Longest justification anywhere, in characters (product.md section 5).
pub const MAX_REASON: usize = 2_000;
/// Longest ticket, in characters.
pub const MAX_TICKET: usize = 100;
/// Shortest assignment or activation (product.md 4.6).
pub const MIN_LENGTH: Minutes = Minutes(5);
/// How far ahead an activation may start.
pub const MAX_AHEAD: Minutes = Minutes::days(30);
/// Most open requests of one person (security.md 6.16).
pub const MAX_OPEN: usize = 50;

/// The demands of one target.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Policy {
    /// What people need to switch it on.
    pub activation: ActivationRules,
    /// How long eligibility may last.
    pub eligible: AssignmentRules,
    /// How long standing access may last, and what giving it needs.
    pub active: ActiveRules,
    /// Break glass: the longest activation in an emergency, without approval or ticket; `None` is off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub break_glass: Option<Minutes>,
    /// Who hears of what.
    #[serde(default, skip_serializing_if = "Notifications::is_default")]
    pub notifications: Notifications,
}

/// What an activation needs.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ActivationRules {
    /// Longest activation: 30 min to 24 h in steps of half an hour.
    pub max: Minutes,
    /// Second factor.
    pub proof: ProofRule,
    /// Justification.
    pub justification: JustificationRule,
    /// Ticket.
    pub ticket: TicketRule,
    /// Approval; `None` starts at once.
    pub approval: Option<ApprovalRule>,
}

/// What second-factor proof an act needs (product.md 4.13, SEC-10 to SEC-13).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProofRule {
    /// None.
    None,
    /// The second factor of the sign-in is enough.
    Session,
    /// A proof for this act alone, used once, at most this old (0 to 60 min).
    Fresh {
        /// Oldest proof taken.
        max_age: Minutes,
    },
}

/// Whether a reason is asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct JustificationRule {
    /// Asked at all.
    pub required: bool,
    /// Fewest characters, if asked.
    pub min_length: u16,
}

/// Whether a ticket is asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TicketRule {
    /// Not asked.
    None,
    /// Any text.
    Any,
    /// Letters, a dash and digits, like INC-48217.
    Pattern,
}

/// Who approves, how many, how long they have.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ApprovalRule {
    /// Named people and groups; an empty list never approves anything.
    pub approvers: Vec<Approver>,
    /// Different people who must approve.
    pub needed: u8,
    /// How long a request waits before it lapses: 1 h to 14 days.
    pub wait: Minutes,
    /// Who may decide too when it has waited for a while; `None` is nobody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub escalation: Option<Escalation>,
}

/// A named approver.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Approver {
    /// This person.
    Person(PersonId),
    /// Every effective member of this group.
    Group(GroupId),
}

impl Approver {
    /// Of the person or group.
    pub const fn id(&self) -> Uuid {
        match self {
            Approver::Person(person) => person.0,
            Approver::Group(group) => group.0,
        }
    }

    /// The group, if it is one.
    pub const fn group(&self) -> Option<GroupId> {
        match self {
            Approver::Person(_) => None,
            Approver::Group(group) => Some(*group),
        }
    }
}

/// How long an assignment may last.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct AssignmentRules {
    /// Assignments without an end may be made.
    pub permanent: bool,
    /// Longest with an end, and what the form offers first.
    pub max: Minutes,
}

/// Rules for giving standing access.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ActiveRules {
    /// How long.
    #[serde(flatten)]
    pub length: AssignmentRules,
    /// The person who assigns must give a fresh second-factor proof.
    pub proof: bool,
    /// The person who assigns must give a reason.
    pub justification: bool,
}

impl Default for Policy {
    /// The reference's untouched group policy (entra-pim-groups.md 5.1), except that a fresh second factor is
    /// demanded: leaving it off is the most common finding in the field.
    fn default() -> Self {
        Self {
            activation: ActivationRules {
                max: Minutes::hours(8),
                proof: ProofRule::Fresh { max_age: Minutes(5) },
                justification: JustificationRule { required: true, min_length: 10 },
                ticket: TicketRule::None,
                approval: None,
            },
            eligible: AssignmentRules { permanent: false, max: Minutes::days(365) },
            active: ActiveRules {
                length: AssignmentRules { permanent: false, max: Minutes::days(180) },
                proof: false,
                justification: true,
            },
            break_glass: None,
            notifications: Notifications::default(),
        }
    }
}

impl Policy {
    /// Everything about this policy that contradicts itself or lies outside its range, each at the form field it
    /// belongs to. An empty list means it can be saved.
    pub fn check(&self) -> Vec<Refusal> {
        let mut found = Vec::new();
        let mut bad = |field: &str, text: &str| {
            found.push(Refusal::new(Code::BadValue, text).at(field));
        };
        let max = self.activation.max.0;
        if !(30..=1440).contains(&max) || !max.is_multiple_of(30) {
            bad("max", "Choose 30 min to 24 h, in steps of half an hour.");
        }
        if let ProofRule::Fresh { max_age } = self.activation.proof
            && max_age.0 > 60
        {
            bad("proof_age", "A proof may be at most 60 min old.");
        }
        if self.activation.justification.required && self.activation.justification.min_length > 500 {
            bad("justification_min", "Ask for at most 500 characters.");
        }
        for (field, rules) in [("eligible_max", self.eligible), ("active_max", self.active.length)] {
            if !(MIN_LENGTH..=Minutes::days(3650)).contains(&rules.max) {
                bad(field, "Choose 5 min to 10 years.");
            }
        }
        if self.break_glass.is_some_and(|longest| !emergency::LENGTHS.contains(&longest)) {
            let text = "An emergency may last 15 min to 4 h.";
            found.push(Refusal::new(Code::BadValue, text).at("break_glass"));
        }
        if let Some(approval) = &self.activation.approval {
            found.extend(approval.check());
        }
        found.extend(self.check_notifications());
        found
    }
}

impl ApprovalRule {
    /// Most approvals that can be asked for.
    pub const MAX_NEEDED: u8 = 5;

    fn check(&self) -> Vec<Refusal> {
        let mut found = Vec::new();
        if self.approvers.is_empty() {
            let text = "Name at least one approver, or switch approval off.";
            found.push(Refusal::new(Code::PolicyIncomplete, text).at("approvers"));
        }
        if self.approvers.len() > 50 {
            found.push(
                Refusal::new(Code::BadValue, "Name at most 50 approvers; use a group.").at("approvers"),
            );
        }
        if !(1..=Self::MAX_NEEDED).contains(&self.needed) {
            found.push(Refusal::new(Code::BadValue, "Ask for 1 to 5 approvals.").at("needed"));
        }
        let people_only = self.approvers.iter().all(|approver| matches!(approver, Approver::Person(_)));
        if people_only && !self.approvers.is_empty() && usize::from(self.needed) > self.approvers.len() {
            let text = "Fewer people are named than have to approve.";
            found.push(Refusal::new(Code::PolicyIncomplete, text).at("needed"));
        }
        if !(Minutes::hours(1)..=Minutes::days(14)).contains(&self.wait) {
            found.push(Refusal::new(Code::BadValue, "A request may wait 1 h to 14 days.").at("wait"));
        }
        found.extend(self.check_escalation());
        found
    }
}
