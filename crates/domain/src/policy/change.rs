//! What a new version of a policy changes, in words, and what to warn of before it is saved.

use super::notifications::{Cell, Moment, Reader};
use super::{ActivationRules, ApprovalRule, AssignmentRules, Policy, ProofRule, TicketRule};
use crate::duration::Minutes;
use serde::{Deserialize, Serialize};

/// One changed setting: what it is called, what it said, what it says.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Change {
    /// Name of the setting.
    pub setting: String,
    /// Before.
    pub old: String,
    /// After.
    pub new: String,
}

/// What the setting of the escalation is called.
pub const ESCALATION: &str = "Who may decide later too";

/// What a setting is called, and what it says.
pub type Setting = (&'static str, String);

/// All settings of a policy in words, in the order of the form. Approvers are named by `name_of`, which the caller
/// gives, since names live in the directory.
pub fn settings(policy: &Policy, name_of: &dyn Fn(super::Approver) -> String) -> Vec<Setting> {
    let rules = &policy.activation;
    let listed = |approvers: &[super::Approver]| {
        approvers.iter().map(|approver| name_of(*approver)).collect::<Vec<_>>().join(", ")
    };
    let approvers =
        rules.approval.as_ref().map_or_else(|| "nobody".to_owned(), |rule| listed(&rule.approvers));
    let second = rules.approval.as_ref().and_then(|rule| rule.escalation.as_ref());
    let escalation = second.map_or_else(
        || "nobody".to_owned(),
        |second| format!("after {}: {}", second.after.words(), listed(&second.approvers)),
    );
    let mut settings = vec![
        ("Longest activation", rules.max.words()),
        ("Confirm identity", proof_words(rules.proof)),
        ("Justification", justification_words(rules)),
        ("Ticket number", ticket_words(rules.ticket).to_owned()),
        ("Approval", approval_words(rules.approval.as_ref())),
        ("Approvers", approvers),
        (ESCALATION, escalation),
        ("Eligible assignments end", length_words(policy.eligible)),
        ("Active assignments end", length_words(policy.active.length)),
        ("Assigning standing access asks for a code", asked(policy.active.proof)),
        ("Assigning standing access asks for a justification", asked(policy.active.justification)),
        ("Break glass", break_glass_words(policy.break_glass)),
    ];
    settings.extend(
        policy
            .notifications
            .cells()
            .map(|(moment, reader, cell)| (mail_setting(moment, reader), mail_words(cell))),
    );
    settings
}

/// What a cell of the matrix of mails is called.
pub const fn mail_setting(moment: Moment, reader: Reader) -> &'static str {
    match (moment, reader) {
        (Moment::Eligible, Reader::Approver) => "Mail about eligibility, to who has to decide",
        (Moment::Eligible, Reader::Requestor) => "Mail about eligibility, to the person concerned",
        (Moment::Eligible, Reader::Admin) => "Mail about eligibility, to owners and administrators",
        (Moment::Active, Reader::Approver) => "Mail about standing access, to who has to decide",
        (Moment::Active, Reader::Requestor) => "Mail about standing access, to the person concerned",
        (Moment::Active, Reader::Admin) => "Mail about standing access, to owners and administrators",
        (Moment::Activation, Reader::Approver) => "Mail about activations, to who has to decide",
        (Moment::Activation, Reader::Requestor) => "Mail about activations, to the person concerned",
        (Moment::Activation, Reader::Admin) => "Mail about activations, to owners and administrators",
    }
}

fn mail_words(cell: &Cell) -> String {
    let who = match (cell.default_recipients, cell.additional.as_slice()) {
        (true, []) => "told".to_owned(),
        (false, []) => return "not told".to_owned(),
        (true, more) => format!("told, and {}", more.join(", ")),
        (false, more) => format!("not told, but {}", more.join(", ")),
    };
    if cell.critical_only { format!("{who}; only what needs an answer") } else { who }
}

/// Every difference between two versions, in the order of the form.
pub fn changes(old: &Policy, new: &Policy, name_of: &dyn Fn(super::Approver) -> String) -> Vec<Change> {
    settings(old, name_of)
        .into_iter()
        .zip(settings(new, name_of))
        .filter(|(old, new)| old != new)
        .map(|((setting, old), (_, new))| Change { setting: setting.to_owned(), old, new })
        .collect()
}

fn break_glass_words(longest: Option<Minutes>) -> String {
    longest.map_or_else(|| "off".to_owned(), |longest| format!("at most {}", longest.words()))
}

fn asked(on: bool) -> String {
    if on { "asked".into() } else { "not asked".into() }
}

/// A proof rule in words.
pub fn proof_words(rule: ProofRule) -> String {
    match rule {
        ProofRule::None => "not asked".into(),
        ProofRule::Session => "at sign-in".into(),
        ProofRule::Fresh { max_age: Minutes(0) } => "each time".into(),
        ProofRule::Fresh { max_age } => format!("each time, at most {} old", max_age.words()),
    }
}

fn justification_words(rules: &ActivationRules) -> String {
    match rules.justification {
        rule if !rule.required => "not asked".into(),
        rule => format!("asked, at least {} characters", rule.min_length.max(1)),
    }
}

/// A ticket rule in words.
pub fn ticket_words(rule: TicketRule) -> &'static str {
    match rule {
        TicketRule::None => "not asked",
        TicketRule::Any => "asked",
        TicketRule::Pattern => "asked, checked",
    }
}

fn approval_words(rule: Option<&ApprovalRule>) -> String {
    match rule {
        None => "not needed".into(),
        Some(rule) => {
            let people =
                if rule.needed == 1 { "1 person".to_owned() } else { format!("{} people", rule.needed) };
            format!("{people}, within {}", rule.wait.words())
        }
    }
}

/// How long an assignment may last, in words.
pub fn length_words(rules: AssignmentRules) -> String {
    if rules.permanent { "may have no end".into() } else { format!("after at most {}", rules.max.words()) }
}

/// What saving this would leave open; shown beside the form, never a refusal.
pub fn warnings(policy: &Policy, role_assignable: bool) -> Vec<&'static str> {
    let mut found = Vec::new();
    let rules = &policy.activation;
    if role_assignable && rules.approval.is_none() {
        found.push(
            "This leads to directory roles, and nobody has to approve. An eligible person who is not active \
             is not protected: whoever may reset their password could activate in their name.",
        );
    }
    if rules.proof == ProofRule::None {
        found.push("Nobody is asked for a second factor. A stolen session is enough to switch this on.");
    }
    if let Some(rule) = &rules.approval
        && rule.approvers.len() == 1
        && rule.escalation.is_none()
        && matches!(rule.approvers.first(), Some(super::Approver::Person(_)))
    {
        found.push("One person alone can approve. When they are away, nobody gets in; nobody approves their own request.");
    }
    if policy.active.length.permanent {
        found.push("Standing access without an end may be given. It is reviewed by nobody unless you do.");
    }
    found
}
