//! Escalation: who may decide too once a request has waited for a while.

use super::{ApprovalRule, Approver};
use crate::duration::Minutes;
use crate::refusal::{Code, Refusal};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Who may decide too, and when. The same rules of separation hold for them as for those named first.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Escalation {
    /// Named people and groups.
    pub approvers: Vec<Approver>,
    /// How long a request has waited by then: 1 h to less than it may wait.
    pub after: Minutes,
}

/// When something was asked for, and since when others are let decide before their time.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
pub struct Asked {
    /// When it was asked.
    pub at: DateTime<Utc>,
    /// Too few of those named first were here to answer: others may decide since then.
    pub early: Option<DateTime<Utc>>,
}

impl Asked {
    /// With nobody let decide before their time.
    pub const fn at(at: DateTime<Utc>) -> Self {
        Self { at, early: None }
    }
}

impl ApprovalRule {
    /// When those named second may decide on what was asked then.
    pub fn escalates_at(&self, asked: Asked) -> Option<DateTime<Utc>> {
        let planned = asked.at + self.escalation.as_ref()?.after.delta();
        Some(asked.early.map_or(planned, |early| planned.min(early)))
    }

    /// The rule as it stands `now` for what was asked then: from the escalation on those named second are approvers like
    /// those named first.
    #[must_use]
    pub fn at(&self, asked: Asked, now: DateTime<Utc>) -> Self {
        match self.escalates_at(asked) {
            Some(from) if from <= now => self.whole(),
            _ => self.clone(),
        }
    }

    /// The rule as it stands last for what was asked then: an escalation that would come when it has lapsed never comes.
    #[must_use]
    pub fn at_last(&self, asked: Asked, deadline: DateTime<Utc>) -> Self {
        match self.escalates_at(asked) {
            Some(from) if from < deadline => self.whole(),
            _ => Self { escalation: None, ..self.clone() },
        }
    }

    /// The rule with everybody it names as approver.
    #[must_use]
    pub fn whole(&self) -> Self {
        Self { approvers: self.everybody(), escalation: None, ..self.clone() }
    }

    /// Everybody it names, each once, those named first before those named second.
    pub fn everybody(&self) -> Vec<Approver> {
        let mut seen = BTreeSet::new();
        let second = self.escalation.iter().flat_map(|second| &second.approvers);
        self.approvers.iter().chain(second).copied().filter(|approver| seen.insert(*approver)).collect()
    }

    /// What contradicts itself in the escalation, each at its field.
    pub(super) fn check_escalation(&self) -> Vec<Refusal> {
        let Some(Escalation { approvers, after }) = &self.escalation else { return Vec::new() };
        let mut found = Vec::new();
        let mut no = |field: &str, code: Code, text: &str| found.push(Refusal::new(code, text).at(field));
        if approvers.is_empty() {
            let text = "Name at least one person or group for later, or switch escalation off.";
            no("escalation_approvers", Code::PolicyIncomplete, text);
        } else if approvers.iter().all(|approver| self.approvers.contains(approver)) {
            let text = "All of them can decide from the start. Name others, or switch escalation off.";
            no("escalation_approvers", Code::PolicyIncomplete, text);
        }
        if approvers.len() > 50 {
            no("escalation_approvers", Code::BadValue, "Name at most 50 approvers; use a group.");
        }
        if !(Minutes::hours(1)..=Minutes::days(14)).contains(after) {
            no("escalation_after", Code::BadValue, "Others may decide too after 1 h to 14 days.");
        } else if *after >= self.wait {
            let text = "A request has lapsed by then. Escalate earlier, or let requests wait longer.";
            no("escalation_after", Code::PolicyIncomplete, text);
        }
        found
    }
}

/// Merges two escalations, given with the rules they stand in, into what both allow: who is named by both, whether first
/// or second, and not first by both, may decide once the later of the two has come.
pub(super) fn stricter(old: &ApprovalRule, new: &ApprovalRule, first: &[Approver]) -> Option<Escalation> {
    let after = old.escalation.iter().chain(&new.escalation).map(|second| second.after).max()?;
    let all = new.everybody();
    let mut approvers = old.everybody();
    approvers.retain(|approver| all.contains(approver) && !first.contains(approver));
    (!approvers.is_empty()).then_some(Escalation { approvers, after })
}
