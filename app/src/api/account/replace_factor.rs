//! A new authenticator app in place of the old one.

use crate::failure::Failure;
use crate::forms::Done;
use leptos::prelude::*;

/// Replaces the app; all other sessions end, and this one gets a new id.
#[server(prefix = "/api/ui", endpoint = "account/replace-factor")]
pub async fn replace_factor(
    #[server(default)] sealed: String,
    #[server(default)] code: String,
    #[server(default)] proof_code: String,
) -> Result<Done, Failure> {
    use crate::{ctx, session};
    use engine::act::enrol_factor::replace;
    replace(&ctx::engine()?, &ctx::caller()?, &sealed, &code, &proof_code).await?;
    session::renew("totp")?;
    Ok(Done::to("/account/factors").saying("factor-replaced"))
}
