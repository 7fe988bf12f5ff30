//! Initials in a circle: helps the eye to find a person again, never the only mark of who it is.

use super::icon::{Glyph, Icon};
use crate::islands::face::{initials, shade};
use leptos::prelude::*;

/// A person's initials.
#[component]
pub fn Avatar(
    /// Display name.
    name: String,
    /// User name; decides the colour.
    user_name: String,
    /// Whether the small one is meant.
    #[prop(optional)]
    small: bool,
) -> impl IntoView {
    let size = if small { " sm" } else { "" };
    view! {
        <span class=format!("avatar {}{size}", shade(&user_name)) aria-hidden="true">
            {initials(&name)}
        </span>
    }
}

/// The same circle for a group.
#[component]
pub fn GroupAvatar(
    /// Whether the small one is meant.
    #[prop(optional)]
    small: bool,
) -> impl IntoView {
    view! {
        <span class=if small { "avatar sm" } else { "avatar" } aria-hidden="true">
            <Icon name=Glyph::Users />
        </span>
    }
}
