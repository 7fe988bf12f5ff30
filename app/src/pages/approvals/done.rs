//! A request that leaves nothing to do for this person: what became of it.

use super::words;
use crate::parts::prelude::*;
use domain::activation::Status;
use engine::ask::approvals::{Card, Standing};
use engine::db::requests;
use leptos::prelude::*;

/// What became of a request, in one line.
#[component]
pub fn DoneCard(card: Card) -> impl IntoView {
    let clock = Clock::here();
    let name = requests::name(card.number);
    let heading = format!("done-{name}");
    let href = format!("/approvals/{name}");
    view! {
        <article class="card request done" aria-labelledby=heading.clone()>
            <div class="pad row">
                <Person who=words::who(&card, clock) />
                <span class="stack tight">
                    <span id=heading.clone()>
                        {words::asks(&card)}
                        " · "
                        <a href=href>{name}</a>
                    </span>
                    {words::between(&card)} {became(&card, clock)}
                </span>
            </div>
        </article>
    }
}

fn became(card: &Card, clock: Clock) -> AnyView {
    match &card.standing {
        Standing::Closed { status, by, at, words } => {
            let (state, word, after) = closed(*status);
            let by = by.clone().map(|who| view! { " by " <bdi>{who.name}</bdi> });
            let at = at.map(|at| view! { ", " <When at clock /> });
            let told = !words.is_empty() && *status != Status::TimedOut;
            let words = told.then(|| view! { <span><Quote text=words.clone() /></span> });
            view! {
                <span class="row sm soft">
                    <Badge state text=word />
                    <span>{after} {by} {at}</span>
                    {words}
                </span>
            }
            .into_any()
        }
        Standing::Voted => view! {
            <span class="row sm soft">
                <Badge state=State::Waiting text="Waiting for others" />
                <span>"You have decided. Other approvals are still needed."</span>
            </span>
        }
        .into_any(),
        Standing::Taken => view! {
            <span class="row sm soft">
                <Badge state=State::Waiting text="Waiting for others" />
                <span>"It was decided for you, or for whom you stand in. Other approvals are still needed."</span>
            </span>
        }
        .into_any(),
        Standing::NotNamed => view! {
            <span class="row sm soft">
                <Badge state=State::Waiting />
                <span>"You are no longer an approver of it. Nothing left for you to do."</span>
            </span>
        }
        .into_any(),
        Standing::Decide | Standing::Own => view! { <Badge state=State::Waiting /> }.into_any(),
    }
}

/// Badge, its word, and the beginning of "Decided by Cleo, 15:05 CET".
fn closed(status: Status) -> (State, &'static str, &'static str) {
    match status {
        Status::Granted | Status::Provisioned | Status::AdminApproved => {
            (State::Approved, "Approved", "Decided")
        }
        Status::Denied | Status::AdminDenied => (State::Denied, "Denied", "Decided"),
        Status::Canceled => (State::Cancelled, "Cancelled", "Taken back"),
        Status::TimedOut => (State::Lapsed, "Lapsed", "Not answered in time"),
        Status::Revoked | Status::PendingApproval | Status::PendingAdminDecision => {
            (State::Cancelled, "Closed", "By the system")
        }
    }
}
