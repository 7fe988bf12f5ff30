//! The form that switches something on: every question on one page, nothing to guess.

use super::again::UseAgain;
use super::choices::Lengths;
use super::confirm::{ItIsYou, Why};
use super::eligible::Through;
use super::outlook::Outlook;
use super::{ThingTitle, who_decides};
use crate::ctx::{self, caller, engine};
use crate::failure::Failure;
use crate::pages::frame::around;
use crate::pages::page;
use crate::parts::prelude::*;
use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use domain::refusal::Refusal;
use engine::ask::activation_form::{self, ActivationForm};
use engine::db::requests;
use leptos::prelude::*;

/// `/access/activate?pick=key.member`
#[component]
pub fn Activate() -> impl IntoView {
    page(async {
        let pick = ctx::query("pick").and_then(|pick| pick.parse().ok()).ok_or(Failure::NotFound)?;
        let again = ctx::query("again").and_then(|name| requests::parse_name(&name));
        let caller = caller()?;
        let form = activation_form::load(&engine()?, &caller, &pick, again).await?;
        Ok(show(form, caller.session.factor_at))
    })
}

fn show(form: ActivationForm, signed_in: Option<DateTime<Utc>>) -> impl IntoView {
    let frame = around(form.frame.clone());
    let clock = frame.clock;
    let crumbs = vec![Crumb::to("My access", "/access"), Crumb::here("Activate")];
    let heading = format!("Activate {}", form.thing.name);
    let content = if form.not_at_all.is_empty() {
        view! { <Questions form signed_in clock /> }.into_any()
    } else {
        view! { <NotAtAll form /> }.into_any()
    };
    view! {
        <Page
            frame
            title="Activate"
            heading
            current=Some(Entry::Access)
            crumbs
            purpose="Everything we need is on this page. Nothing changes until you press Activate."
            outcome="Not activated."
        >
            {content}
        </Page>
    }
}

/// Why it can't be asked for, whatever is answered.
#[component]
fn NotAtAll(form: ActivationForm) -> impl IntoView {
    let group = super::group_page(&form.thing);
    let emergency = form.break_glass.then(|| view! { <InAnEmergency pick=form.thing.pick().to_string() /> });
    view! {
        <div class="ask">
            <Reasons reasons=form.not_at_all.clone() />
            {emergency}
            <What form />
            <Actions>
                <Go href="/access" text="Back to My access" />
                <Go href=group text="See the group" look=Look::Quiet />
            </Actions>
        </div>
    }
}

/// Why something can't be activated now.
#[component]
pub fn Reasons(
    /// Each with a way on.
    reasons: Vec<Refusal>,
    /// What they are reasons for.
    #[prop(default = "This can't be activated now.")]
    lead: &'static str,
) -> impl IntoView {
    let lines: Vec<_> = reasons
        .into_iter()
        .map(|refusal| view! { <p><Sentence text=refusal.text /> <NextStep way_on=refusal.way_on /></p> })
        .collect();
    view! {
        <Notice tone=Tone::Wait>
            <p>
                <strong>{lead}</strong>
            </p>
            {lines}
        </Notice>
    }
}

#[component]
fn Questions(form: ActivationForm, signed_in: Option<DateTime<Utc>>, clock: Clock) -> impl IntoView {
    let key = Answers::here().value("key").map_or_else(|| form.key.to_string(), str::to_owned);
    let again = form.again.clone();
    let last = form.last.clone().filter(|_| again.is_none());
    let offered = view! { <UseAgain thing=form.thing.clone() last /> };
    let (reason, ticket) = again.map(|again| (again.reason, again.ticket)).unwrap_or_default();
    view! {
        <Post class="split">
            <HiddenField name="pick" value=form.thing.pick().to_string() />
            <HiddenField name="key" value=key />
            <div class="ask">
                {(!form.not_now.is_empty()).then(|| view! { <Reasons reasons=form.not_now.clone() /> })}
                <What form=form.clone() />
                <HowLong form=form.clone() clock />
                <Why prompts=form.prompts.clone() reason ticket>{offered}</Why>
                <ItIsYou rule=form.rules.proof asked=form.prompts.code signed_in clock />
                {form.break_glass.then(|| view! { <InAnEmergency pick=form.thing.pick().to_string() /> })}
            </div>
            <Outlook rules=form.rules deciders=form.deciders away=form.away later=form.later clock />
            <Actions>
                <Submit text="Activate" />
                <Go href="/access" text="Back" look=Look::Quiet />
            </Actions>
        </Post>
    }
}

/// The other way in, said where somebody looks who can't wait.
#[component]
fn InAnEmergency(pick: String) -> impl IntoView {
    let href = format!("/access/break-glass?pick={pick}");
    view! {
        <p class="sm soft">
            "Something is down and nobody answers? " <a href=href>"Break glass"</a>
            " switches it on at once for a short time; somebody else reviews it afterwards."
        </p>
    }
}

/// Whether it starts at once, or who decides.
pub fn who_approves(form: &ActivationForm) -> AnyView {
    match &form.rules.approval {
        None => view! {
            <Badge state=State::Approved text="Starts at once" />
            <span class="soft">"Nobody has to approve."</span>
        }
        .into_any(),
        Some(rule) => view! {
            <Badge state=State::Waiting text="Needs approval" />
            <span class="soft">
                <Sentence text=who_decides(&form.deciders, usize::from(rule.needed)) />
            </span>
        }
        .into_any(),
    }
}

/// What would be switched on, and who decides.
#[component]
pub fn What(
    /// The form.
    form: ActivationForm,
) -> impl IntoView {
    let how = who_approves(&form);
    view! {
        <section aria-labelledby="a-what">
            <h2 id="a-what">"What"</h2>
            <div class="card">
                <div class="per-group">
                    <div class="bring">
                        <ThingTitle thing=form.thing.clone() />
                        <span class="push sm muted">{format!("at most {}", form.rules.max.words())}</span>
                    </div>
                    <p class="sm soft">
                        <bdi>{form.thing.description}</bdi>
                    </p>
                    <Through path=form.through />
                    <p class="sm row">{how}</p>
                </div>
            </div>
        </section>
    }
}

/// The lengths, and when it starts.
#[component]
pub fn HowLong(
    /// The form.
    form: ActivationForm,
    /// The reader's clock.
    clock: Clock,
) -> impl IntoView {
    let from = form.earliest.unwrap_or(clock.now);
    let usual = form.again.as_ref().and_then(|again| again.length).unwrap_or(form.usual).min(form.rules.max);
    let hint = hint(&form, from, clock);
    view! {
        <section aria-labelledby="a-long">
            <h2 id="a-long">"How long"</h2>
            <Lengths offers=form.offers usual max=form.rules.max hint clock />
            <Start earliest=form.earliest clock />
        </section>
    }
}

/// When it starts: at once, or at a time of one's own.
#[component]
pub fn Start(
    /// First possible start, when it is not now.
    earliest: Option<DateTime<Utc>>,
    /// The reader's clock.
    clock: Clock,
) -> impl IntoView {
    let now = Choice::new("now", "Now");
    let now = if earliest.is_some() { now.barred("not possible yet") } else { now };
    let start = if earliest.is_some() { "later" } else { "now" };
    view! {
        <div class="row low">
            <RadioField
                name="start"
                legend="Start"
                choices=vec![now, Choice::new("later", "Later, on")]
                value=start
                in_a_row=true
            />
            <MomentField
                name="start_at"
                label="Start day and time"
                hide_label=true
                clock
                value=earliest.map(whole_minute)
            />
        </div>
    }
}

/// From when the ends are counted, and what cuts them.
fn hint(form: &ActivationForm, from: DateTime<Utc>, clock: Clock) -> String {
    let mut hint = format!("Ends are counted from {}.", clock.at(from));
    if form.rules.approval.is_some() {
        hint.push_str(" It starts when it is approved, so a slow answer does not use up the time.");
    }
    if let Some(until) = form.until.filter(|_| form.offers.iter().any(|offer| offer.cut)) {
        let whose = if form.asked_for.is_some() { "Their" } else { "Your" };
        hint.push_str(&format!(
            " {whose} eligibility ends at {}, so this would end then too.",
            clock.at(until)
        ));
    }
    hint
}

/// A field of minutes can't say seconds: the next whole minute.
fn whole_minute(at: DateTime<Utc>) -> DateTime<Utc> {
    let minute = TimeDelta::minutes(1);
    (at + minute - TimeDelta::microseconds(1)).duration_trunc(minute).unwrap_or(at)
}
