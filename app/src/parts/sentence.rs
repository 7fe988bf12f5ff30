//! Sentences of ours with moments and strangers' names in them, and the link that helps on.

use super::moment::Clock;
use super::when::When;
use domain::refusal::WayOn;
use domain::text::{Piece, Text};
use leptos::prelude::*;

/// A sentence: moments in the reader's zone, names isolated from the words around them.
#[component]
pub fn Sentence(
    /// What it says.
    text: Text,
) -> impl IntoView {
    let clock = Clock::here();
    text.0
        .into_iter()
        .map(|piece| match piece {
            Piece::Words(words) => words.into_any(),
            Piece::At(at) => view! { <When at clock /> }.into_any(),
            Piece::Name(name) => view! { <bdi>{name}</bdi> }.into_any(),
        })
        .collect_view()
}

/// The link after a refusal or message, if there is one.
#[component]
pub fn NextStep(
    /// Its words and address.
    way_on: Option<WayOn>,
) -> impl IntoView {
    way_on.map(|way| {
        view! {
            " "
            <a href=way.path>{way.label}</a>
        }
    })
}
