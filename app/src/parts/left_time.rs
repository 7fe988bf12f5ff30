//! Time left, with the exact end: the words and the bar are right when the page is made; an island keeps them so.

use super::moment::Clock;
use crate::islands::countdown::Countdown;
use chrono::{DateTime, TimeDelta, Utc};
use leptos::prelude::*;

/// From this much on, an end is near.
pub const SOON: TimeDelta = TimeDelta::minutes(30);

/// Whether an end is near.
#[must_use]
pub fn ends_soon(ends: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    ends - now <= SOON
}

/// How long something is still on, when it ends, and how much of it is gone.
#[component]
pub fn LeftTime(
    /// What ends, for announcements: the group's name.
    #[prop(into)]
    what: String,
    /// When it began.
    began: DateTime<Utc>,
    /// When it ends.
    ends: DateTime<Utc>,
    /// The reader's clock.
    clock: Clock,
) -> impl IntoView {
    // A second that has begun counts: "ended" is never said before the end.
    let left = ((ends - clock.now).num_milliseconds() + 999).div_euclid(1000);
    let whole = (ends - began).num_seconds();
    view! { <Countdown what left whole ends=clock.at(ends) iso=clock.iso(ends) /> }
}
