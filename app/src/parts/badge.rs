//! Badges: a state as colour, drawing and word together, so that none of them speaks alone.

use super::icon::{Glyph, Icon};
use leptos::prelude::*;

/// How a message, cue or badge is meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// Grey: a plain fact.
    #[default]
    Plain,
    /// Green: it worked, it is on.
    Ok,
    /// Amber: something waits or ends soon.
    Wait,
    /// Blue: something is on its way.
    Info,
    /// Red: refused, failed, dangerous.
    Bad,
}

impl Tone {
    /// The class that colours it.
    #[must_use]
    pub fn class(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Ok => "ok",
            Self::Wait => "wait",
            Self::Info => "info",
            Self::Bad => "bad",
        }
    }
}

/// The states of access and requests, in the words the interface uses for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// May be switched on; is not on.
    Eligible,
    /// Works now.
    Active,
    /// An application confirmed it.
    Usable,
    /// Works without activation.
    Standing,
    /// Approvers said yes.
    Approved,
    /// On, with thirty minutes or less to go.
    EndsSoon,
    /// Approvers have not answered.
    Waiting,
    /// Granted, with a start in the future.
    StartsLater,
    /// Told to an application, not confirmed.
    OnItsWay,
    /// Not yet told to an application.
    Queued,
    /// Approvers said no.
    Denied,
    /// Ended without an answer.
    Lapsed,
    /// Taken back by the person who asked.
    Cancelled,
    /// Its time is over.
    Expired,
    /// It did not work.
    Failed,
    /// An application does not confirm it.
    NotConfirmed,
    /// Stopped until a person decides.
    OnHold,
}

impl State {
    /// Colour, drawing and word.
    #[must_use]
    pub fn look(self) -> (Tone, Glyph, &'static str) {
        match self {
            Self::Eligible => (Tone::Plain, Glyph::Key, "Eligible"),
            Self::Active => (Tone::Ok, Glyph::Check, "Active"),
            Self::Usable => (Tone::Ok, Glyph::Check, "Usable"),
            Self::Standing => (Tone::Plain, Glyph::Lock, "Always on"),
            Self::Approved => (Tone::Ok, Glyph::Check, "Approved"),
            Self::EndsSoon => (Tone::Wait, Glyph::Hourglass, "Ends soon"),
            Self::Waiting => (Tone::Wait, Glyph::Clock, "Waiting for approval"),
            Self::StartsLater => (Tone::Info, Glyph::Calendar, "Starts later"),
            Self::OnItsWay => (Tone::Info, Glyph::Sync, "On its way"),
            Self::Queued => (Tone::Info, Glyph::Sync, "Queued"),
            Self::Denied => (Tone::Bad, Glyph::Deny, "Denied"),
            Self::Lapsed => (Tone::Plain, Glyph::Hourglass, "Lapsed"),
            Self::Cancelled => (Tone::Plain, Glyph::Slash, "Cancelled"),
            Self::Expired => (Tone::Plain, Glyph::Minus, "Expired"),
            Self::Failed => (Tone::Bad, Glyph::Stop, "Failed"),
            Self::NotConfirmed => (Tone::Bad, Glyph::Stop, "Not confirmed"),
            Self::OnHold => (Tone::Bad, Glyph::Stop, "On hold"),
        }
    }
}

/// A state as a badge.
#[component]
pub fn Badge(
    /// Which state.
    state: State,
    /// Other words for it, for example "On until 16:20 CET".
    #[prop(optional, into)]
    text: Option<String>,
) -> impl IntoView {
    let (tone, glyph, word) = state.look();
    let turning = if state == State::OnItsWay { " going" } else { "" };
    view! { <Mark tone glyph text=text.unwrap_or_else(|| word.to_owned()) extra=turning /> }
}

/// A badge for something that is not one of the states (an event in the audit, for example).
#[component]
pub fn Mark(
    /// Colour.
    #[prop(optional)]
    tone: Tone,
    /// Drawing.
    glyph: Glyph,
    /// Word.
    #[prop(into)]
    text: String,
    /// A further class, beginning with a space.
    #[prop(optional)]
    extra: &'static str,
) -> impl IntoView {
    view! {
        <span class=format!("badge {}{extra}", tone.class())>
            <Icon name=glyph />
            {text}
        </span>
    }
}

/// A count beside a word. `hot` when it asks the reader to act.
#[component]
pub fn Tally(
    /// How many.
    count: i64,
    /// What is counted, for screen readers, for example "waiting for you".
    #[prop(optional, into)]
    says: Option<String>,
    /// Whether it asks the reader to act.
    #[prop(optional)]
    hot: bool,
) -> impl IntoView {
    view! {
        <span class=if hot { "tally hot" } else { "tally" }>
            {crate::islands::words::number(count)}
            {says.map(|says| view! { <span class="vh">{format!(" {says}")}</span> })}
        </span>
    }
}
