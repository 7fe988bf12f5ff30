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
    use domain::refusal::{Code, Refusal};
    let _ = (user_name, password, next);
    Err(Failure::refused(Refusal::new(Code::SignInFailed, "User name and password do not match an account.")))
}
