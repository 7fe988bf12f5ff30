//! What may stand in the names and details of people and groups, the same by hand and by import. Nothing is cut or
//! cleaned silently: what does not fit is refused with its field.

use crate::refusal::{Code, Refusal};
use unicode_normalization::UnicodeNormalization;

/// Longest name, user name, job title and department, in characters; the directory's own limit.
pub const MAX_NAME: usize = 256;
/// Longest mail address, in characters (RFC 5321 section 4.5.3.1).
pub const MAX_MAIL: usize = 320;
/// Longest description of a group, in characters.
pub const MAX_DESCRIPTION: usize = 1024;
/// Longest key of a group, in characters.
pub const MAX_KEY: usize = 128;
/// Words that stand where a key or user name stands in addresses of pages of their own.
const RESERVED: [&str; 3] = ["new", "discover", "deleted"];

/// A name that must be there.
///
/// # Errors
/// Missing, too long, or with control characters.
pub fn name(text: &str, field: &str) -> Result<String, Refusal> {
    let text = line(text, MAX_NAME, field)?;
    if text.chars().all(|c| crate::risk::is_invisible(c) || c.is_whitespace()) {
        return Err(Refusal::new(Code::Missing, "A name is needed.").at(field));
    }
    Ok(text)
}

/// What a person signs in with.
///
/// # Errors
/// Missing, too long, or with control or invisible characters.
pub fn user_name(text: &str, field: &str) -> Result<String, Refusal> {
    let text = line(text, MAX_NAME, field)?;
    if text.is_empty() {
        return Err(Refusal::new(Code::Missing, "A user name is needed.").at(field));
    }
    if text.chars().any(crate::risk::is_invisible) {
        return Err(Refusal::new(Code::BadInput, "A user name can't hold invisible characters.").at(field));
    }
    not_reserved(&text, field)?;
    Ok(text)
}

/// An address for mail, or nothing. Only mail can prove an address; this finds what certainly is none.
///
/// # Errors
/// Too long, or no address.
pub fn mail(text: &str, field: &str) -> Result<Option<String>, Refusal> {
    let text = line(text, MAX_MAIL, field)?;
    if text.is_empty() {
        return Ok(None);
    }
    let fits = text.rsplit_once('@').is_some_and(|(local, host)| !local.is_empty() && !host.is_empty());
    if fits && !text.chars().any(char::is_whitespace) {
        Ok(Some(text))
    } else {
        Err(Refusal::new(Code::BadInput, "This is no mail address.").at(field))
    }
}

/// A short text that may be missing: job title, department.
///
/// # Errors
/// Too long, or with control characters.
pub fn short(text: &str, field: &str) -> Result<Option<String>, Refusal> {
    let text = line(text, MAX_NAME, field)?;
    Ok((!text.is_empty()).then_some(text))
}

/// What a group gives, in a few lines.
///
/// # Errors
/// Too long, or with control characters other than line breaks and tabs.
pub fn description(text: &str, field: &str) -> Result<String, Refusal> {
    let text = text.replace("\r\n", "\n").trim().to_owned();
    fits(&text, MAX_DESCRIPTION, field)?;
    if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
        return Err(control(field));
    }
    Ok(text)
}

/// The key of a group as typed: its address for ever.
///
/// # Errors
/// It is not lower-case letters, digits and dashes beginning with a letter or digit.
pub fn key(text: &str, field: &str) -> Result<String, Refusal> {
    let text = text.trim();
    let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if text.is_empty() || text.starts_with('-') || text.len() > MAX_KEY || !text.chars().all(good) {
        let why = "Use lower-case letters, digits and dashes, beginning with a letter or digit; at most 128.";
        return Err(Refusal::new(Code::BadInput, why).at(field));
    }
    not_reserved(text, field)?;
    Ok(text.to_owned())
}

fn not_reserved(text: &str, field: &str) -> Result<(), Refusal> {
    if RESERVED.iter().any(|word| text.eq_ignore_ascii_case(word)) {
        return Err(
            Refusal::new(Code::Taken, "This word is the address of a page. Choose another.").at(field)
        );
    }
    Ok(())
}

/// A key made of a name: marks fall off letters, everything else becomes a dash. `None` when nothing is left of it.
pub fn slug(name: &str) -> Option<String> {
    let mut slug = String::new();
    for c in name.nfd().flat_map(char::to_lowercase) {
        if slug.len() >= 80 {
            break;
        }
        if c.is_ascii_lowercase() || c.is_ascii_digit() {
            slug.push(c);
        } else if !slug.is_empty() && !slug.ends_with('-') && !is_mark(c) {
            slug.push('-');
        }
    }
    let slug = slug.trim_end_matches('-');
    (!slug.is_empty()).then(|| slug.to_owned())
}

/// The first of `slug`, `slug-2`, `slug-3` … that is not taken, nor the address of a page.
pub fn free_key(slug: &str, taken: impl Fn(&str) -> bool) -> String {
    let mut key = slug.to_owned();
    let mut number = 1u64;
    while taken(&key) || RESERVED.contains(&key.as_str()) {
        number += 1;
        key = format!("{slug}-{number}");
    }
    key
}

/// Combining marks, as they stand after their letter in decomposed text, and apostrophes within words.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\'' | '’')
}

fn line(text: &str, max: usize, field: &str) -> Result<String, Refusal> {
    let text = text.trim();
    fits(text, max, field)?;
    if text.chars().any(char::is_control) { Err(control(field)) } else { Ok(text.to_owned()) }
}

fn fits(text: &str, max: usize, field: &str) -> Result<(), Refusal> {
    let length = text.chars().count();
    if length > max {
        let why = format!("{} characters too many.", length - max);
        return Err(Refusal::new(Code::TextTooLong, why.as_str()).at(field));
    }
    Ok(())
}

fn control(field: &str) -> Refusal {
    Refusal::new(Code::BadInput, "Control characters can't stand here.").at(field)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_256_characters_fits_and_one_more_does_not() {
        assert!(name(&"ö".repeat(256), "name").is_ok());
        assert_eq!(name(&"ö".repeat(257), "name").unwrap_err().code, Code::TextTooLong);
    }

    #[test]
    fn a_name_of_nothing_visible_is_missing() {
        for nothing in ["", "  ", "\u{200b}\u{200d}"] {
            assert_eq!(name(nothing, "name").unwrap_err().code, Code::Missing);
        }
    }

    #[test]
    fn markup_and_foreign_letters_are_just_text() {
        for kept in ["<b>bold</b> & \"quoted\"", "Robert\"); DROP Tables", "محمد الفارسي", "李 小龍"]
        {
            assert_eq!(name(kept, "name").unwrap(), kept);
        }
    }

    #[test]
    fn zero_bytes_and_line_breaks_in_a_name_are_refused() {
        assert_eq!(name("a\0b", "name").unwrap_err().code, Code::BadInput);
        assert_eq!(name("a\nb", "name").unwrap_err().code, Code::BadInput);
        assert_eq!(description("a\nb", "d").unwrap(), "a\nb");
    }

    #[test]
    fn an_invited_guest_keeps_the_user_name_of_the_directory() {
        let guest = "guest_northwind.example#EXT#@contoso.example";
        assert_eq!(user_name(guest, "u").unwrap(), guest);
    }

    #[test]
    fn keys_come_from_names() {
        for (name, key) in [
            ("Database Administrators (production)", Some("database-administrators-production")),
            ("Émigré Räksmörgås 例 <b>", Some("emigre-raksmorgas-b")),
            ("On-call: Payments", Some("on-call-payments")),
            ("O’Brien's team", Some("obriens-team")),
            ("例", None),
        ] {
            assert_eq!(slug(name).as_deref(), key, "{name}");
        }
        assert_eq!(slug(&"x".repeat(256)).unwrap().len(), 80);
    }

    #[test]
    fn a_taken_key_gets_a_number() {
        assert_eq!(free_key("a", |key| key == "a" || key == "a-2"), "a-3");
    }

    #[test]
    fn words_that_are_pages_are_no_keys_and_no_user_names() {
        for word in RESERVED {
            assert_eq!(key(word, "key").unwrap_err().code, Code::Taken);
            assert_eq!(user_name(&word.to_uppercase(), "user_name").unwrap_err().code, Code::Taken);
            assert_eq!(free_key(word, |_| false), format!("{word}-2"));
        }
    }

    #[test]
    fn what_is_no_address_is_found() {
        assert!(mail("ann at example", "m").is_err());
        assert_eq!(mail(" ann@larkfield.example ", "m").unwrap().as_deref(), Some("ann@larkfield.example"));
        assert_eq!(mail("", "m").unwrap(), None);
    }
}
