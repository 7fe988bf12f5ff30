//! A person's or group's line where the browser makes it: the same markup as `parts::person`.

use crate::api::people::suggest::Suggestion;
use leptos::prelude::*;

/// The first letters of the first and the last word; "?" where a name has no letters.
#[must_use]
pub fn initials(name: &str) -> String {
    let mut firsts =
        name.split_whitespace().filter_map(|word| word.chars().find(|letter| letter.is_alphanumeric()));
    let first = firsts.next();
    let both: String = first.into_iter().chain(firsts.next_back()).flat_map(char::to_uppercase).collect();
    if both.is_empty() { "?".to_owned() } else { both }
}

/// One of six colours, always the same for the same user name.
#[must_use]
pub fn shade(user_name: &str) -> &'static str {
    const SHADES: [&str; 6] = ["a", "b", "c", "d", "e", "f"];
    // FNV-1a: stable over releases and machines, which the standard hasher does not promise.
    let hash = user_name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let at = usize::try_from(hash % 6).unwrap_or_default();
    SHADES[at]
}

/// Where the letters `sought` stand in a name: before, the letters themselves, after.
#[must_use]
pub fn split_at_match<'a>(name: &'a str, sought: &str) -> Option<(&'a str, &'a str, &'a str)> {
    let sought: Vec<char> = sought.trim().chars().flat_map(char::to_lowercase).collect();
    if sought.is_empty() {
        return None;
    }
    name.char_indices().find_map(|(at, _)| {
        let end = end_of_match(name.get(at..)?, &sought)?;
        Some((name.get(..at)?, name.get(at..at + end)?, name.get(at + end..)?))
    })
}

/// How many bytes of `text` read as `sought` when case does not count.
fn end_of_match(text: &str, sought: &[char]) -> Option<usize> {
    let mut rest = sought;
    for (at, letter) in text.char_indices() {
        if rest.is_empty() {
            return Some(at);
        }
        for lower in letter.to_lowercase() {
            rest = rest.strip_prefix(&[lower])?;
        }
    }
    rest.is_empty().then_some(text.len())
}

/// Avatar, name and second line. `sought` is marked in the name.
pub fn face(who: &Suggestion, sought: &str) -> impl IntoView + use<> {
    let class = if who.group {
        "avatar".to_owned()
    } else {
        format!("avatar {}", shade(who.note.split(" · ").next().unwrap_or_default()))
    };
    let letters = if who.group { "·".to_owned() } else { initials(&who.name) };
    let name = match split_at_match(&who.name, sought) {
        None => who.name.clone().into_any(),
        // Empty pieces are left out: the server would write them as spaces.
        Some((before, hit, after)) => (
            (!before.is_empty()).then(|| before.to_owned()),
            view! { <mark>{hit.to_owned()}</mark> },
            (!after.is_empty()).then(|| after.to_owned()),
        )
            .into_any(),
    };
    let second = match &who.barred {
        Some(why) => format!("{} · {why}", who.note),
        None => who.note.clone(),
    };
    view! {
        <span class="person">
            <span class=class aria-hidden="true">
                {letters}
            </span>
            <span>
                <b>
                    <bdi>{name}</bdi>
                </b>
                <small>
                    <bdi>{second}</bdi>
                </small>
            </span>
        </span>
    }
}

#[cfg(test)]
mod tests {
    use super::{initials, shade, split_at_match};

    #[test]
    fn initials_come_from_the_first_and_the_last_word() {
        for (name, text) in [
            ("Amara Okafor", "AO"),
            ("Fatima Zahra El Idrissi", "FI"),
            ("Cher", "C"),
            ("søren dahl", "SD"),
            ("\u{202e}drawkcab \"><img onerror=x>", "DO"),
            ("李 小龙", "李小"),
            ("🦀 🦀", "?"),
            ("", "?"),
        ] {
            assert_eq!(initials(name), text, "{name}");
        }
    }

    #[test]
    fn a_colour_stays_with_its_person() {
        assert_eq!(shade("amara.okafor"), shade("amara.okafor"));
        let seen: std::collections::BTreeSet<_> = (0..100).map(|n| shade(&format!("user{n}"))).collect();
        assert_eq!(seen.len(), 6);
    }

    #[test]
    fn the_letters_sought_are_found_whatever_their_case() {
        assert_eq!(split_at_match("Cleo Marchetti", "mar"), Some(("Cleo ", "Mar", "chetti")));
        assert_eq!(split_at_match("ÅSA ÖBERG", "ö"), Some(("ÅSA ", "Ö", "BERG")));
        assert_eq!(split_at_match("Ann", "ann"), Some(("", "Ann", "")));
        assert_eq!(split_at_match("Ann", "x"), None);
        assert_eq!(split_at_match("Ann", " "), None);
    }
}
