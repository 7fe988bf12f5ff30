//! The shell of pages before sign-in: one card in the middle.

use super::brand::Olive;
use super::error_summary::ErrorSummary;
use super::flash::{Flash, Message};
use super::icon::Sprite;
use super::layout::window_title;
use leptos::prelude::*;
use leptos_meta::Title;

/// A page with one card.
#[component]
pub fn Plain(
    /// Title of the window: never a stranger's words.
    title: &'static str,
    /// The heading, if it is not the title.
    #[prop(optional, into)]
    heading: Option<String>,
    /// One line under it.
    #[prop(optional)]
    purpose: Option<AnyView>,
    /// What happened just before.
    #[prop(optional_no_strip)]
    flash: Option<Message>,
    /// What did not happen, when the page shows a refused form.
    #[prop(default = "Nothing was changed.".to_owned(), into)]
    outcome: String,
    /// A line under the card: where one goes on to, or how to start again.
    #[prop(optional_no_strip)]
    below: Option<AnyView>,
    /// A line at the foot: the organisation and whom to ask.
    #[prop(optional, into)]
    foot: Option<String>,
    /// The content of the card.
    children: Children,
) -> impl IntoView {
    view! {
        <Title text=window_title(title, None) />
        <Sprite />
        <div class="door">
            <main class="door-main" id="main">
                <span class="brand">
                    <Olive />
                    "Pimento"
                </span>
                <ErrorSummary outcome />
                {flash.map(|message| view! { <Flash message /> })}
                <div class="card">
                    <div class="stack tight">
                        <h1>{heading.unwrap_or_else(|| title.to_owned())}</h1>
                        {purpose.map(|purpose| view! { <p class="soft sm">{purpose}</p> })}
                    </div>
                    {children()}
                </div>
                {below.map(|below| view! { <p class="sm muted">{below}</p> })}
            </main>
            <footer>{foot}</footer>
        </div>
    }
}
