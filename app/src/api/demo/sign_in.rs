//! Signing in with one click as somebody of the sample company.

use crate::failure::Failure;
use crate::forms::Done;
use leptos::prelude::*;

/// Signs in as this persona, both steps at once. Outside the demo there is no such thing.
#[server(prefix = "/api/ui", endpoint = "demo/sign-in")]
pub async fn demo_sign_in(#[server(default)] persona: String) -> Result<Done, Failure> {
    use crate::{ctx, session, shell};
    if !shell::site().demo {
        return Err(Failure::NotFound);
    }
    session::begin(engine::demo::enter(&ctx::engine()?, &ctx::via(), &persona).await?)?;
    Ok(Done::to("/access"))
}
