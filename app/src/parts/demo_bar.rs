//! The bar of the demo: whose page this is, her code, and the way to be somebody else.

use leptos::prelude::*;

/// What the authenticator app of this request's person shows now. Known in the demo only.
#[derive(Clone, Debug)]
pub struct DemoCode(pub String);

/// One line above the page; nothing outside the demo.
#[component]
pub fn DemoBar(
    /// Her name.
    #[prop(into)]
    name: String,
) -> impl IntoView {
    let DemoCode(code) = use_context()?;
    Some(view! {
        <p class="demo-bar">
            "Demo · "
            <a href="/demo">"Switch person"</a>
            " · Code for "
            <bdi>{name}</bdi>
            ": "
            <output class="code">{spaced(&code)}</output>
        </p>
    })
}

/// As authenticator apps show it: "123 456".
#[must_use]
pub fn spaced(code: &str) -> String {
    match code.split_at_checked(3) {
        Some((first, rest)) => format!("{first}\u{a0}{rest}"),
        None => code.to_owned(),
    }
}
