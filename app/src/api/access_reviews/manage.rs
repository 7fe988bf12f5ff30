//! Ending a round, applying it, stopping a review.

use crate::failure::Failure;
use crate::forms::Done;
use leptos::prelude::*;

/// Does `what` (end, apply or stop) with the review of this number of the group at `key`.
#[server(prefix = "/api/ui", endpoint = "access-reviews/manage")]
pub async fn manage_access_review(
    #[server(default)] key: String,
    #[server(default)] number: String,
    #[server(default)] what: String,
) -> Result<Done, Failure> {
    use crate::api::groups::typed;
    use crate::ctx::{caller, engine};
    use engine::act::manage_access_review::{Input, What, manage_access_review};

    let number: i64 = number.parse().map_err(|_| Failure::NotFound)?;
    let done = What::parse(&what).ok_or_else(|| typed::unreadable_form())?;
    let to = Done::to(format!("/groups/{key}/reviews/{number}"));
    manage_access_review(&engine()?, &caller()?, Input { key, number, what: done }).await?;
    Ok(to.saying(match done {
        What::End => "access-review-ended",
        What::Apply => "access-review-applied",
        What::Stop => "access-review-stopped",
    }))
}
