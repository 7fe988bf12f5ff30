//! Other people's words: plain text, line breaks kept, never a link, never markup, direction kept inside.

use leptos::prelude::*;

/// A block of somebody's words.
#[component]
pub fn Said(
    /// The words.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    view! {
        <div class="said">
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
