//! Paging by key: pages stay where they are when new rows appear.

use leptos::prelude::*;

/// "Newer" and "Older" under a list.
#[component]
pub fn Pager(
    /// What this page shows: "50 events, up to 12 Mar 2026, 15:08 CET".
    #[prop(into)]
    says: String,
    /// Address of the page before, if there is one.
    newer: Option<String>,
    /// Address of the page after, if there is one.
    older: Option<String>,
    /// Words for the page before, where rows are not sorted by time.
    #[prop(default = "Newer")]
    newer_word: &'static str,
    /// Words for the page after.
    #[prop(default = "Older")]
    older_word: &'static str,
) -> impl IntoView {
    view! {
        <nav class="pager" aria-label="Pages">
            <span>{says}</span>
            <span class="row">{step(newer, newer_word, "prev")} {step(older, older_word, "next")}</span>
        </nav>
    }
}

fn step(href: Option<String>, word: &'static str, rel: &'static str) -> AnyView {
    match href {
        Some(href) => view! {
            <a class="btn small" rel=rel href=href>
                {word}
            </a>
        }
        .into_any(),
        None => view! {
            <button class="btn small" type="button" disabled>
                {word}
            </button>
        }
        .into_any(),
    }
}
