//! A moment on a page: words for people, an offset for machines.

use super::moment::Clock;
use chrono::{DateTime, Utc};
use leptos::prelude::*;

/// How much of a moment is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// Time, with the date if it is not today's.
    #[default]
    At,
    /// The same to the second.
    Second,
    /// Whole date and time.
    Full,
    /// A row of a log.
    Log,
    /// The day only.
    Day,
    /// Time without zone, where the zone is written nearby.
    Short,
}

/// A moment in the reader's zone.
#[component]
pub fn When(
    /// The moment.
    at: DateTime<Utc>,
    /// The reader's clock.
    clock: Clock,
    /// How much of it is written.
    #[prop(optional)]
    form: Form,
) -> impl IntoView {
    let text = match form {
        Form::At => clock.at(at),
        Form::Second => clock.at_second(at),
        Form::Full => clock.full(at),
        Form::Log => clock.log(at),
        Form::Day => clock.day(at),
        Form::Short => clock.short(at),
    };
    view! { <time datetime=clock.iso(at)>{text}</time> }
}

/// The same within a sentence: "until 3 May", or "without an end".
#[component]
pub fn UntilWhen(
    /// The end, if there is one.
    end: Option<DateTime<Utc>>,
    /// The reader's clock.
    clock: Clock,
) -> impl IntoView {
    match end {
        Some(at) => view! { "until " <When at clock form=Form::Day /> }.into_any(),
        None => "without an end".into_any(),
    }
}

/// An end that may be missing: the day, or "No end date".
#[component]
pub fn Until(
    /// The end, if there is one.
    end: Option<DateTime<Utc>>,
    /// The reader's clock.
    clock: Clock,
) -> impl IntoView {
    match end {
        Some(at) => view! { <When at clock form=Form::Day /> }.into_any(),
        None => "No end date".into_any(),
    }
}
