//! The mark of the product: an olive with its pimento.

use leptos::prelude::*;

/// The drawing without a word.
#[component]
pub fn Olive() -> impl IntoView {
    view! {
        <svg viewBox="0 0 24 24" aria-hidden="true">
            <ellipse class="olive" cx="12" cy="12" rx="10.6" ry="8.3" transform="rotate(-38 12 12)"></ellipse>
            <circle class="pit" cx="16.1" cy="8.7" r="3.9"></circle>
        </svg>
    }
}

/// Mark and name, leading home.
#[component]
pub fn Brand() -> impl IntoView {
    view! {
        <a class="brand" href="/access">
            <Olive />
            <span>"Pimento"</span>
        </a>
    }
}
