//! Uses of break glass: what was done, by whom, and what somebody else found.

use crate::ctx::{self, caller, engine};
use crate::failure::Failure;
use crate::pages::access::ThingTitle;
use crate::pages::said::said;
use crate::pages::{frame, page};
use crate::parts::prelude::*;
use engine::ask::glass::{self, Review};
use engine::db::requests::{name, parse_name};
use leptos::prelude::*;

/// `/break-glass`
#[component]
pub fn Reviews() -> impl IntoView {
    page(async {
        let reviews = glass::reviews(&engine()?, &caller()?).await?;
        Ok(list(frame::here().await?, reviews))
    })
}

fn list(frame: Frame, reviews: Vec<Review>) -> impl IntoView {
    let clock = frame.clock;
    let content = if reviews.is_empty() {
        let text = "Who switches something on in an emergency, without approval, stands here until somebody else has reviewed it.";
        view! { <Empty glyph=Glyph::Bell heading="Nobody broke the glass" text /> }.into_any()
    } else {
        let cols = ["Who", "What", "When", "State"].map(Col::new).into();
        let rows: Vec<_> = reviews.into_iter().map(|review| view! { <Line review clock /> }).collect();
        view! { <Table cols>{rows}</Table> }.into_any()
    };
    view! {
        <Page
            frame
            title="Break glass"
            current=Some(Entry::Glass)
            purpose="Access switched on in an emergency, and what the review of it found."
            flash=said()
        >
            <div class="card">{content}</div>
        </Page>
    }
}

#[component]
fn Line(review: Review, clock: Clock) -> impl IntoView {
    let href = format!("/break-glass/{}", name(review.number));
    let (who, stands) = (review.who().into(), state(&review));
    let link = if review.may_close { "Review" } else { "See" };
    let (access, what) = (review.thing.kind(), review.thing.name);
    view! {
        <tr>
            <RowHead>
                <Person who />
            </RowHead>
            <Cell label="What">
                <bdi>{what}</bdi>
                " "
                <RoleTag access />
            </Cell>
            <Cell label="When">
                <When at=review.opened_at clock />
            </Cell>
            <Cell label="State">
                {stands}
                " "
                <a href=href>{link}</a>
            </Cell>
        </tr>
    }
}

fn state(review: &Review) -> AnyView {
    match review.closed_by.clone() {
        None => view! { <Mark tone=Tone::Bad glyph=Glyph::Clock text="Not reviewed" /> }.into_any(),
        Some(by) => view! { <span class="soft">"Reviewed by " <bdi>{by}</bdi></span> }.into_any(),
    }
}

/// `/break-glass/{R-number}`
#[component]
pub fn ReviewPage() -> impl IntoView {
    page(async {
        let number = ctx::param("number").and_then(|name| parse_name(&name)).ok_or(Failure::NotFound)?;
        let review = glass::review(&engine()?, &caller()?, number).await?;
        Ok(one(frame::here().await?, review))
    })
}

fn one(frame: Frame, review: Review) -> impl IntoView {
    let clock = frame.clock;
    let crumbs = vec![Crumb::to("Break glass", "/break-glass"), Crumb::here(name(review.number))];
    let length = review.length().map(|length| format!(" for {}", length.words()));
    let verdict = if review.may_close {
        view! { <Finding /> }.into_any()
    } else {
        view! { <p>{state(&review)}</p> }.into_any()
    };
    let found = review.closed_at.map(|at| {
        view! {
            <p class="sm soft">
                <When at clock />
            </p>
            <Said text=&review.finding />
        }
    });
    let who = review.who().into();
    view! {
        <Page frame title="Break glass" current=Some(Entry::Glass) crumbs outcome="Not closed.">
            <div class="card pad stack narrow">
                <Person who />
                <ThingTitle thing=review.thing.clone() />
                <p>
                    "Switched on " <When at=review.opened_at clock /> {length} ", without approval."
                </p>
                <Said text=&review.reason />
                {verdict}
                {found}
            </div>
        </Page>
    }
}

#[component]
fn Finding() -> impl IntoView {
    view! {
        <Post>
            <TextArea
                name="finding"
                label="What you found"
                hint="Was it an emergency, and was what was done in it right? At least 10 characters."
                max=2000
            />
            <Actions>
                <Submit text="Close the review" />
                <Go href="/break-glass" text="Back" look=Look::Quiet />
            </Actions>
        </Post>
    }
}
