//! The top bar: menu, search, and the chip that always says what is on and when it ends.

use super::brand::Brand;
use super::icon::{Glyph, Icon};
use super::layout::Frame;
use super::left_time::ends_soon;
use super::live::Region;
use super::moment::Clock;
use crate::islands::words::{length, number};
use chrono::{DateTime, Utc};
use leptos::prelude::*;

/// The top bar.
#[component]
pub fn Top(
    /// Whose page it is.
    frame: Frame,
    /// What was searched for, on the results page.
    #[prop(optional, into)]
    searched: String,
    /// The chip is exchanged when it reads differently.
    #[prop(optional)]
    live: bool,
) -> impl IntoView {
    view! {
        <header class="top">
            <button class="btn quiet square open-nav" type="button" popovertarget="side">
                <Icon name=Glyph::Menu label="Menu" />
            </button>
            <Brand />
            <form class="search" action="/search" role="search">
                <label class="vh" for="q">
                    "Search groups and people"
                </label>
                <div class="with-icon">
                    <Icon name=Glyph::Search />
                    <input
                        class="input"
                        id="q"
                        name="q"
                        type="search"
                        value=searched
                        placeholder="Search groups and people"
                        autocomplete="off"
                    />
                </div>
            </form>
            <a class="btn quiet square search-link" href="/search">
                <Icon name=Glyph::Search label="Search" />
            </a>
            <Region name=live.then_some("chip")>
                <TimeChip active=frame.active next_end=frame.next_end clock=frame.clock />
            </Region>
        </header>
    }
}

/// How many accesses are on and when the next one ends. Leads to My access.
#[component]
pub fn TimeChip(
    /// How many are on.
    active: i64,
    /// When the next one ends; `None` if none of them ends.
    next_end: Option<DateTime<Utc>>,
    /// The reader's clock.
    clock: Clock,
) -> impl IntoView {
    if active == 0 {
        return view! {
            <a class="live-chip none" href="/access">
                <Icon name=Glyph::Lock />
                <span>"Nothing active"</span>
            </a>
        }
        .into_any();
    }
    let class = match next_end {
        Some(end) if ends_soon(end, clock.now) => "live-chip soon",
        _ => "live-chip",
    };
    let lead = if active == 1 { "ends in " } else { "next ends in " };
    let end = next_end.map(|end| {
        view! {
            " · "
            <span class="wide">{lead}</span>
            <b data-now="">{length((end - clock.now).num_seconds())}</b>
            <span class="wide">{format!(", {}", clock.at(end))}</span>
        }
    });
    view! {
        <a class=class href="/access">
            <Icon name=Glyph::Hourglass />
            <span>
                <b>{format!("{} active", number(active))}</b>
                {end}
            </span>
        </a>
    }
    .into_any()
}
