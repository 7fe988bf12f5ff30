//! A moment of the past, as it is asked for in an address.

use crate::ctx;
use crate::parts::prelude::*;
use chrono::{DateTime, Utc};
use leptos::prelude::*;

/// What was typed, and what can be made of it.
pub struct Then {
    /// As typed.
    pub typed: String,
    /// The moment, if it is one that has passed.
    pub at: Option<DateTime<Utc>>,
}

impl Then {
    /// From `?at=` of the address, in the reader's zone.
    pub fn asked(clock: Clock) -> Self {
        let typed = ctx::query("at").unwrap_or_default();
        let at = clock.read(typed.trim()).ok().filter(|at| *at <= clock.now);
        Self { typed, at }
    }

    /// Why nothing could be made of it.
    pub fn wrong(&self) -> Option<&'static str> {
        (self.at.is_none() && !self.typed.trim().is_empty())
            .then_some("Choose a day and time that has passed. This is how it is now.")
    }
}

/// What the page shows: the moment, or why it is this one.
#[component]
pub fn As(
    /// What was asked for.
    then: Then,
    /// The reader's clock.
    clock: Clock,
    /// Until when the audit is sealed, if the moment lies in that.
    sealed: Option<DateTime<Utc>>,
) -> impl IntoView {
    let sealed = sealed.map(|end| {
        view! {
            <p>
                "Events up to " <b>{clock.full(end)}</b>
                " are sealed in a file. Who was disabled or enabled before that is written there; here everybody counts as they were at that moment."
            </p>
        }
    });
    let wrong = then.wrong().map(|text| view! { <Notice tone=Tone::Bad><p>{text}</p></Notice> });
    let at = then.at.map(|at| {
        view! {
            <Notice tone=Tone::Info>
                <p>"As it was on " <b>{clock.full(at)}</b> ". Answered from history; what is shown has changed since."</p>
                {sealed}
            </Notice>
        }
    });
    (wrong.is_some() || at.is_some()).then(|| view! { <div class="mt4">{wrong} {at}</div> })
}
