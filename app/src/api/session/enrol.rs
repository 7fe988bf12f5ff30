//! Setting up the first second factor, as part of signing in.

use crate::failure::Failure;
use crate::forms::Done;
use leptos::prelude::*;

/// Takes the offered secret when a code proves that the authenticator app has it; shows the recovery codes once.
#[server(prefix = "/api/ui", endpoint = "session/enrol")]
pub async fn enrol(
    #[server(default)] sealed: String,
    #[server(default)] code: String,
    #[server(default)] next: String,
) -> Result<Done, Failure> {
    use crate::{ctx, session};
    use engine::act::enrol_factor::first;
    let (engine, person) = (ctx::engine()?, session::pending()?);
    let enrolled = first(&engine, &ctx::via(), person, &sealed, &code).await?;
    let to = super::after(enrolled.signed_in.stage, &next);
    session::begin(enrolled.signed_in)?;
    Ok(Done::to(to).showing(enrolled.codes))
}
