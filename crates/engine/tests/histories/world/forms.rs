//! The model's words in the engine's.

use super::World;
use crate::act::{Switch, Words};
use crate::model::{Approval, Limit, Policy, Proof, Who};
use domain::duration::Minutes;
use domain::ids::{GroupId, PersonId};
use domain::policy::escalation::Escalation;
use domain::policy::evaluate::Answers;
use domain::policy::notifications::Notifications;
use domain::policy::{
    self, ActivationRules, ActiveRules, ApprovalRule, Approver, AssignmentRules, JustificationRule,
    ProofRule, TicketRule,
};

fn count<T: TryFrom<i64>>(number: i64) -> T {
    T::try_from(number).unwrap_or_else(|_| panic!("{number} is out of range"))
}

pub fn text(words: Words) -> String {
    "x".repeat(words)
}

pub fn answers(form: &Switch) -> Answers {
    Answers {
        start: form.start.map(super::moment),
        length: form.minutes.map(|minutes| Minutes(count(minutes))),
        reason: text(form.reason),
        ticket: if form.ticket { "INC-1".into() } else { String::new() },
    }
}

pub fn policy(world: &World, policy: &Policy) -> policy::Policy {
    let demands = &policy.demands;
    policy::Policy {
        activation: ActivationRules {
            max: Minutes(count(demands.max)),
            proof: match demands.proof {
                Proof::None => ProofRule::None,
                Proof::Session => ProofRule::Session,
                Proof::Fresh => ProofRule::Fresh { max_age: Minutes(5) },
            },
            justification: JustificationRule {
                required: demands.reason.is_some(),
                min_length: u16::try_from(demands.reason.unwrap_or(0)).unwrap(),
            },
            ticket: if demands.ticket { TicketRule::Any } else { TicketRule::None },
            approval: demands.approval.as_ref().map(|rule| approval(world, rule)),
        },
        eligible: limit(policy.eligible),
        active: ActiveRules {
            length: limit(policy.active),
            proof: policy.active_code,
            justification: policy.active_reason,
        },
        break_glass: policy.glass.map(|minutes| Minutes(count(minutes))),
        notifications: Notifications::default(),
    }
}

fn limit(limit: Limit) -> AssignmentRules {
    AssignmentRules { permanent: limit.permanent, max: Minutes::days(count(limit.days)) }
}

fn approval(world: &World, rule: &Approval) -> ApprovalRule {
    let approver = |who: &Who| match *who {
        Who::Person(person) => Approver::Person(PersonId(world.people[person])),
        Who::Group(group) => Approver::Group(GroupId(world.groups[group])),
    };
    ApprovalRule {
        approvers: rule.named.iter().map(approver).collect(),
        needed: u8::try_from(rule.needed).unwrap(),
        wait: Minutes::hours(count(rule.hours)),
        escalation: (!rule.later.is_empty()).then(|| Escalation {
            approvers: rule.later.iter().map(approver).collect(),
            after: Minutes::hours(count(rule.later_after)),
        }),
    }
}
