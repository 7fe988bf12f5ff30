//! A place where nothing is yet.

use super::icon::{Glyph, Icon};
use leptos::prelude::*;

/// What will be here, and one thing to do.
#[component]
pub fn Empty(
    /// A drawing.
    glyph: Glyph,
    /// What is so: "Nobody is waiting for you".
    #[prop(into)]
    heading: String,
    /// What will appear here, and when.
    #[prop(into)]
    text: String,
    /// One action.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty">
            <Icon name=glyph />
            <h3>{heading}</h3>
            <p>{text}</p>
            {children.map(|children| children())}
        </div>
    }
}
