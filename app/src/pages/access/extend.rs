//! The form that asks for more time on what is on.

use super::choices::Lengths;
use super::confirm::{ItIsYou, Why};
use super::{ThingTitle, about, who_decides};
use crate::ctx::{self, caller, engine};
use crate::pages::page;
use crate::parts::prelude::*;
use chrono::{DateTime, Utc};
use engine::ask::extend_form::{self, ExtendForm};
use leptos::prelude::*;

/// `/access/{assignment}/extend`
#[component]
pub fn Extend() -> impl IntoView {
    page(async {
        let id = ctx::named("assignment")?;
        let caller = caller()?;
        let form = extend_form::load(&engine()?, &caller, id).await?;
        Ok(show(form, caller.session.factor_at))
    })
}

fn show(form: ExtendForm, signed_in: Option<DateTime<Utc>>) -> impl IntoView {
    let frame = about(form.frame.clone(), form.on.assignment);
    let clock = frame.clock;
    let crumbs = vec![Crumb::to("My access", "/access"), Crumb::here("Extend")];
    let heading = format!("Extend {}", form.on.thing.name);
    let ends = form.on.span.end.unwrap_or(clock.now);
    let possible = form.obstacles.is_empty() && !form.offers.is_empty();
    view! {
        <Page
            frame
            title="Extend"
            heading
            current=Some(Entry::Access)
            crumbs
            purpose="A later end for what is on. Nothing changes until you press Extend."
            outcome="Not extended."
        >
            <div class="card pad stack">
                <ThingTitle thing=form.on.thing.clone() />
                <LeftTime what=form.on.thing.name.clone() began=form.on.span.start ends clock />
            </div>
            {if possible {
                view! { <Questions form signed_in clock /> }.into_any()
            } else {
                view! { <NotPossible form clock /> }.into_any()
            }}
        </Page>
    }
}

#[component]
fn NotPossible(form: ExtendForm, clock: Clock) -> impl IntoView {
    let longest = form.obstacles.is_empty().then(|| {
        let ends = form.on.span.end.map(|end| clock.at(end)).unwrap_or_default();
        format!("It already runs until {ends}, and at most {} from now is allowed.", form.rules.max.words())
    });
    let lines: Vec<_> = form
        .obstacles
        .into_iter()
        .map(|refusal| view! { <p><Sentence text=refusal.text /> <NextStep way_on=refusal.way_on /></p> })
        .collect();
    view! {
        <Notice tone=Tone::Wait>
            <p>
                <strong>"This can't be extended now."</strong>
            </p>
            {lines}
            {longest.map(|text| view! { <p>{text}</p> })}
        </Notice>
        <Actions>
            <Go href="/access" text="Back to My access" />
        </Actions>
    }
}

#[component]
fn Questions(form: ExtendForm, signed_in: Option<DateTime<Utc>>, clock: Clock) -> impl IntoView {
    let key = Answers::here().value("key").map_or_else(|| form.key.to_string(), str::to_owned);
    let needed = form.rules.approval.as_ref().map(|rule| usize::from(rule.needed));
    let mut hint = format!("Counted from now, {}.", clock.at(clock.now));
    if form.offers.iter().any(|offer| offer.cut) {
        hint.push_str(" What is cut ends with your eligibility, or before what is planned.");
    }
    let usual = form.offers.first().map_or(form.rules.max, |offer| offer.length);
    view! {
        <Post class="ask narrow mt4">
            <HiddenField name="key" value=key />
            <section aria-labelledby="a-long">
                <h2 id="a-long">"How long from now"</h2>
                {needed
                    .map(|needed| {
                        view! {
                            <p class="soft sm">
                                <Sentence text=who_decides(&form.deciders, needed) />
                                " What is on stays on until its end meanwhile."
                            </p>
                        }
                    })}
                <Lengths offers=form.offers usual max=form.rules.max hint clock />
            </section>
            <Why prompts=form.prompts.clone() reason=form.on.reason />
            <ItIsYou rule=form.rules.proof asked=form.prompts.code signed_in clock />
            <Actions>
                <Submit text="Extend" />
                <Go href="/access" text="Back" look=Look::Quiet />
            </Actions>
        </Post>
    }
}
