//! The second step of signing in.

use crate::failure::Failure;
use crate::forms::Done;
use leptos::prelude::*;

/// Checks a code of the authenticator app, or a recovery code.
#[server(prefix = "/api/ui", endpoint = "session/second")]
pub async fn second(
    #[server(default)] code: String,
    #[server(default)] next: String,
) -> Result<Done, Failure> {
    use crate::{ctx, session};
    use engine::act::sign_in;
    use engine::factor::Method;
    let (engine, person, device) = (ctx::engine()?, session::pending()?, session::device());
    let signed_in = sign_in::second(&engine, &ctx::via(), person, &code, device.as_deref()).await?;
    let to = super::after(signed_in.stage, &next);
    let recovered = signed_in.method == Some(Method::RecoveryCode);
    session::begin(signed_in)?;
    Ok(if recovered { Done::to(to).saying("recovery-code-used") } else { Done::to(to) })
}
