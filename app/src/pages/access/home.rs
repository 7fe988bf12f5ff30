//! My access: what is on, what waits, what can be switched on.

use super::applications::InApplications;
use super::eligible::{Eligible, Expired};
use super::renewal::EndingSoon;
use super::running::Running;
use super::waiting::Waiting;
use crate::ctx::{self, caller, engine};
use crate::pages::frame::around;
use crate::pages::page;
use crate::pages::said::said;
use crate::parts::prelude::*;
use engine::ask::my_access;
use engine::ask::provisioned::{self, Provisioned};
use leptos::prelude::*;

/// `/access`
#[component]
pub fn MyAccess() -> impl IntoView {
    page(async {
        let (engine, caller) = (engine()?, caller()?);
        let answer = my_access::load(&engine, &caller).await?;
        let there = provisioned::mine(&engine, &caller).await?;
        let expired = ctx::query("show").as_deref() == Some("expired");
        Ok(show(answer, there, expired))
    })
}

fn show(answer: my_access::MyAccess, there: Vec<Provisioned>, show_expired: bool) -> impl IntoView {
    let my_access::MyAccess { frame, on, waiting, planned, eligible, ending, expired } = answer;
    let frame = around(frame);
    let clock = frame.clock;
    let views = views(eligible.len(), expired.len(), show_expired);
    let count = if show_expired { expired.len() } else { eligible.len() };
    view! {
        <Page
            frame
            title="My access"
            current=Some(Entry::Access)
            purpose="What is on now, what you are waiting for, and what you can switch on."
            actions=as_of(clock)
            flash=said()
            live=true
        >
            {(!on.is_empty()).then(|| view! { <Running on clock /> })}
            <InApplications rows=there clock />
            {(!waiting.is_empty() || !planned.is_empty()).then(|| view! { <Waiting waiting planned clock /> })}
            {(!ending.is_empty()).then(|| view! { <EndingSoon rows=ending clock /> })}
            <section class="section" aria-labelledby="h-el">
                <SectionHead id="h-el" heading="You can switch on" count=number(count) aside=views />
                {if show_expired {
                    view! { <Expired rows=expired clock /> }.into_any()
                } else {
                    view! { <Eligible rows=eligible clock /> }.into_any()
                }}
            </section>
        </Page>
    }
}

fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// When this was true, and how to look again without a script.
fn as_of(clock: Clock) -> AnyView {
    view! {
        <p class="sm muted" data-now="">
            "As of " <When at=clock.now clock form=Form::Full /> " · " <a href="/access">"Refresh"</a>
        </p>
    }
    .into_any()
}

fn views(eligible: usize, expired: usize, show_expired: bool) -> AnyView {
    let tabs = vec![
        Tab::new("Eligible", "/access", !show_expired).count(number(eligible)),
        Tab::new("Expired", "/access?show=expired", show_expired).count(number(expired)),
    ];
    view! { <Segments label="Which eligibilities" tabs /> }.into_any()
}
