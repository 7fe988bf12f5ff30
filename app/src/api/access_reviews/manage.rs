//! Ending a round, applying it, stopping a review.

use crate::failure::Failure;
use crate::forms::Done;
use leptos::prelude::*;

/// Does `what` (end, apply or stop) with the review of this number of the group at `key`, ending and applying with its `round`;
/// `sure` if that takes access away at once.
#[server(prefix = "/api/ui", endpoint = "access-reviews/manage")]
pub async fn manage_access_review(
    #[server(default)] key: String,
    #[server(default)] number: String,
    #[server(default)] round: String,
    #[server(default)] what: String,
    #[server(default)] sure: String,
) -> Result<Done, Failure> {
    use crate::api::groups::typed;
    use crate::ctx::{caller, engine};
    use engine::act::manage_access_review::{Input, What, manage_access_review};

    let number: i64 = number.parse().map_err(|_| Failure::NotFound)?;
    let done = What::parse(&what).ok_or_else(typed::unreadable_form)?;
    // to stop a review it needs no round, and none has this number
    let round: i32 = round.parse().unwrap_or_default();
    let on = if round > 0 { format!("?round={round}") } else { String::new() };
    let to = Done::to(format!("/groups/{key}/reviews/{number}{on}"));
    let input = Input { key, number, round, what: done, sure: !sure.is_empty() };
    let applied = manage_access_review(&engine()?, &caller()?, input).await?;
    Ok(to.saying(match done {
        What::End => "access-review-ended",
        What::Apply if applied => "access-review-applied",
        What::Apply => "access-review-applying",
        What::Stop => "access-review-stopped",
    }))
}
