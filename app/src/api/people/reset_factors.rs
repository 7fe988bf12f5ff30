//! Taking somebody's second factor away.

use crate::failure::Failure;
use crate::forms::Done;
use leptos::prelude::*;

/// Resets app and recovery codes of the person at this address, and signs her out.
#[server(prefix = "/api/ui", endpoint = "people/reset-factors")]
pub async fn reset_factors(
    #[server(default)] user: String,
    #[server(default)] code: String,
) -> Result<Done, Failure> {
    use crate::ctx::{caller, engine};
    use engine::act::reset_factors::reset_factors;

    let (engine, caller) = (engine()?, caller()?);
    let person = engine::ask::person::find(&engine, &caller, &user).await?;
    reset_factors(&engine, &caller, person, &code).await?;
    Ok(Done::to(crate::pages::people::address(&user)).saying("factors-reset"))
}
