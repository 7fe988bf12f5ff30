//! Signing out.

use crate::failure::Failure;
use crate::forms::Done;
use leptos::prelude::*;

/// Ends this session.
#[server(prefix = "/api/ui", endpoint = "session/sign-out")]
pub async fn sign_out() -> Result<Done, Failure> {
    use crate::{ctx, session};
    if let Ok(caller) = ctx::caller() {
        engine::act::sign_out::sign_out(&ctx::engine()?, &caller).await?;
    }
    session::end()?;
    Ok(Done::to("/sign-in").saying("signed-out"))
}
