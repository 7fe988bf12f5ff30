//! What a password must be: long and hard to guess, nothing else.

#![cfg(test)]

use domain::password::{MAX, MIN, check};
use domain::refusal::Code;

fn judged(password: &str, strength: u8) -> Result<(), Code> {
    check(password, strength).map_err(|refusal| {
        assert_eq!(refusal.field.as_deref(), Some("password"));
        refusal.code
    })
}

#[test]
fn length_is_judged_before_strength_and_in_characters() {
    for (length, strength, expected) in [
        (0, 4, Err(Code::PasswordShort)),
        (MIN - 1, 4, Err(Code::PasswordShort)),
        (MIN, 4, Ok(())),
        (MAX, 4, Ok(())),
        (MAX + 1, 4, Err(Code::TextTooLong)),
        (MIN - 1, 0, Err(Code::PasswordShort)),
        (MAX + 1, 0, Err(Code::TextTooLong)),
    ] {
        assert_eq!(judged(&"x".repeat(length), strength), expected, "{length} letters, strength {strength}");
        assert_eq!(judged(&"語".repeat(length), strength), expected, "{length} characters of three bytes");
    }
}

#[test]
fn easy_to_guess_is_refused_and_no_kind_of_character_is_asked_for() {
    for strength in 0..=2 {
        assert_eq!(judged("Tr0ub4dor&3xx", strength), Err(Code::PasswordWeak));
    }
    for strength in 3..=4 {
        assert_eq!(judged("only small letters here", strength), Ok(()));
    }
}

#[test]
fn the_sentence_says_how_long_it_was() {
    let refusal = check("elevenchars", 4).unwrap_err();
    assert_eq!(refusal.text.to_string(), "Use at least 12 characters. You wrote 11.");
}
