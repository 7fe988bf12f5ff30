//! The inbox: several decisions, one form.

use super::Record;
use super::card::RequestCard;
use super::done::DoneCard;
use super::renewals::ToRenew;
use super::result::{self, Results};
use crate::ctx;
use crate::failure::Failure;
use crate::pages::page;
use crate::parts::prelude::*;
use engine::ask::approvals::{self, Approvals, Card, Show, Standing};
use leptos::prelude::*;

/// `/approvals`
#[component]
pub fn Inbox() -> impl IntoView {
    page(async {
        let show = Show::parse(&ctx::query("show").unwrap_or_default());
        let before = ctx::query("before").and_then(|before| before.parse().ok());
        let found = approvals::approvals(&ctx::engine()?, &ctx::caller()?, show, before).await?;
        Ok::<_, Failure>(inbox(found, show))
    })
}

fn inbox(found: Approvals, show: Show) -> impl IntoView {
    let Approvals { frame, waiting, renewals, done, decided, next } = found;
    let (deciding, own): (Vec<Card>, Vec<Card>) =
        waiting.into_iter().partition(|card| card.standing == Standing::Decide);
    let count = i64::try_from(deciding.len() + renewals.len()).unwrap_or(i64::MAX);
    let tabs = segments(show, i64::try_from(frame.waiting).unwrap_or(i64::MAX), decided);
    let purpose = purpose(show, count);
    let (results, flash) = result::taken();
    let empty = deciding.is_empty() && own.is_empty() && done.is_empty() && renewals.is_empty();
    let more = next.map(|next| format!("/approvals?show={}&before={next}", show.word()));
    view! {
        <Page
            frame=frame.into()
            title="Approvals"
            title_count=count
            current=Some(Entry::Approvals)
            purpose
            actions=tabs
            flash
            results=results.map(|lines| view! { <Results lines /> }.into_any())
            outcome="Nothing was recorded."
            live=true
        >
            {empty.then(|| nothing(show))}
            <div class=if show == Show::Waiting { "stack loose" } else { "stack" }>
                {content(deciding, own, done)}
                <ToRenew lines=renewals />
                {more
                    .map(|href| {
                        view! {
                            <p>
                                <Go href text="Older" />
                            </p>
                        }
                    })}
                {(show == Show::Waiting)
                    .then(|| {
                        view! {
                            <p class="sm soft">
                                "Soon away? " <a href="/account/absence">"Say until when, and who decides meanwhile"</a> "."
                            </p>
                        }
                    })}
            </div>
        </Page>
    }
}

/// All that can be decided in one form with one code, and what is only to be read above its button.
fn content(deciding: Vec<Card>, own: Vec<Card>, done: Vec<Card>) -> AnyView {
    let asks_code = deciding.iter().any(|card| card.asks_code);
    let text = if deciding.len() == 1 { "Record decision" } else { "Record decisions" };
    let none = deciding.is_empty();
    let cards = (
        deciding.into_iter().chain(own).map(|card| view! { <RequestCard card /> }).collect_view(),
        done.into_iter().map(|card| view! { <DoneCard card /> }).collect_view(),
    );
    if none {
        return cards.into_any();
    }
    view! {
        <Post action="/approvals" class="stack loose">
            {cards}
            <Record asks_code text />
        </Post>
    }
    .into_any()
}

fn segments(show: Show, waiting: i64, decided: i64) -> AnyView {
    let tab = |label, is: Show| Tab::new(label, format!("/approvals?show={}", is.word()), show == is);
    let tabs = vec![
        tab("Waiting", Show::Waiting).count(waiting),
        tab("Decided", Show::Decided).count(decided),
        tab("I decided", Show::Mine),
    ];
    view! { <Segments label="Show" tabs /> }.into_any()
}

fn purpose(show: Show, count: i64) -> &'static str {
    match (show, count) {
        (Show::Waiting, 0) => "What others ask of you. Nobody can decide on their own request.",
        (Show::Waiting, 1) => "One request is waiting for you. “Later” leaves it as it is.",
        (Show::Waiting, _) => {
            "Choose for each, then record all decisions at once. “Later” leaves a request as it is."
        }
        (Show::Decided, _) => "Requests that you could decide on, whoever did. The newest first.",
        (Show::Mine, _) => "What you decided. The newest first.",
    }
}

fn nothing(show: Show) -> AnyView {
    let (heading, text) = match show {
        Show::Waiting => {
            ("Nobody is waiting for you", "When somebody asks for access that you approve, it appears here.")
        }
        Show::Decided => ("Nothing is decided yet", "Requests appear here when somebody has answered them."),
        Show::Mine => ("You have decided nothing yet", "Your answers appear here, with what you wrote."),
    };
    view! {
        // the heading of what is empty is one of the third level
        <h2 class="vh">"Requests"</h2>
        <Empty glyph=Glyph::Inbox heading text />
    }
    .into_any()
}
