//! What a person asked for, and what became of it.

mod cancel;
mod detail;
mod history;
mod list;

use crate::parts::prelude::*;
use chrono::{DateTime, Utc};
use engine::ask::requests::Line;
use engine::ask::stand::Stand;
use leptos::prelude::*;
use leptos_router::components::Route;
use leptos_router::{MatchNestedRoutes, SsrMode, path};

/// The pages of this area.
#[component(transparent)]
pub fn RequestRoutes() -> impl MatchNestedRoutes + Clone {
    view! {
        <Route path=path!("/requests") view=list::Requests ssr=SsrMode::Async />
        <Route path=path!("/requests/:number") view=detail::Request ssr=SsrMode::Async />
        <Route path=path!("/requests/:number/cancel") view=cancel::Cancel ssr=SsrMode::Async />
    }
    .into_inner()
}

/// The words of a state, for badges and filters.
fn word(stand: Stand) -> (State, &'static str) {
    match stand {
        Stand::Waiting => (State::Waiting, "Waiting for approval"),
        Stand::Planned => (State::StartsLater, "Starts later"),
        Stand::On => (State::Active, "On"),
        Stand::Over => (State::Expired, "Over"),
        Stand::Done => (State::Approved, "Done"),
        Stand::Denied => (State::Denied, "Denied"),
        Stand::Cancelled => (State::Cancelled, "Cancelled"),
        Stand::Lapsed => (State::Lapsed, "Lapsed"),
        Stand::Closed => (State::Failed, "Closed by the system"),
    }
}

/// Where a request stands, with the moment that matters.
#[component]
pub fn Standing(
    /// The request.
    line: Line,
    /// The reader's clock.
    clock: Clock,
) -> impl IntoView {
    let (state, word) = word(line.stand);
    let at = |at: Option<DateTime<Utc>>| at.map(|at| clock.at(at)).unwrap_or_default();
    let text = match line.stand {
        Stand::On => format!("On until {}", at(line.ends)),
        Stand::Planned => format!("Starts {}", at(line.start)),
        Stand::Waiting if line.is_renewal() => "Waiting for the owners".to_owned(),
        Stand::Done if line.is_renewal() => "Approved".to_owned(),
        Stand::Done => "Given back".to_owned(),
        _ => word.to_owned(),
    };
    view! { <Badge state text /> }
}

/// "Activate", "Extend", "Deactivate" or what was asked about an assignment.
fn action(line: &Line) -> &'static str {
    match line.action.as_str() {
        "selfExtend" if line.is_renewal() => "Extend an assignment",
        "selfExtend" => "Extend",
        "selfRenew" => "Renew an assignment",
        "selfDeactivate" => "Deactivate",
        _ => "Activate",
    }
}
