//! Initials in a circle: helps the eye to find a person again, never the only mark of who it is.

use super::icon::{Glyph, Icon};
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

/// A person's initials.
#[component]
pub fn Avatar(
    /// Display name.
    name: String,
    /// User name; decides the colour.
    user_name: String,
    /// Whether the small one is meant.
    #[prop(optional)]
    small: bool,
) -> impl IntoView {
    let size = if small { " sm" } else { "" };
    view! {
        <span class=format!("avatar {}{size}", shade(&user_name)) aria-hidden="true">
            {initials(&name)}
        </span>
    }
}

/// The same circle for a group.
#[component]
pub fn GroupAvatar(
    /// Whether the small one is meant.
    #[prop(optional)]
    small: bool,
) -> impl IntoView {
    view! {
        <span class=if small { "avatar sm" } else { "avatar" } aria-hidden="true">
            <Icon name=Glyph::Users />
        </span>
    }
}

#[cfg(test)]
mod tests {
    use super::{initials, shade};

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
}
