//! Risk cues: one line each, saying a fact. They inform; they never choose.

use super::badge::Tone;
use super::icon::{Glyph, Icon};
use leptos::prelude::*;

/// One cue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// Grey, amber or red.
    pub tone: Tone,
    /// Its drawing.
    pub glyph: Glyph,
    /// The fact.
    pub text: String,
}

/// Several cues in a row; nothing if there are none.
#[component]
pub fn Cues(
    /// The cues, gravest first.
    cues: Vec<Hint>,
) -> impl IntoView {
    (!cues.is_empty()).then(|| {
        let items: Vec<_> = cues
            .into_iter()
            .map(|cue| view! { <Cue tone=cue.tone glyph=cue.glyph text=cue.text /> })
            .collect();
        view! { <div class="cues">{items}</div> }
    })
}

/// One cue.
#[component]
pub fn Cue(
    /// Grey, amber or red.
    #[prop(optional)]
    tone: Tone,
    /// Its drawing.
    glyph: Glyph,
    /// The fact.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    view! {
        <span class=format!("cue {}", tone.class())>
            <Icon name=glyph />
            <span>
                <bdi>{text}</bdi>
            </span>
        </span>
    }
}
