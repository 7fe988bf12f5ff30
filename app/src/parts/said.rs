//! Other people's words: plain text, line breaks kept, never a link, never markup, direction kept inside.

use leptos::prelude::*;

/// So many lines or characters are shown whole; more scrolls in its box, which the keyboard must reach then.
const SHOWN: (usize, usize) = (8, 400);

/// A block of somebody's words.
#[component]
pub fn Said(
    /// The words.
    #[prop(into)]
    text: String,
    /// Shown whole, however long: it is what the page is for.
    #[prop(optional)]
    whole: bool,
) -> impl IntoView {
    let long = !whole && (text.lines().count() > SHOWN.0 || text.chars().count() > SHOWN.1);
    view! {
        <div
            class=if long { "said long" } else { "said" }
            tabindex=long.then_some("0")
            role=long.then_some("group")
            aria-label=long.then_some("Long text, scrolls")
        >
            <bdi>{text}</bdi>
        </div>
    }
}

/// Somebody's words in quotation marks, in running text.
#[component]
pub fn Quote(
    /// The words.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    view! {
        "“"
        <bdi>{text}</bdi>
        "”"
    }
}
