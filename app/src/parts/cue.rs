//! Risk cues: one line each, saying a fact. They inform; they never choose.

use super::badge::Tone;
use super::icon::{Glyph, Icon};
use domain::risk::{Cue, Level};
use leptos::prelude::*;

/// One cue, as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// Grey, amber or red.
    pub tone: Tone,
    /// Its drawing.
    pub glyph: Glyph,
    /// The fact.
    pub text: String,
}

impl From<Cue> for Hint {
    fn from(cue: Cue) -> Self {
        let (tone, glyph) = match cue.level {
            Level::Usual => (Tone::Plain, Glyph::Check),
            Level::Look => (Tone::Wait, Glyph::Info),
            Level::Alarm => (Tone::Bad, Glyph::Warn),
        };
        Self { tone, glyph, text: cue.text }
    }
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
            .map(|cue| view! { <OneCue tone=cue.tone glyph=cue.glyph text=cue.text /> })
            .collect();
        view! { <div class="cues">{items}</div> }
    })
}

/// One cue.
#[component]
pub fn OneCue(
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
