//! Signing out: a form, because it changes something.

use super::icon::{Glyph, Icon};
use super::token::Post;
use leptos::prelude::*;

/// The button that ends this session.
#[component]
pub fn SignOut() -> impl IntoView {
    view! {
        <Post action="/sign-out">
            <button class="btn quiet small">
                <Icon name=Glyph::Out />
                "Sign out"
            </button>
        </Post>
    }
}
