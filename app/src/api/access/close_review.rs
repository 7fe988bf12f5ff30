//! Closing the review of a broken glass.

use crate::failure::Failure;
use crate::forms::Done;
use leptos::prelude::*;

/// Closes the review of the request with this R-number.
#[server(prefix = "/api/ui", endpoint = "access/close-review")]
pub async fn close_review(
    #[server(default)] number: String,
    #[server(default)] finding: String,
) -> Result<Done, Failure> {
    use crate::ctx::{caller, engine};
    use engine::act::close_review::{Input, close_review};

    let number = engine::db::requests::parse_name(&number).ok_or(Failure::NotFound)?;
    close_review(&engine()?, &caller()?, Input { number, finding }).await?;
    Ok(Done::to("/break-glass").saying("review-closed"))
}
