//! Somebody who manages a group asks for a person who is eligible and can't ask herself right now. It always waits for
//! approval: neither who asks nor who would get it decides (security.md 6.12).

use super::{Factor, Plan, Standing, obstacles, request};
use crate::ids::PersonId;
use crate::policy::evaluate::Answers;
use crate::refusal::{Code, Refusal};
use crate::text::Text;
use chrono::{DateTime, Utc};

/// Everything that forbids `filer` to ask for the person of this standing, whatever is answered.
pub fn obstacles_on_behalf(
    standing: &Standing,
    filer: PersonId,
    start: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Vec<Refusal> {
    if let Some(refusal) = for_herself(standing, filer) {
        return refusal.into();
    }
    needs_nobody(standing).into_iter().chain(obstacles(standing, start, now)).collect()
}

/// Asks for activation for somebody else. Answers and second factor are those of `filer`.
///
/// # Errors
/// Every unmet demand at once, each at its field.
pub fn request_on_behalf(
    standing: &Standing,
    filer: PersonId,
    answers: &Answers,
    factor: Factor,
    now: DateTime<Utc>,
) -> Result<Plan, Vec<Refusal>> {
    if let Some(refusal) = for_herself(standing, filer) {
        return Err(refusal.into());
    }
    let planned = request(standing, answers, factor, now);
    match needs_nobody(standing) {
        None => planned,
        Some(refusal) => Err(std::iter::once(refusal).chain(planned.err().unwrap_or_default()).collect()),
    }
}

fn for_herself(standing: &Standing, filer: PersonId) -> Option<Refusal> {
    let text = "This is for somebody else who can't ask right now. What you are eligible for, you activate yourself.";
    (standing.person.id == filer)
        .then(|| Refusal::new(Code::NotForSelf, text).at("principal").way("My access", "/access"))
}

/// Without approval nobody else would have looked at it: whoever manages the group would have let somebody in alone.
fn needs_nobody(standing: &Standing) -> Option<Refusal> {
    let text = Text::default().name(&standing.group_name).then(" asks for no approval: ");
    let text = text
        .name(name(standing))
        .then(" can activate it without anybody, or you can give standing access for a limited time.");
    standing.rules.approval.is_none().then(|| Refusal::new(Code::NeedsNoApproval, text))
}

/// As sentences call her.
fn name(standing: &Standing) -> &str {
    standing.asked_for.as_deref().unwrap_or("this person")
}

/// "Your eligibility", or "The eligibility of Ann".
pub(super) fn whose(standing: &Standing, what: &str) -> Text {
    match &standing.asked_for {
        None => Text::say(format!("Your {what}")),
        Some(name) => Text::say(format!("The {what} of ")).name(name),
    }
}

/// A way on to a page that shows the reader's own: it leads nowhere for whoever asks for somebody else.
pub(super) fn own_way(standing: &Standing, refusal: Refusal, label: &str, path: &str) -> Refusal {
    if standing.asked_for.is_some() { refusal } else { refusal.way(label, path) }
}

/// How the refusal begins when approval is asked and nobody counts.
pub(super) fn nobody_can_approve(standing: &Standing) -> Text {
    match &standing.asked_for {
        None => Text::say("Nobody can approve this today. "),
        Some(name) => {
            let text = Text::say("Nobody else can approve this today: neither you nor ").name(name);
            text.then(" decides on it. ")
        }
    }
}

/// Who could approve stands in for who asks: that can be helped at once.
pub(super) fn stand_in_approves(standing: &Standing) -> Refusal {
    match &standing.asked_for {
        None => {
            let text = "Who could approve this stands in for you, and approves nothing of yours meanwhile. Name somebody else, or nobody.";
            Refusal::new(Code::NoApprover, text).way("Your absence", "/account/absence")
        }
        Some(name) => {
            let text = Text::say("Who could approve this stands in for you or for ").name(name);
            Refusal::new(Code::NoApprover, text.then(", and approves nothing of yours meanwhile."))
        }
    }
}

/// The group by which she could become eligible is not named: it is hers to know.
pub(super) fn not_eligible(standing: &Standing, other: &str) -> Refusal {
    let text = Text::default().name(other);
    let text = if standing.before.is_empty() {
        text.then(" is not eligible for ").name(&standing.group_name).then(".")
    } else {
        let text = text.then(" can get ").name(&standing.group_name);
        text.then(" only while in another group, and is not in it now.")
    };
    Refusal::new(Code::NotEligible, text).at("principal")
}
