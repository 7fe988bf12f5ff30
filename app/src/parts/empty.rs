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
            // no heading: it may stand at any depth of a page, and leads to nothing
            <p class="lead">{heading}</p>
            <p>{text}</p>
            {children.map(|children| children())}
        </div>
    }
}
