//! Signing in with one click as somebody of the sample company.

use crate::failure::Failure;
use crate::forms::Done;
use leptos::prelude::*;

/// Signs in as this persona, both steps at once. Outside the demo there is no such thing.
#[server(prefix = "/api/ui", endpoint = "demo/sign-in")]
pub async fn demo_sign_in(#[server(default)] persona: String) -> Result<Done, Failure> {
    use crate::ctx::{self, SessionChange, Stage, change_session};
    if !crate::shell::site().demo {
        return Err(Failure::NotFound);
    }
    let signed_in = engine::demo::enter(&ctx::engine()?, &ctx::via(), &persona).await?;
    let mfa_method = signed_in.method.map(|method| method.wire().to_owned());
    change_session(SessionChange::Begin { person: signed_in.person.0, stage: Stage::Full, mfa_method })?;
    Ok(Done::to("/access"))
}
