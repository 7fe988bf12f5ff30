//! Approving everything that is recommended to stay, after it was shown.

use crate::failure::Failure;
use crate::forms::Done;
use leptos::prelude::*;

/// Approves what the page showed of the round `number`, `seen` in one word, for one reason if the review asks for it.
#[server(prefix = "/api/ui", endpoint = "access-reviews/approve-recommended")]
pub async fn approve_recommended(
    #[server(default)] number: String,
    #[server(default)] seen: String,
    #[server(default)] reason: String,
    #[server(default)] opened: String,
) -> Result<Done, Failure> {
    use crate::ctx::{caller, engine};
    use engine::act::decide_access_review::{Choices, Input, decide_access_review};

    let number: i64 = number.parse().map_err(|_| Failure::NotFound)?;
    let choices = Choices::Recommended { seen, reason: reason.trim().to_owned() };
    let input = Input { number, choices, opened };
    let count = decide_access_review(&engine()?, &caller()?, input).await.map_err(once)?;
    Ok(Done::to(format!("/reviews/{number}")).saying("access-review-decided").with("count", count))
}

/// One reason was asked for all of them, so one refusal stands at its field.
#[cfg(feature = "ssr")]
fn once(error: engine::Error) -> Failure {
    use domain::refusal::Code;
    match Failure::from(error) {
        Failure::Refused { mut refusals } => {
            refusals.truncate(1);
            let about_reason = |code| matches!(code, Code::JustificationMissing | Code::TextTooLong);
            for refusal in &mut refusals {
                refusal.field = about_reason(refusal.code).then(|| "reason".to_owned());
            }
            Failure::Refused { refusals }
        }
        other => other,
    }
}
