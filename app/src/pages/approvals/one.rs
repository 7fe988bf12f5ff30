//! One request, as links in mails open it: always as it stands now.

use super::Record;
use super::card::RequestCard;
use super::done::DoneCard;
use super::result::{self, Results};
use crate::ctx;
use crate::failure::Failure;
use crate::pages::page;
use crate::parts::prelude::*;
use engine::ask::approvals::{self, Approval, Card, Standing};
use engine::db::requests;
use leptos::prelude::*;

/// `/approvals/R-10482`
#[component]
pub fn OneApproval() -> impl IntoView {
    page(async {
        let number =
            ctx::param("number").and_then(|word| requests::parse_name(&word)).ok_or(Failure::NotFound)?;
        let found = approvals::approval(&ctx::engine()?, &ctx::caller()?, number).await?;
        Ok::<_, Failure>(one(found))
    })
}

fn one(found: Approval) -> impl IntoView {
    let Approval { frame, card } = found;
    let name = requests::name(card.number);
    let (results, flash) = result::taken();
    let crumbs = vec![Crumb::to("Approvals", "/approvals")];
    view! {
        <Page
            frame=frame.into()
            title="Approval"
            heading=name
            current=Some(Entry::Approvals)
            crumbs
            purpose="This is how the request stands now."
            flash
            results=results.map(|lines| view! { <Results lines /> }.into_any())
            outcome="Nothing was recorded."
            live=true
        >
            {content(card)}
        </Page>
    }
}

/// The request, with the form for who can decide, and with what became of it for everybody else.
fn content(card: Card) -> AnyView {
    let asks_code = card.asks_code;
    match card.standing {
        Standing::Decide => view! {
            <Post class="stack loose">
                <RequestCard card />
                <Record asks_code text="Record decision" />
            </Post>
        }
        .into_any(),
        Standing::Own => view! { <RequestCard card /> }.into_any(),
        _ => view! {
            <div class="stack loose">
                <DoneCard card=card.clone() />
                <RequestCard card />
            </div>
        }
        .into_any(),
    }
}
