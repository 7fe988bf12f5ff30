//! The two ways to belong to a group.

use super::icon::{Glyph, Icon};
use domain::target::Access;
use leptos::prelude::*;

/// "Member" or "Owner".
#[must_use]
pub fn access_word(access: Access) -> &'static str {
    match access {
        Access::Member => "Member",
        Access::Owner => "Owner",
    }
}

/// Member or owner as an outlined tag.
#[component]
pub fn RoleTag(
    /// Which of them.
    access: Access,
) -> impl IntoView {
    let glyph = match access {
        Access::Member => Glyph::User,
        Access::Owner => Glyph::Crown,
    };
    view! {
        <span class="badge line">
            <Icon name=glyph />
            {access_word(access)}
        </span>
    }
}
