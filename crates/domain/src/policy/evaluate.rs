//! One evaluation of the demands, used by the preview, the form and the act alike: what the preview did not ask, the
//! act cannot demand unless facts changed.

use super::{
    ActivationRules, JustificationRule, MAX_AHEAD, MAX_REASON, MAX_TICKET, MIN_LENGTH, ProofRule, TicketRule,
};
use crate::duration::Minutes;
use crate::refusal::{Code, Refusal};
use chrono::{DateTime, Utc};

/// What was asked, as typed.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Answers {
    /// Wanted start; `None` is at once.
    pub start: Option<DateTime<Utc>>,
    /// Wanted length; `None` when nothing was chosen.
    pub length: Option<Minutes>,
    /// Justification, trimmed.
    pub reason: String,
    /// Ticket, trimmed.
    pub ticket: String,
}

/// What second-factor proof comes with the act.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ProofGiven {
    /// Nothing was given; the person could give one.
    Missing,
    /// The person has no second factor to give one with.
    NoFactor,
    /// A code was given and is wrong or was used before: the two read the same on purpose.
    Wrong,
    /// Too many wrong codes; the next try is possible at this time.
    Locked {
        /// When.
        until: DateTime<Utc>,
    },
    /// Verified for this act.
    Verified {
        /// When the factor was checked.
        at: DateTime<Utc>,
    },
}

/// Judges the answers about length, start, reason and ticket. `min_length` of spans is [`MIN_LENGTH`].
pub fn answers(rules: &ActivationRules, answers: &Answers, now: DateTime<Utc>) -> Vec<Refusal> {
    let mut unmet = demands(rules, answers);
    unmet.extend(start(answers.start, now));
    unmet
}

/// Judges what the rules ask whenever it starts: length, reason and ticket.
pub fn demands(rules: &ActivationRules, answers: &Answers) -> Vec<Refusal> {
    let mut unmet = Vec::new();
    unmet.extend(length(rules.max, answers.length));
    unmet.extend(justification(rules.justification, &answers.reason));
    unmet.extend(ticket(rules.ticket, &answers.ticket));
    unmet
}

/// Judges a wanted length against the longest allowed.
pub fn length(max: Minutes, wanted: Option<Minutes>) -> Option<Refusal> {
    let Some(wanted) = wanted else {
        return Some(Refusal::new(Code::Missing, "Choose how long.").at("length"));
    };
    if wanted < MIN_LENGTH {
        return Some(Refusal::new(Code::TooShort, "At least 5\u{a0}min.").at("length"));
    }
    (wanted > max).then(|| {
        let text = format!("At most {} here.", max.words());
        Refusal::new(Code::TooLong, text.as_str()).at("length")
    })
}

fn start(wanted: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Option<Refusal> {
    let wanted = wanted?;
    if wanted < now {
        let text = crate::text::Text::say("Choose a start after ").at(now).then(".");
        return Some(Refusal::new(Code::StartInPast, text).at("start"));
    }
    (wanted > now + MAX_AHEAD.delta())
        .then(|| Refusal::new(Code::StartTooFar, "At most 30 days ahead.").at("start"))
}

/// Judges a justification. Lengths count characters, not bytes.
pub fn justification(rule: JustificationRule, reason: &str) -> Option<Refusal> {
    let written = reason.trim().chars().count();
    if written > MAX_REASON {
        let text = format!("{} characters too many.", written - MAX_REASON);
        return Some(Refusal::new(Code::TextTooLong, text.as_str()).at("reason"));
    }
    if !rule.required {
        return None;
    }
    let least = usize::from(rule.min_length.max(1));
    if written == 0 {
        let text = match least {
            1 => "Say why.".to_owned(),
            least => format!("Say why, in at least {least} characters."),
        };
        return Some(Refusal::new(Code::JustificationMissing, text.as_str()).at("reason"));
    }
    (written < least).then(|| {
        let text = format!("Say why, in at least {least} characters. You wrote {written}.");
        Refusal::new(Code::JustificationShort, text.as_str()).at("reason")
    })
}

/// Judges a ticket.
pub fn ticket(rule: TicketRule, ticket: &str) -> Option<Refusal> {
    let ticket = ticket.trim();
    let written = ticket.chars().count();
    if written > MAX_TICKET {
        let text = format!("{} characters too many.", written - MAX_TICKET);
        return Some(Refusal::new(Code::TextTooLong, text.as_str()).at("ticket"));
    }
    match rule {
        TicketRule::None => None,
        _ if ticket.is_empty() => {
            Some(Refusal::new(Code::TicketMissing, "This group asks for a ticket.").at("ticket"))
        }
        TicketRule::Any => None,
        TicketRule::Pattern => (!looks_like_ticket(ticket)).then(|| {
            let text = crate::text::Text::say("Write it as letters, a dash and digits. You wrote “")
                .name(ticket)
                .then("”.");
            Refusal::new(Code::TicketPattern, text).at("ticket")
        }),
    }
}

/// Letters, a dash, digits: INC-48217.
fn looks_like_ticket(ticket: &str) -> bool {
    ticket.split_once('-').is_some_and(|(letters, digits)| {
        !letters.is_empty()
            && !digits.is_empty()
            && letters.chars().all(|c| c.is_ascii_alphabetic())
            && digits.chars().all(|c| c.is_ascii_digit())
    })
}

/// Judges the second-factor proof. `signed_in_with_factor` is when the second factor of this session was given.
///
/// A fresh proof must be at most `max_age` old at `now`; the sign-in's own factor never counts as one (SEC-13).
pub fn proof(
    rule: ProofRule,
    given: ProofGiven,
    signed_in_with_factor: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Option<Refusal> {
    let no = |code, text: crate::text::Text| Some(Refusal::new(code, text).at("code"));
    match (rule, given) {
        (ProofRule::None, _) => None,
        (ProofRule::Session, _) if signed_in_with_factor.is_some() => None,
        (ProofRule::Fresh { max_age }, ProofGiven::Verified { at })
            if now - at > max_age.delta().max(GRACE) =>
        {
            let text = crate::text::Text::say("The last confirmation is from ").at(at);
            no(Code::ProofTooOld, text.then(format!("; at most {} is allowed.", max_age.words())))
        }
        (_, ProofGiven::Verified { .. }) => None,
        (_, ProofGiven::Missing) => {
            no(Code::ProofMissing, "Enter the code from your authenticator app.".into())
        }
        (_, ProofGiven::Wrong) => no(
            Code::ProofWrong,
            "This code does not match or was already used. Wait for the next one.".into(),
        ),
        (_, ProofGiven::Locked { until }) => {
            no(Code::ProofLocked, crate::text::Text::say("Too many tries. Again from ").at(until).then("."))
        }
        (_, ProofGiven::NoFactor) => Some(
            Refusal::new(Code::NoFactor, "You have no second factor yet.")
                .at("code")
                .way("Set one up", "/account/factors"),
        ),
    }
}

/// A limit of zero means "given with this very act": the proof is checked in the act's own transaction, a moment
/// before it is judged.
const GRACE: chrono::TimeDelta = chrono::TimeDelta::seconds(30);
