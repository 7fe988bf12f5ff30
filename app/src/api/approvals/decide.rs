//! Deciding on one or several requests with one form.

use crate::failure::Failure;
use crate::forms::Done;
use leptos::prelude::*;
use std::collections::BTreeMap;

/// Decides. `answers` holds three fields for each request: `R-10479` is `later`, `approve` or `deny`,
/// `comment-R-10479` what to say to the person, `seen-R-10479` the content that was shown.
#[server(prefix = "/api/ui", endpoint = "approvals/decide")]
pub async fn decide(
    #[server(default)] number: String,
    #[server(default)] code: String,
    #[server(flatten)] answers: BTreeMap<String, String>,
) -> Result<Done, Failure> {
    use crate::pages::approvals::sheet::Sheet;
    let sheet = Sheet::read(&answers)?;
    sheet.record(&number, &code).await
}
