//! One's own password.

use crate::failure::Failure;
use crate::forms::Done;
use leptos::prelude::*;

/// Changes the password; all other sessions end, and this one gets a new id.
#[server(prefix = "/api/ui", endpoint = "account/change-password")]
pub async fn change_password(
    #[server(default)] password: String,
    #[server(default)] new_password: String,
    #[server(default)] repeat_password: String,
    #[server(default)] code: String,
) -> Result<Done, Failure> {
    use crate::{ctx, session};
    use engine::act::change_password::{Input, change_password};
    let input =
        Input { password: password.into(), new: new_password.into(), repeat: repeat_password.into(), code };
    change_password(&ctx::engine()?, &ctx::caller()?, input).await?;
    session::renew("totp")?;
    Ok(Done::to("/account").saying("password-changed"))
}
