//! The first step of signing in.

use crate::failure::Failure;
use crate::forms::Done;
use leptos::prelude::*;

/// Checks user name and password.
#[server(prefix = "/api/ui", endpoint = "session/sign-in")]
pub async fn sign_in(
    #[server(default)] user_name: String,
    #[server(default)] password: String,
    #[server(default)] next: String,
) -> Result<Done, Failure> {
    use crate::{ctx, session};
    use engine::act::sign_in::{Password, password as check};
    let typed = Password { user_name, password: password.into(), device: session::device() };
    let signed_in = check(&ctx::engine()?, &ctx::via(), typed).await?;
    let to = super::after(signed_in.stage, &next);
    session::begin(signed_in)?;
    Ok(Done::to(to))
}
