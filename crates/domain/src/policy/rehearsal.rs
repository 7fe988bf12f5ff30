//! A draft policy rehearsed on what people really asked for: whom it would have refused, and who would have waited.

use super::ActivationRules;
use super::evaluate::{self, Answers};
use crate::refusal::Code;
use std::collections::BTreeMap;

/// Something that was asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Past {
    /// As typed.
    pub answers: Answers,
    /// Whether the policy of that day asked for approval.
    pub waited: bool,
}

/// What a draft would have made of the past.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Rehearsal {
    /// Requests that it was tried on.
    pub requests: usize,
    /// Those that it would have refused.
    pub refused: usize,
    /// Why; one request may lack several things.
    pub why: BTreeMap<Code, usize>,
    /// Not refused, and would now wait for approval where they started at once.
    pub would_wait: usize,
    /// Not refused, and would now start at once where they waited for approval.
    pub would_start: usize,
}

/// Judges what was asked by the draft. What a person can always give anew, a code, is left out.
pub fn rehearse(past: &[Past], draft: &ActivationRules) -> Rehearsal {
    let mut found = Rehearsal { requests: past.len(), ..Rehearsal::default() };
    for asked in past {
        let unmet = evaluate::demands(draft, &asked.answers);
        for refusal in &unmet {
            *found.why.entry(refusal.code).or_default() += 1;
        }
        match (unmet.is_empty(), asked.waited, draft.approval.is_some()) {
            (false, _, _) => found.refused += 1,
            (true, false, true) => found.would_wait += 1,
            (true, true, false) => found.would_start += 1,
            (true, _, _) => {}
        }
    }
    found
}

impl Rehearsal {
    /// What it says, in sentences.
    pub fn sentences(&self) -> Vec<String> {
        if self.requests == 0 {
            return vec!["Nobody asked for it.".to_owned()];
        }
        let of = if self.requests == 1 {
            "Of 1 request".to_owned()
        } else {
            format!("Of {} requests", self.requests)
        };
        let mut said = vec![match self.refused {
            0 => format!("{of}, none would have been refused."),
            refused => format!("{of}, {refused} would have been refused: {}.", self.reasons()),
        }];
        if self.would_wait > 0 {
            said.push(format!("{} that started at once would have needed approval.", self.would_wait));
        }
        if self.would_start > 0 {
            said.push(format!("{} that needed approval would have started at once.", self.would_start));
        }
        if said.len() == 1 && self.refused < self.requests {
            said.push("As many would have needed approval as did.".to_owned());
        }
        said
    }

    fn reasons(&self) -> String {
        let one = |(code, n): (&Code, &usize)| format!("{n} {}", reason(*code));
        self.why.iter().map(one).collect::<Vec<_>>().join(", ")
    }
}

fn reason(code: Code) -> &'static str {
    match code {
        Code::TooLong => "too long",
        Code::JustificationMissing => "without a justification",
        Code::JustificationShort => "with too short a justification",
        Code::TicketMissing => "without a ticket",
        Code::TicketPattern => "with a ticket of another form",
        _ => "for another reason",
    }
}
