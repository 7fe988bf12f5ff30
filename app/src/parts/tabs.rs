//! Tabs are links: each is a page with an address of its own.

use super::badge::Tally;
use leptos::prelude::*;

/// One tab or segment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tab {
    /// What it shows.
    pub label: String,
    /// Its address.
    pub href: String,
    /// How many things are there.
    pub count: Option<i64>,
    /// Whether it is the one shown.
    pub current: bool,
}

impl Tab {
    /// A tab without count.
    pub fn new(label: impl Into<String>, href: impl Into<String>, current: bool) -> Self {
        Self { label: label.into(), href: href.into(), count: None, current }
    }

    /// With the number of things on it.
    #[must_use]
    pub fn count(mut self, count: i64) -> Self {
        self.count = Some(count);
        self
    }
}

/// The pages of one thing.
#[component]
pub fn Tabs(
    /// What they belong to, for screen readers: "Group".
    label: &'static str,
    /// The tabs.
    tabs: Vec<Tab>,
) -> impl IntoView {
    let items: Vec<_> = tabs
        .into_iter()
        .map(|tab| {
            view! {
                <li>
                    <a href=tab.href aria-current=tab.current.then_some("page")>
                        {tab.label}
                        {tab.count.map(|count| view! { <Tally count /> })}
                    </a>
                </li>
            }
        })
        .collect();
    view! {
        <nav class="tabs" aria-label=label>
            <ul>{items}</ul>
        </nav>
    }
}
