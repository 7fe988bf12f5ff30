//! Using a one-time link.

use crate::failure::Failure;
use crate::forms::Done;
use leptos::prelude::*;

/// Sets the password of the person a one-time link is for.
#[server(prefix = "/api/ui", endpoint = "session/invitation")]
pub async fn accept_invitation(
    #[server(default)] invitation: String,
    #[server(default)] password: String,
    #[server(default)] repeat_password: String,
) -> Result<Done, Failure> {
    use crate::{ctx, session};
    use engine::act::accept_invitation::{Input, accept_invitation as accept};
    let typed = Input { token: invitation, password: password.into(), repeat: repeat_password.into() };
    let signed_in = accept(&ctx::engine()?, &ctx::via(), typed).await?;
    let to = super::after(signed_in.stage, "/");
    session::begin(signed_in)?;
    Ok(Done::to(to))
}
