//! What a password must be (SEC 6.4, ASVS 5.0 V6.2): long and hard to guess; no composition rules, no forced change.

use crate::refusal::{Code, Refusal};

/// Shortest password, in characters.
pub const MIN: usize = 12;
/// Longest password, in characters: bounds the work of hashing.
pub const MAX: usize = 128;

/// Judges a new password. `strength` is zxcvbn's score from 0 to 4, given the person's own names as context.
///
/// # Errors
/// One refusal at the field `password`.
pub fn check(password: &str, strength: u8) -> Result<(), Refusal> {
    let length = password.chars().count();
    if length < MIN {
        let text = format!("Use at least {MIN} characters. You wrote {length}.");
        return Err(Refusal::new(Code::PasswordShort, text.as_str()).at("password"));
    }
    if length > MAX {
        let text = format!("Use at most {MAX} characters.");
        return Err(Refusal::new(Code::TextTooLong, text.as_str()).at("password"));
    }
    if strength < 3 {
        let text = "This password is easy to guess. Several unrelated words make a good one.";
        return Err(Refusal::new(Code::PasswordWeak, text).at("password"));
    }
    Ok(())
}
