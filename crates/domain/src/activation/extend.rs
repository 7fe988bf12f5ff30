//! Extending a running activation: a new request with the same demands; on grant the old span is cut and the new one
//! starts there, each at most the policy's maximum long (product.md 4.7).

use super::{Factor, Next, Plan, Standing, eligibility, no_approver, window};
use crate::duration::Minutes;
use crate::policy::evaluate::{self, Answers};
use crate::refusal::{Code, Refusal};
use crate::span::Span;
use crate::text::Text;
use chrono::{DateTime, Utc};

/// Asks for more time on the activation that `running` spans, counted from now.
///
/// # Errors
/// Every unmet demand at once, each at its field; an activation that is over must be asked for anew.
pub fn extend(
    standing: &Standing,
    running: Span,
    answers: &Answers,
    factor: Factor,
    now: DateTime<Utc>,
) -> Result<Plan, Vec<Refusal>> {
    let mut unmet = obstacles_to_more(standing, running, now);
    if unmet.iter().any(|refusal| refusal.code == Code::NotActive) {
        return Err(unmet);
    }
    unmet.extend(evaluate::answers(&standing.rules, &Answers { start: None, ..answers.clone() }, now));
    unmet.extend(evaluate::proof(standing.rules.proof, factor.given, factor.in_session, now));
    let (Ok(eligible), Some(length)) = (eligibility(standing, now, now), answers.length) else {
        return Err(unmet);
    };
    let span = longer(standing, eligible.span, length, now);
    match &span {
        Ok(span) if span.end <= running.end => {
            let text = Text::say("This would not end later than now. It already runs until ");
            let text = running.end.map_or_else(|| text.clone(), |end| text.clone().at(end));
            unmet.push(Refusal::new(Code::NothingChanged, text.then(".")).at("length"));
        }
        Ok(_) => {}
        Err(refusal) => unmet.push(refusal.clone()),
    }
    match span {
        Ok(span) if unmet.is_empty() => {
            let next = standing
                .rules
                .approval
                .as_ref()
                .map_or(Next::Live(span), |rule| Next::Awaiting { deadline: now + rule.wait.delta() });
            Ok(Plan { ground: eligible.ground, next })
        }
        _ => Err(unmet),
    }
}

/// Everything that forbids more time whatever is answered.
pub fn obstacles_to_more(standing: &Standing, running: Span, now: DateTime<Utc>) -> Vec<Refusal> {
    if !running.contains(now) {
        let text = "This activation is over. Activate anew.";
        return Refusal::new(Code::NotActive, text).way("My access", "/access").into();
    }
    let mut unmet = Vec::new();
    if !standing.person.able() {
        unmet.push(Refusal::new(Code::PersonDisabled, "Your account is disabled."));
    }
    if !standing.group_open {
        unmet.push(Refusal::new(Code::GroupClosed, "This group is closed or not managed here."));
    }
    if let Some(since) = standing.waiting_since {
        let text = Text::say("Already asked at ").at(since).then(". The request is waiting for approval.");
        unmet.push(Refusal::new(Code::AlreadyAsked, text).way("My requests", "/requests"));
    }
    unmet.extend(no_approver(standing));
    unmet.extend(eligibility(standing, now, now).err());
    unmet
}

/// The span that a length counted from now would give: it ends with the eligibility, and before what is planned.
pub(super) fn longer(
    standing: &Standing,
    eligible: Span,
    length: Minutes,
    now: DateTime<Utc>,
) -> Result<Span, Refusal> {
    let asked =
        standing.planned.iter().fold(Span::lasting(now, length.delta()), |span, next| span.cut(next.start));
    window(standing, eligible, now, asked)
}
