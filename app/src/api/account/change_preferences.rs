//! How the pages look to oneself.

use crate::failure::Failure;
use crate::forms::Done;
use leptos::prelude::*;

/// Saves zone and colours.
#[server(prefix = "/api/ui", endpoint = "account/change-preferences")]
pub async fn change_preferences(
    #[server(default)] time_zone: String,
    #[server(default)] theme: String,
) -> Result<Done, Failure> {
    use crate::ctx;
    use engine::act::change_preferences::{Input, change_preferences};
    change_preferences(&ctx::engine()?, &ctx::caller()?, Input { time_zone, theme }).await?;
    Ok(Done::to("/account").saying("preferences-saved"))
}
