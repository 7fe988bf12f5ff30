//! Messages at the top of a page. They stay until the next page.

use super::badge::Tone;
use super::icon::{Glyph, Icon};
use super::sentence::{NextStep, Sentence};
use domain::refusal::WayOn;
use domain::text::Text;
use leptos::prelude::*;

/// A message: what happened in bold, then the rest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Message {
    /// How it is meant.
    pub tone: Tone,
    /// What happened.
    pub lead: String,
    /// The rest of it; may be empty.
    pub text: Text,
    /// The next step, where there is one.
    pub way_on: Option<WayOn>,
}

/// A message on the page.
#[component]
pub fn Flash(
    /// What it says.
    message: Message,
) -> impl IntoView {
    view! {
        <Notice tone=message.tone>
            <p>
                <strong>{message.lead}</strong>
                " "
                <Sentence text=message.text />
                <NextStep way_on=message.way_on />
            </p>
        </Notice>
    }
}

/// The same box for content of the page's own.
#[component]
pub fn Notice(
    /// How it is meant.
    #[prop(optional)]
    tone: Tone,
    /// What it says, as paragraphs.
    children: Children,
) -> impl IntoView {
    let (glyph, role) = match tone {
        Tone::Plain | Tone::Info => (Glyph::Info, "status"),
        Tone::Ok => (Glyph::Check, "status"),
        Tone::Wait => (Glyph::Warn, "status"),
        Tone::Bad => (Glyph::Stop, "alert"),
    };
    let class = match tone {
        Tone::Plain | Tone::Info => "flash".to_owned(),
        tone => format!("flash {}", tone.class()),
    };
    view! {
        <div class=class role=role>
            <Icon name=glyph />
            <div>{children()}</div>
        </div>
    }
}
