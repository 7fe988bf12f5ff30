//! What happened, and what is still to come, one below the other.

use super::badge::Tone;
use super::icon::{Glyph, Icon};
use super::moment::Clock;
use super::when::{Form, When};
use chrono::{DateTime, Utc};
use leptos::prelude::*;

/// One step.
pub struct Step {
    /// Done, waiting, failed; ignored for coming steps.
    pub tone: Tone,
    /// Its drawing; `None` for a step that is still to come (a hollow dot).
    pub glyph: Option<Glyph>,
    /// What happened, with names.
    pub text: AnyView,
    /// When it happened; none for coming steps whose time is in the text.
    pub at: Option<DateTime<Utc>>,
    /// The words that belong to it, if somebody wrote some.
    pub said: Option<String>,
}

impl Step {
    /// A step that happened.
    pub fn done(tone: Tone, glyph: Glyph, at: DateTime<Utc>, text: impl IntoAny) -> Self {
        Self { tone, glyph: Some(glyph), text: text.into_any(), at: Some(at), said: None }
    }

    /// A step that is still to come.
    pub fn coming(text: impl IntoAny) -> Self {
        Self { tone: Tone::Plain, glyph: None, text: text.into_any(), at: None, said: None }
    }

    /// With somebody's words.
    #[must_use]
    pub fn said(mut self, words: impl Into<String>) -> Self {
        self.said = Some(words.into());
        self
    }
}

/// The steps in order of time.
#[component]
pub fn Timeline(
    /// The steps.
    steps: Vec<Step>,
    /// The reader's clock.
    clock: Clock,
) -> impl IntoView {
    let items: Vec<_> = steps
        .into_iter()
        .map(|step| {
            let class = if step.glyph.is_some() { step.tone.class() } else { "later" };
            view! {
                <li class=class>
                    <span class="dot">{step.glyph.map(|name| view! { <Icon name /> })}</span>
                    <div>
                        <p>{step.text}</p>
                        {step.at.map(|at| view! { <When at clock form=Form::Second /> })}
                        {step
                            .said
                            .map(|words| {
                                view! {
                                    <p class="said mt2">
                                        <bdi>{words}</bdi>
                                    </p>
                                }
                            })}
                    </div>
                </li>
            }
        })
        .collect();
    view! { <ol class="timeline">{items}</ol> }
}
