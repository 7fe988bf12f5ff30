//! Where this page is.

use leptos::prelude::*;

/// One step on the way to this page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crumb {
    /// Its name: may be a stranger's words.
    pub label: String,
    /// Its address; none for the page itself.
    pub href: Option<String>,
}

impl Crumb {
    /// A step that can be gone back to.
    pub fn to(label: impl Into<String>, href: impl Into<String>) -> Self {
        Self { label: label.into(), href: Some(href.into()) }
    }

    /// The page itself.
    pub fn here(label: impl Into<String>) -> Self {
        Self { label: label.into(), href: None }
    }
}

/// The way to this page; nothing if it is short.
#[component]
pub fn Crumbs(
    /// The steps, the page itself last.
    steps: Vec<Crumb>,
) -> impl IntoView {
    (!steps.is_empty()).then(|| {
        let items: Vec<_> = steps
            .into_iter()
            .map(|step| match step.href {
                Some(href) => view! {
                    <li>
                        <a href=href>
                            <bdi>{step.label}</bdi>
                        </a>
                    </li>
                }
                .into_any(),
                None => view! {
                    <li>
                        <bdi>{step.label}</bdi>
                    </li>
                }
                .into_any(),
            })
            .collect();
        view! { <ol class="crumbs">{items}</ol> }
    })
}
