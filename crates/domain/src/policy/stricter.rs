//! The stricter of two sets of demands: a request is judged by the one it was made under and by the one in force at
//! the decision, whichever asks more (product.md 4.4).

use super::{ActivationRules, ApprovalRule, Approver, JustificationRule, ProofRule, TicketRule, escalation};
use crate::duration::Minutes;

/// Merges the rules a request was made under with those in force now.
pub fn stricter(made_under: &ActivationRules, now: &ActivationRules) -> ActivationRules {
    ActivationRules {
        max: made_under.max.min(now.max),
        proof: proof(made_under.proof, now.proof),
        justification: justification(made_under.justification, now.justification),
        ticket: ticket(made_under.ticket, now.ticket),
        approval: approval(made_under.approval.as_ref(), now.approval.as_ref()),
    }
}

fn proof(a: ProofRule, b: ProofRule) -> ProofRule {
    match (a, b) {
        (ProofRule::Fresh { max_age: a }, ProofRule::Fresh { max_age: b }) => {
            ProofRule::Fresh { max_age: a.min(b) }
        }
        (fresh @ ProofRule::Fresh { .. }, _) | (_, fresh @ ProofRule::Fresh { .. }) => fresh,
        (ProofRule::Session, _) | (_, ProofRule::Session) => ProofRule::Session,
        (ProofRule::None, ProofRule::None) => ProofRule::None,
    }
}

fn justification(a: JustificationRule, b: JustificationRule) -> JustificationRule {
    let length = |rule: JustificationRule| if rule.required { rule.min_length } else { 0 };
    JustificationRule { required: a.required || b.required, min_length: length(a).max(length(b)) }
}

/// The stricter demand for a ticket.
pub fn ticket(a: TicketRule, b: TicketRule) -> TicketRule {
    match (a, b) {
        (TicketRule::Pattern, _) | (_, TicketRule::Pattern) => TicketRule::Pattern,
        (TicketRule::Any, _) | (_, TicketRule::Any) => TicketRule::Any,
        (TicketRule::None, TicketRule::None) => TicketRule::None,
    }
}

/// Only who is named in both may approve: naming somebody later gives no say over a request made before (C14), and
/// who is no longer named has lost it. Who is named first in one and second in the other may decide when the latter lets
/// her. Dropping approval from the policy leaves the old demand in place.
fn approval(made_under: Option<&ApprovalRule>, now: Option<&ApprovalRule>) -> Option<ApprovalRule> {
    match (made_under, now) {
        (None, None) => None,
        (Some(rule), None) | (None, Some(rule)) => Some(rule.clone()),
        (Some(old), Some(new)) => {
            let both = |approver: &Approver| new.approvers.contains(approver);
            let approvers: Vec<Approver> = old.approvers.iter().copied().filter(both).collect();
            Some(ApprovalRule {
                escalation: escalation::stricter(old, new, &approvers),
                approvers,
                needed: old.needed.max(new.needed),
                wait: Minutes(old.wait.0.min(new.wait.0)),
            })
        }
    }
}
