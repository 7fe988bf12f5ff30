//! The form of an approver: read, judged as a whole, recorded in one go.

use super::result::Line;
use crate::ctx;
use crate::failure::Failure;
use crate::forms::Done;
use domain::approval::{self, Verdict};
use domain::refusal::Refusal;
use engine::act::decide::{self, Decided, Decision};
use engine::ask::approvals::{self, InForm};
use engine::db::requests;
use std::collections::BTreeMap;

/// What was chosen for one request.
struct Choice {
    number: i64,
    verdict: Verdict,
    comment: String,
    seen: String,
}

/// What was chosen for all of them. "Later" leaves no trace.
pub struct Sheet(Vec<Choice>);

impl Sheet {
    /// Reads the fields of the form.
    ///
    /// # Errors
    /// A choice that is none; a denial without words, marked at its field.
    pub fn read(answers: &BTreeMap<String, String>) -> Result<Self, Failure> {
        let (mut choices, mut unfit) = (Vec::new(), Vec::new());
        for (name, word) in answers.iter().filter(|(name, _)| name.starts_with("R-")) {
            let Some(number) = requests::parse_name(name) else { continue };
            if word == crate::parts::decision::LATER {
                continue;
            }
            let verdict =
                Verdict::parse(word).ok_or_else(|| Failure::refused(crate::forms::unreadable().at(name)))?;
            let field = |prefix: &str| answers.get(&format!("{prefix}-{name}")).cloned().unwrap_or_default();
            let comment = field("comment");
            unfit.extend(
                approval::comment(verdict, &comment).map(|no: Refusal| no.at(format!("comment-{name}"))),
            );
            choices.push(Choice { number, verdict, comment, seen: field("seen") });
        }
        if unfit.is_empty() { Ok(Self(choices)) } else { Err(unfit.into()) }
    }

    /// Records the decisions, and says on the next page what came of each. `number` is that of the page of one request.
    ///
    /// # Errors
    /// What concerns the form as a whole: nothing chosen, too many, no or a wrong code. Then nothing was recorded.
    pub async fn record(self, number: &str, code: &str) -> Result<Done, Failure> {
        let (engine, caller) = (ctx::engine()?, ctx::caller()?);
        let numbers: Vec<i64> = self.0.iter().map(|choice| choice.number).collect();
        let found = approvals::in_form(&engine, &caller, &numbers).await?;
        if found.is_empty() && !numbers.is_empty() {
            return Err(Failure::NotFound);
        }
        let decisions: Vec<Decision> = found.iter().filter_map(|found| self.decision(found)).collect();
        let decided = decide::decide(&engine, &caller, &decisions, code).await?;
        let to = match requests::parse_name(number) {
            Some(number) => format!("/approvals/{}", requests::name(number)),
            None => "/approvals".to_owned(),
        };
        let lines = decided.iter().map(|decided| line(decided, &found));
        Ok(lines.fold(Done::to(to).saying(super::result::CODE), |done, (key, line)| done.with(&key, line)))
    }

    fn decision(&self, found: &InForm) -> Option<Decision> {
        let choice = self.0.iter().find(|choice| choice.number == found.number)?;
        Some(Decision {
            request: found.request,
            verdict: choice.verdict,
            reason: choice.comment.clone(),
            seen: choice.seen.clone(),
            cues: found.card.as_ref().map_or_else(Vec::new, |card| card.cues.clone()),
        })
    }
}

/// What the next page says of one decision. Of a request that she may not see, nothing but that.
fn line(decided: &Decided, found: &[InForm]) -> (String, Line) {
    let found = found.iter().find(|found| found.request == decided.request);
    let number = found.map_or(decided.number, |found| found.number);
    let card = found.and_then(|found| found.card.as_ref());
    let line = Line {
        who: card.map_or_else(String::new, |card| card.who.name.clone()),
        group: card.map_or_else(String::new, |card| card.thing.name.clone()),
        result: decided.result.clone().map(super::result::words).map_err(|refusal| refusal.text),
    };
    (requests::name(number), line)
}
