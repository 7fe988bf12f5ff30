//! What is held: the two ways to belong to a group, or a directory role.

use super::icon::{Glyph, Icon};
use domain::target::TargetKind;
use leptos::prelude::*;

/// "Member", "Owner" or "Directory role".
#[must_use]
pub fn access_word(kind: impl Into<TargetKind>) -> &'static str {
    match kind.into() {
        TargetKind::Member => "Member",
        TargetKind::Owner => "Owner",
        TargetKind::Role => "Directory role",
    }
}

/// What is held, as an outlined tag.
#[component]
pub fn RoleTag(
    /// Which kind of it.
    #[prop(into)]
    access: TargetKind,
) -> impl IntoView {
    let glyph = match access {
        TargetKind::Member => Glyph::User,
        TargetKind::Owner => Glyph::Crown,
        TargetKind::Role => Glyph::Shield,
    };
    view! {
        <span class="badge line">
            <Icon name=glyph />
            {access_word(access)}
        </span>
    }
}
