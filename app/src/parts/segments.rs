//! Views of the same list, side by side.

use super::tabs::Tab;
use crate::islands::words::number;
use leptos::prelude::*;

/// A few views of one list, as links.
#[component]
pub fn Segments(
    /// What is chosen between, for screen readers: "Kind of assignment".
    label: &'static str,
    /// The views.
    tabs: Vec<Tab>,
) -> impl IntoView {
    let items: Vec<_> = tabs
        .into_iter()
        .map(|tab| {
            view! {
                <a href=tab.href aria-current=tab.current.then_some("page")>
                    {tab.label}
                    {tab.count.map(|count| view! { <span>{number(count)}</span> })}
                </a>
            }
        })
        .collect();
    view! {
        <nav aria-label=label>
            <span class="seg">{items}</span>
        </nav>
    }
}
