//! Signing out.

use crate::failure::Failure;
use crate::forms::Done;
use leptos::prelude::*;

/// Ends this session.
#[server(prefix = "/api/ui", endpoint = "session/sign-out")]
pub async fn sign_out() -> Result<Done, Failure> {
    use crate::ctx::{SessionChange, change_session, forget_site_data};
    change_session(SessionChange::End)?;
    forget_site_data();
    Ok(Done::to("/sign-in").saying("signed-out"))
}
