//! Deciding on a page of assignments.

use crate::failure::Failure;
use crate::forms::Done;
use leptos::prelude::*;

/// Decides in the round `number`: `item` are the rows of the page with what it showed of them, in order, `reason` what
/// stands beside each, `choice` what was chosen ("id approve"); `opened` is the page's own mark, `after` where it began.
#[server(prefix = "/api/ui", endpoint = "access-reviews/decide")]
pub async fn decide_access_review(
    #[server(default)] number: String,
    #[server(default)] item: Vec<String>,
    #[server(default)] reason: Vec<String>,
    #[server(default)] choice: Vec<String>,
    #[server(default)] opened: String,
    #[server(default)] after: String,
) -> Result<Done, Failure> {
    use crate::ctx::{caller, engine};
    use engine::act::decide_access_review::{Choices, Input, decide_access_review};

    let number: i64 = number.parse().map_err(|_| Failure::NotFound)?;
    let choices = Choices::Some(read(&item, &reason, &choice)?);
    let input = Input { number, choices, opened };
    let count = decide_access_review(&engine()?, &caller()?, input).await?;
    let word: String = form_urlencoded::byte_serialize(after.as_bytes()).collect();
    let to = if after.is_empty() { String::new() } else { format!("?after={word}") };
    Ok(Done::to(format!("/reviews/{number}{to}")).saying("access-review-decided").with("count", count))
}

/// What was chosen, row by row. A reason without a decision is not lost but asked about.
#[cfg(feature = "ssr")]
fn read(
    items: &[String],
    reasons: &[String],
    chosen: &[String],
) -> Result<Vec<engine::act::decide_access_review::Choice>, Failure> {
    use crate::api::groups::typed::unreadable_form;
    use domain::access_review::Decision;
    use domain::refusal::{Code, Refusal};
    use engine::access_review::seen::Seen;
    use engine::act::decide_access_review::{Choice, field};

    let (mut choices, mut wrong) = (Vec::new(), Vec::new());
    for (row, at) in items.iter().enumerate() {
        let seen = Seen::parse(at).ok_or_else(unreadable_form)?;
        let id = seen.item.to_string();
        let reason = reasons.get(row).map(|reason| reason.trim().to_owned()).unwrap_or_default();
        let word = chosen.iter().find_map(|choice| choice.strip_prefix(&id)?.strip_prefix(' '));
        match word.map(|word| Decision::parse(word).ok_or_else(unreadable_form)).transpose()? {
            Some(decision) => choices.push(Choice { seen, decision, reason }),
            None if reason.is_empty() => {}
            None => {
                let text = "Choose what this reason is for, or empty it.";
                wrong.push(Refusal::new(Code::Missing, text).at(field(seen.item)));
            }
        }
    }
    if wrong.is_empty() { Ok(choices) } else { Err(Failure::Refused { refusals: wrong }) }
}
