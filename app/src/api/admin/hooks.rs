//! Where events are sent: webhooks made, changed, tried and taken away.
#![expect(
    clippy::too_many_arguments,
    reason = "the arguments of a server function are the fields of its form"
)]

use crate::failure::Failure;
use crate::forms::Done;
use leptos::prelude::*;

/// Makes a webhook; the answer shows its secret once.
#[server(prefix = "/api/ui", endpoint = "admin/create-hook")]
pub async fn create_hook(
    #[server(default)] name: String,
    #[server(default)] address: String,
    #[server(default)] format: String,
    #[server(default)] topics: Vec<String>,
    #[server(default)] refusals: bool,
    #[server(default)] code: String,
) -> Result<Done, Failure> {
    use crate::ctx;
    use engine::act::create_hook::create_hook;
    use engine::hook::input::Input;
    let input = Input { name, address, format, topics, refusals };
    let created = create_hook(&ctx::engine()?, &ctx::caller()?, &input, &code).await?;
    Ok(Done::to(format!("/admin/webhooks/{}", created.id)).showing(vec![created.secret]))
}

/// Changes a webhook.
#[server(prefix = "/api/ui", endpoint = "admin/edit-hook")]
pub async fn edit_hook(
    #[server(default)] id: String,
    #[server(default)] version: String,
    #[server(default)] name: String,
    #[server(default)] address: String,
    #[server(default)] format: String,
    #[server(default)] topics: Vec<String>,
    #[server(default)] refusals: bool,
    #[server(default)] code: String,
) -> Result<Done, Failure> {
    use crate::ctx;
    use engine::act::edit_hook::edit_hook;
    use engine::hook::input::Input;
    let hook = id.parse().map_err(|_| Failure::NotFound)?;
    let input = Input { name, address, format, topics, refusals };
    let version = version.parse().unwrap_or_default();
    edit_hook(&ctx::engine()?, &ctx::caller()?, hook, version, &input, &code).await?;
    Ok(Done::to(format!("/admin/webhooks/{hook}")).saying("hook-edited"))
}

/// Does what the button said: `test`, `on`, `off`, or `again` for everything that was given up.
#[server(prefix = "/api/ui", endpoint = "admin/manage-hook")]
pub async fn manage_hook(
    #[server(default)] id: String,
    #[server(default)] deed: String,
) -> Result<Done, Failure> {
    use crate::ctx;
    use engine::act::{resend_delivery::resend_delivery, switch_hook::switch_hook, test_hook::test_hook};
    let (engine, caller) = (ctx::engine()?, ctx::caller()?);
    let hook = id.parse().map_err(|_| Failure::NotFound)?;
    let said = match deed.as_str() {
        "test" => {
            test_hook(&engine, &caller, hook).await?;
            "hook-tested"
        }
        "again" => {
            resend_delivery(&engine, &caller, hook, None).await?;
            "hook-resent"
        }
        "on" => {
            switch_hook(&engine, &caller, hook, true).await?;
            "hook-on"
        }
        "off" => {
            switch_hook(&engine, &caller, hook, false).await?;
            "hook-off"
        }
        _ => return Err(vec![crate::forms::unreadable()].into()),
    };
    Ok(Done::to(format!("/admin/webhooks/{hook}")).saying(said))
}

/// A new secret; the answer shows it once.
#[server(prefix = "/api/ui", endpoint = "admin/renew-hook-secret")]
pub async fn renew_hook_secret(
    #[server(default)] id: String,
    #[server(default)] code: String,
) -> Result<Done, Failure> {
    use crate::ctx;
    use engine::act::renew_hook_secret::renew_hook_secret;
    let hook = id.parse().map_err(|_| Failure::NotFound)?;
    let secret = renew_hook_secret(&ctx::engine()?, &ctx::caller()?, hook, &code).await?;
    Ok(Done::to(format!("/admin/webhooks/{hook}")).showing(vec![secret]))
}

/// Deletes a webhook.
#[server(prefix = "/api/ui", endpoint = "admin/delete-hook")]
pub async fn delete_hook(#[server(default)] id: String) -> Result<Done, Failure> {
    use crate::ctx;
    use engine::act::delete_hook::delete_hook;
    let hook = id.parse().map_err(|_| Failure::NotFound)?;
    delete_hook(&ctx::engine()?, &ctx::caller()?, hook).await?;
    Ok(Done::to("/admin/webhooks").saying("hook-deleted"))
}

/// Sends one delivery again.
#[server(prefix = "/api/ui", endpoint = "admin/resend-delivery")]
pub async fn resend_delivery(
    #[server(default)] id: String,
    #[server(default)] delivery: String,
) -> Result<Done, Failure> {
    use crate::ctx;
    use engine::act::resend_delivery::resend_delivery;
    let (hook, one) = id.parse().ok().zip(delivery.parse().ok()).ok_or(Failure::NotFound)?;
    resend_delivery(&ctx::engine()?, &ctx::caller()?, hook, Some(one)).await?;
    Ok(Done::to(format!("/admin/webhooks/{hook}")).saying("hook-resent"))
}
