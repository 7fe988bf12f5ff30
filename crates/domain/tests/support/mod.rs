//! Facts for the tables: a person who is eligible, a group that asks for nothing.
#![expect(dead_code, reason = "each test file uses its part of these")]

use chrono::{DateTime, TimeDelta, TimeZone, Utc};
use domain::activation::{Eligibility, Factor, Ground, Pending, Plan, Standing};
use domain::duration::Minutes;
use domain::ids::{AssignmentId, PersonId};
use domain::policy::evaluate::{Answers, ProofGiven};
use domain::policy::{
    ActivationRules, ApprovalRule, Approver, JustificationRule, Policy, ProofRule, TicketRule,
};
use domain::principal::Person;
use domain::refusal::{Code, Refusal};
use domain::span::Span;
use uuid::Uuid;

pub fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 3, 12, 14, 8, 4).unwrap()
}

pub fn person(n: u128) -> PersonId {
    PersonId(Uuid::from_u128(n))
}

pub fn eligibility(n: u128, span: Span) -> Eligibility {
    let ground = Ground { eligibility: AssignmentId(Uuid::from_u128(n)), through: None };
    Eligibility { ground, span }
}

pub fn open_rules() -> ActivationRules {
    ActivationRules {
        max: Minutes::hours(8),
        proof: ProofRule::None,
        justification: JustificationRule { required: false, min_length: 0 },
        ticket: TicketRule::None,
        approval: None,
    }
}

pub fn standing() -> Standing {
    Standing {
        person: Person { id: person(1), enabled: true, deleted: false },
        asked_for: None,
        group_open: true,
        eligibilities: vec![eligibility(1, Span::lasting(now() - TimeDelta::days(1), TimeDelta::days(30)))],
        before: Vec::new(),
        running: None,
        planned: Vec::new(),
        waiting_since: None,
        open_requests: 0,
        rules: open_rules(),
        approvers_able: 0,
        approvers_barred: 0,
        group_name: "Production database admins".into(),
        owner_names: Vec::new(),
    }
}

pub fn with(change: impl FnOnce(&mut Standing)) -> Standing {
    let mut standing = standing();
    change(&mut standing);
    standing
}

pub fn approval(people: &[PersonId], needed: u8) -> ApprovalRule {
    let approvers = people.iter().copied().map(Approver::Person).collect();
    ApprovalRule { approvers, needed, wait: Minutes::hours(24), escalation: None }
}

pub fn with_approval(needed: u8, able: usize) -> Standing {
    with(|s| {
        s.rules.approval = Some(approval(&[person(2), person(3)], needed));
        s.approvers_able = able;
    })
}

pub fn asking(minutes: u32) -> Answers {
    Answers { length: Some(Minutes(minutes)), ..Answers::default() }
}

pub fn factor(given: ProofGiven) -> Factor {
    Factor { given, in_session: None }
}

pub fn good_factor() -> Factor {
    factor(ProofGiven::Verified { at: now() })
}

pub fn no_factor() -> Factor {
    factor(ProofGiven::Missing)
}

pub fn pending(start: Option<DateTime<Utc>>, minutes: u32) -> Pending {
    Pending {
        start,
        length: Minutes(minutes),
        reason: String::new(),
        ticket: String::new(),
        made_under: with_approval(1, 1).rules,
        deadline: Some(now() + TimeDelta::hours(24)),
        extends: None,
    }
}

pub fn codes(got: Result<Plan, Vec<Refusal>>) -> Vec<Code> {
    got.err().unwrap_or_default().iter().map(|refusal| refusal.code).collect()
}

pub fn policy() -> Policy {
    Policy { activation: open_rules(), ..Policy::default() }
}
