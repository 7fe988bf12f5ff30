//! `/roles/{role}`: what a directory role may do, who holds it, what it takes; warnings first.

use super::head::{GroupPage, On};
use super::overview::{Numbers, Policies};
use crate::ctx;
use crate::failure::Failure;
use crate::pages::roles::holder;
use crate::pages::{frame, page};
use crate::parts::prelude::*;
use engine::ask::role_page;
use engine::ask::roles::Holder;
use engine::ask::thing::Place;
use leptos::prelude::*;

/// The page.
#[component]
pub fn Overview() -> impl IntoView {
    page(async {
        let Place::Role(role) = super::place()? else { return Err(Failure::NotFound) };
        let shown = role_page::role_page(&ctx::engine()?, &ctx::caller()?, role).await?;
        let frame = frame::here().await?;
        let clock = frame.clock;
        let (place, inspects) = (shown.header.place.clone(), shown.header.inspects);
        let warnings = shown
            .warnings
            .into_iter()
            .map(|text| view! { <Notice tone=Tone::Wait><p>{text}</p></Notice> })
            .collect_view();
        Ok::<_, Failure>(view! {
            <GroupPage frame header=shown.header on=On::Overview>
                {warnings}
                <div class="stack">
                    <Numbers counts=shown.counts />
                </div>
                {shown.holders.map(|holders| view! { <Holders holders clock /> })}
                <Policies policies=vec![shown.policy] place inspects />
            </GroupPage>
        })
    })
}

#[component]
fn Holders(holders: Vec<Holder>, clock: Clock) -> impl IntoView {
    let content = if holders.is_empty() {
        view! { <p>"Nobody. Whoever is eligible can activate it."</p> }.into_any()
    } else {
        let rows: Vec<_> = holders.into_iter().map(|one| view! { <li>{holder(one, clock)}</li> }).collect();
        view! { <ul class="stack tight">{rows}</ul> }.into_any()
    };
    view! {
        <section class="section" aria-labelledby="holders">
            <SectionHead id="holders" heading="Who holds it now" />
            <div class="card pad">{content}</div>
        </section>
    }
}
