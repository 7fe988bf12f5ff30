//! Ending sessions of one's own.

use crate::failure::Failure;
use crate::forms::Done;
use leptos::prelude::*;

/// What the button for all other sessions sends.
pub const OTHERS: &str = "others";

/// Ends the session of this name, or all others.
#[server(prefix = "/api/ui", endpoint = "account/end-session")]
pub async fn end_session(#[server(default)] session: String) -> Result<Done, Failure> {
    use crate::ctx;
    use engine::act::end_session::{end_one, end_others};
    let (engine, caller) = (ctx::engine()?, ctx::caller()?);
    let done = Done::to("/account/sessions");
    if session == OTHERS {
        let ended = end_others(&engine, &caller).await?;
        return Ok(done.saying("sessions-ended").with("count", ended));
    }
    end_one(&engine, &caller, &bytes(&session).ok_or(Failure::NotFound)?).await?;
    Ok(done.saying("session-ended"))
}

/// Reads the name of a session, written as pairs of hexadecimal digits.
#[cfg(feature = "ssr")]
fn bytes(name: &str) -> Option<Vec<u8>> {
    let pairs = name.as_bytes().chunks(2).map(|pair| str::from_utf8(pair).ok());
    pairs.map(|pair| u8::from_str_radix(pair.filter(|pair| pair.len() == 2)?, 16).ok()).collect()
}
