//! The form for an emergency: short, loud, and paid for afterwards.

use super::ThingTitle;
use super::choices::Lengths;
use super::confirm::{ItIsYou, Why};
use crate::ctx::{self, caller, engine};
use crate::failure::Failure;
use crate::pages::frame::around;
use crate::pages::page;
use crate::parts::prelude::*;
use chrono::{DateTime, Utc};
use domain::duration::Minutes;
use domain::policy::prompt::prompts;
use engine::ask::glass::{self, GlassForm};
use leptos::prelude::*;

/// `/access/break-glass?pick=key.member`
#[component]
pub fn BreakGlass() -> impl IntoView {
    page(async {
        let pick = ctx::query("pick").and_then(|pick| pick.parse().ok()).ok_or(Failure::NotFound)?;
        let caller = caller()?;
        let form = glass::form(&engine()?, &caller, &pick).await?;
        Ok(show(form, caller.session.factor_at))
    })
}

fn show(form: GlassForm, signed_in: Option<DateTime<Utc>>) -> impl IntoView {
    let frame = around(form.frame.clone());
    let clock = frame.clock;
    let crumbs = vec![Crumb::to("My access", "/access"), Crumb::here("Break glass")];
    let heading = format!("Break glass for {}", form.thing.name);
    let content = if form.obstacles.is_empty() {
        view! { <Questions form signed_in clock /> }.into_any()
    } else {
        view! { <Barred form /> }.into_any()
    };
    view! {
        <Page frame title="Break glass" heading current=Some(Entry::Access) crumbs outcome="Not switched on.">
            {content}
        </Page>
    }
}

#[component]
fn Barred(form: GlassForm) -> impl IntoView {
    let lines: Vec<_> = form
        .obstacles
        .into_iter()
        .map(|refusal| view! { <p><Sentence text=refusal.text /> <NextStep way_on=refusal.way_on /></p> })
        .collect();
    view! {
        <div class="ask">
            <Notice tone=Tone::Wait>
                <p>
                    <strong>"The glass can't be broken now."</strong>
                </p>
                {lines}
            </Notice>
            <Actions>
                <Go href="/access" text="Back to My access" />
            </Actions>
        </div>
    }
}

#[component]
fn Questions(form: GlassForm, signed_in: Option<DateTime<Utc>>, clock: Clock) -> impl IntoView {
    let key = Answers::here().value("key").map_or_else(|| form.key.to_string(), str::to_owned);
    let prompts = prompts(&form.rules, false);
    let usual = form.rules.max.min(Minutes::hours(1));
    let hint = format!("Ends are counted from {}.", clock.at(clock.now));
    view! {
        <Post class="ask narrow">
            <HiddenField name="pick" value=form.thing.pick().to_string() />
            <HiddenField name="key" value=key />
            <Notice tone=Tone::Bad>
                <p>
                    <strong>"For emergencies only."</strong>
                    " It is on at once, nobody approves. Administrators see it now, and somebody else must review it: until then you can't break the glass here again."
                </p>
            </Notice>
            <div class="card pad">
                <ThingTitle thing=form.thing />
            </div>
            <section aria-labelledby="a-long">
                <h2 id="a-long">"How long"</h2>
                <Lengths offers=form.offers usual max=form.rules.max hint clock />
            </section>
            <Why prompts />
            <ItIsYou rule=form.rules.proof asked=true signed_in clock />
            <Actions>
                <Submit text="Break glass" look=Look::DangerSolid />
                <Go href="/access" text="Back" look=Look::Quiet />
            </Actions>
        </Post>
    }
}
