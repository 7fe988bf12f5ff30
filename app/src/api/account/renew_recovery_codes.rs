//! New recovery codes.

use crate::failure::Failure;
use crate::forms::Done;
use leptos::prelude::*;

/// Makes new codes; the answer shows them once.
#[server(prefix = "/api/ui", endpoint = "account/renew-recovery-codes")]
pub async fn renew_recovery_codes(#[server(default)] code: String) -> Result<Done, Failure> {
    use crate::{ctx, session};
    use engine::act::recovery_codes::renew;
    let codes = renew(&ctx::engine()?, &ctx::caller()?, &code).await?;
    session::renew("totp")?;
    Ok(Done::to("/account").showing(codes))
}
