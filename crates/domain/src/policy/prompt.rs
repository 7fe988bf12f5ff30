//! What a form must ask, from the same rules that judge the answers.

use super::{ActivationRules, JustificationRule, ProofRule, TicketRule, evaluate, stricter};
use crate::duration::Minutes;
use serde::{Deserialize, Serialize};

/// The questions of an activation.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Prompts {
    /// Longest choice.
    pub max: Minutes,
    /// Ask for a reason of at least this many characters; `None` leaves it optional.
    pub reason_min: Option<u16>,
    /// Ask for a ticket.
    pub ticket: TicketRule,
    /// Ask for a code.
    pub code: bool,
    /// Approvals needed; zero starts at once.
    pub approvals: u8,
}

/// Derives the questions. `factor_in_session` is whether this session was opened with a second factor.
pub fn prompts(rules: &ActivationRules, factor_in_session: bool) -> Prompts {
    Prompts {
        max: rules.max,
        reason_min: rules.justification.required.then_some(rules.justification.min_length.max(1)),
        ticket: rules.ticket,
        code: match rules.proof {
            ProofRule::None => false,
            ProofRule::Session => !factor_in_session,
            ProofRule::Fresh { .. } => true,
        },
        approvals: rules.approval.as_ref().map_or(0, |rule| rule.needed),
    }
}

impl Prompts {
    /// The questions of one form about several things: of each demand the strictest, so that one set of answers is
    /// enough for all of them.
    pub fn together(self, other: &Prompts) -> Prompts {
        Prompts {
            max: self.max.min(other.max),
            reason_min: self.reason_min.max(other.reason_min),
            ticket: stricter::ticket(self.ticket, other.ticket),
            code: self.code || other.code,
            approvals: self.approvals.max(other.approvals),
        }
    }

    /// Whether length and words of an earlier time leave no question open: no code, approval or ticket is asked, and
    /// they are enough now.
    pub fn answered_by(&self, length: Minutes, reason: &str) -> bool {
        let rule = JustificationRule {
            required: self.reason_min.is_some(),
            min_length: self.reason_min.unwrap_or_default(),
        };
        !self.code
            && self.approvals == 0
            && self.ticket == TicketRule::None
            && evaluate::length(self.max, Some(length)).is_none()
            && evaluate::justification(rule, reason).is_none()
    }
}

/// The lengths a form offers, up to `max`; the person may always ask for less.
pub fn choices(max: Minutes) -> Vec<Minutes> {
    let mut lengths: Vec<Minutes> = [30, 60, 120, 180, 240, 480, 720, 1440]
        .map(Minutes)
        .into_iter()
        .filter(|length| *length <= max)
        .collect();
    if lengths.last() != Some(&max) {
        lengths.push(max);
    }
    lengths
}
