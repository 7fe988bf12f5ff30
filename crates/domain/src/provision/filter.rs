//! Filters in addresses (RFC 7644 section 3.4.2.2): the value is written as a JSON string, and the whole is percent-encoded.

use super::Probe;
use std::fmt::Write;

/// `attribute eq "value"`, ready for an address.
pub fn eq(attribute: &str, value: &str) -> String {
    encoded(&format!("{attribute} eq {}", quoted(value)))
}

/// Whether this user is in this group; `None` where that can't be asked by a filter.
pub fn member(probe: Probe, group: &str, user: &str) -> Option<String> {
    let (group, user) = (quoted(group), quoted(user));
    match probe {
        Probe::Dot => Some(encoded(&format!("id eq {group} and members.value eq {user}"))),
        Probe::Bracket => Some(encoded(&format!("id eq {group} and members[value eq {user}]"))),
        Probe::Read | Probe::None => None,
    }
}

/// As a JSON string.
pub fn quoted(value: &str) -> String {
    let mut text = String::with_capacity(value.len() + 2);
    text.push('"');
    for letter in value.chars() {
        match letter {
            '"' | '\\' => text.extend(['\\', letter]),
            control if control.is_control() => {
                let mut units = [0; 2];
                for unit in control.encode_utf16(&mut units) {
                    // writing to a string never fails
                    let _ = write!(text, "\\u{unit:04X}");
                }
            }
            other => text.push(other),
        }
    }
    text.push('"');
    text
}

/// Percent-encoded but for what RFC 3986 leaves alone everywhere.
pub fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            other => {
                // writing to a string never fails
                let _ = write!(out, "%{other:02X}");
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_backslashes_and_control_characters_are_escaped() {
        assert_eq!(quoted(r#"O"Brien\"#), r#""O\"Brien\\""#);
        assert_eq!(quoted("a\nb\u{7f}"), r#""a\u000Ab\u007F""#);
    }

    #[test]
    fn what_means_something_in_an_address_is_encoded() {
        assert_eq!(eq("userName", "a+b@x"), "userName%20eq%20%22a%2Bb%40x%22");
        assert_eq!(eq("userName", "100%#"), "userName%20eq%20%22100%25%23%22");
        assert_eq!(encoded("Ж"), "%D0%96");
        assert_eq!(encoded("🦊"), "%F0%9F%A6%8A");
    }

    #[test]
    fn a_probe_asks_in_its_own_form_or_not_at_all() {
        assert_eq!(
            member(Probe::Dot, "g", "u").unwrap(),
            "id%20eq%20%22g%22%20and%20members.value%20eq%20%22u%22"
        );
        assert!(member(Probe::Bracket, "g", "u").unwrap().contains("members%5Bvalue"));
        assert_eq!(member(Probe::Read, "g", "u"), None);
    }
}
