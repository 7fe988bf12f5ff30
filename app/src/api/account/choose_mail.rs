//! Which mails somebody wants.

use crate::failure::Failure;
use crate::forms::Done;
use leptos::prelude::*;

/// Saves the kinds that are ticked; the others are turned off.
#[server(prefix = "/api/ui", endpoint = "account/choose-mail")]
pub async fn choose_mail(#[server(default)] wanted: Vec<String>) -> Result<Done, Failure> {
    use crate::ctx;
    engine::act::choose_mail::choose_mail(&ctx::engine()?, &ctx::caller()?, &wanted).await?;
    Ok(Done::to("/account/mail").saying("preferences-saved"))
}
