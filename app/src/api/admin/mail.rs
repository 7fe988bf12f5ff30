//! Mail on and off, a test, and one mail again.

use crate::failure::Failure;
use crate::forms::Done;
use leptos::prelude::*;

/// Does what the button said: `stop`, `start` or `test`.
#[server(prefix = "/api/ui", endpoint = "admin/manage-mail")]
pub async fn manage_mail(
    #[server(default)] deed: String,
    #[server(default)] reason: String,
) -> Result<Done, Failure> {
    use crate::ctx;
    use engine::act::{switch_mail::switch_mail, test_mail::test_mail};
    let (engine, caller) = (ctx::engine()?, ctx::caller()?);
    let done = Done::to("/admin/mail");
    match deed.as_str() {
        "test" => {
            test_mail(&engine, &caller).await?;
            Ok(done.saying("mail-tested"))
        }
        "start" => {
            switch_mail(&engine, &caller, true, &reason).await?;
            Ok(done.saying("mail-started"))
        }
        _ => {
            switch_mail(&engine, &caller, false, &reason).await?;
            Ok(done.saying("mail-stopped"))
        }
    }
}

/// Tries a mail again that was given up.
#[server(prefix = "/api/ui", endpoint = "admin/resend-mail")]
pub async fn resend_mail(#[server(default)] id: String) -> Result<Done, Failure> {
    use crate::ctx;
    use engine::act::resend_mail::resend_mail;
    let mail = id.parse().map_err(|_| Failure::NotFound)?;
    resend_mail(&ctx::engine()?, &ctx::caller()?, mail).await?;
    Ok(Done::to("/admin/mail").saying("mail-resent"))
}
