//! The form that switches several things on: of each question the strictest, asked once; what each needs stands with it.

use super::ThingTitle;
use super::activate::{Reasons, Start, who_approves};
use super::choices::Lengths;
use super::confirm::{ItIsYou, Why};
use super::eligible::{Through, needs};
use crate::ctx::{self, caller, engine};
use crate::failure::Failure;
use crate::islands::ends_at::EndsAt;
use crate::pages::frame::around;
use crate::pages::page;
use crate::parts::prelude::*;
use chrono::{DateTime, TimeDelta, Utc};
use domain::policy::ProofRule;
use domain::policy::prompt::Prompts;
use domain::text::Text;
use engine::act::activate_several::MOST_AT_ONCE;
use engine::ask::activation_form::ActivationForm;
use engine::ask::several_form::{self, SeveralForm};
use engine::ask::thing::Pick;
use leptos::prelude::*;

/// Name of the ticks.
const PICK: &str = "pick[]";

/// `/access/activate-several?pick=key.member&pick=key.owner`
#[component]
pub fn ActivateSeveral() -> impl IntoView {
    page(async {
        let caller = caller()?;
        let form = several_form::load(&engine()?, &caller, &picks()).await?;
        Ok::<_, Failure>(show(form, caller.session.factor_at))
    })
}

/// What the address names, and what a form that came back had ticked.
fn picks() -> Vec<Pick> {
    let answers = Answers::here();
    let ticked = answers.values(PICK).map(str::to_owned);
    ctx::queries("pick").into_iter().chain(ticked).filter_map(|pick| pick.parse().ok()).collect()
}

fn show(form: SeveralForm, signed_in: Option<DateTime<Utc>>) -> impl IntoView {
    let frame = around(form.frame.clone());
    let clock = frame.clock;
    let crumbs = vec![Crumb::to("My access", "/access"), Crumb::here("Activate several")];
    let heading = match form.items.len() {
        0 => "Nothing is chosen".to_owned(),
        1 => "Activate".to_owned(),
        n => format!("Activate {n} together"),
    };
    let purpose = if form.items.is_empty() {
        "Tick what you want to switch on, then press “Activate selected”."
    } else {
        "Everything we need is on this page, once for all. Nothing changes until you press Activate."
    };
    let content = match form.prompts.clone() {
        Some(prompts) => view! { <Questions form prompts signed_in clock /> }.into_any(),
        None => view! { <Nothing form clock /> }.into_any(),
    };
    view! {
        <Page
            frame
            title="Activate several"
            heading
            current=Some(Entry::Access)
            crumbs
            purpose
            outcome="Nothing was activated."
        >
            {content}
        </Page>
    }
}

/// Nothing is chosen, or nothing of it can be asked for.
#[component]
fn Nothing(form: SeveralForm, clock: Clock) -> impl IntoView {
    let what = (!form.items.is_empty()).then(|| view! { <What form clock /> });
    view! {
        <div class="ask">
            {what}
            <Actions>
                <Go href="/access" text="Back to My access" />
            </Actions>
        </div>
    }
}

#[component]
fn Questions(
    form: SeveralForm,
    prompts: Prompts,
    signed_in: Option<DateTime<Utc>>,
    clock: Clock,
) -> impl IntoView {
    let key = Answers::here().value("key").map_or_else(|| form.key.to_string(), str::to_owned);
    let (offers, usual, asked) = (form.offers.clone(), form.usual, prompts.code);
    let (max, hint) = (prompts.max, hint(&form, &prompts, clock));
    let outlook = view! { <Outlook items=form.items.clone() prompts=prompts.clone() clock /> };
    view! {
        <Post class="split">
            <HiddenField name="key" value=key />
            <div class="ask">
                <What form clock />
                <section aria-labelledby="a-long">
                    <h2 id="a-long">"How long"</h2>
                    <Lengths offers usual max hint clock />
                    <Start earliest=None clock />
                </section>
                <Why prompts several=true />
                <ItIsYou rule=ProofRule::Session asked signed_in clock several=true />
            </div>
            {outlook}
            <Actions>
                <Submit text="Activate" />
                <Go href="/access" text="Back" look=Look::Quiet />
            </Actions>
        </Post>
    }
}

/// From when the ends are counted, and why there are no longer ones.
fn hint(form: &SeveralForm, prompts: &Prompts, clock: Clock) -> String {
    let mut hint = format!("Ends are counted from {}.", clock.at(clock.now));
    if form.items.iter().any(|item| item.not_at_all.is_empty() && item.prompts.max > prompts.max) {
        hint.push_str(&format!(" {} is the longest that all of them allow.", prompts.max.words()));
    }
    if prompts.approvals > 0 {
        hint.push_str(
            " What needs approval starts when it is approved, so a slow answer does not use up its time.",
        );
    }
    hint
}

/// Everything that was chosen, each with its tick.
#[component]
fn What(form: SeveralForm, clock: Clock) -> impl IntoView {
    let max = form.prompts.map(|prompts| prompts.max.delta());
    let left_out = (form.left_out > 0).then(|| {
        let text =
            format!("Only the first {MOST_AT_ONCE} of what you chose are here: one code confirms no more.");
        view! { <Notice tone=Tone::Wait><p>{text}</p></Notice> }
    });
    let items: Vec<_> = form
        .items
        .into_iter()
        .enumerate()
        .map(|(at, item)| view! { <Item item first=at == 0 max clock /> })
        .collect();
    view! {
        <section aria-labelledby="a-what">
            <h2 id="a-what">"What"</h2>
            {left_out}
            <FieldError name="pick".to_owned() />
            <div class="card">{items}</div>
        </section>
    }
}

/// One of them: what it gives, who decides, what it asks, when it ends earlier, and what is in its way.
#[component]
fn Item(item: ActivationForm, first: bool, max: Option<TimeDelta>, clock: Clock) -> impl IntoView {
    let answers = Answers::here();
    let pick = item.thing.pick().to_string();
    let possible = item.not_at_all.is_empty();
    let ticked = if answers.sent() { answers.chose(PICK, &pick) } else { item.not_now.is_empty() };
    let label = format!("Activate {}, {}", item.thing.name, access_word(item.thing.kind()));
    let until = item.until.filter(|until| max.is_some_and(|max| possible && *until < clock.now + max));
    let reasons = if possible { item.not_now.clone() } else { item.not_at_all.clone() };
    let demands = possible.then(|| view! { <Demands item=item.clone() /> });
    view! {
        <div class="per-group">
            <div class="bring">
                <input
                    class="box"
                    type="checkbox"
                    id=first.then(|| field_id(PICK))
                    name=PICK
                    value=pick
                    aria-label=label
                    checked=possible && ticked
                    disabled=!possible
                />
                <ThingTitle thing=item.thing.clone() />
                <span class="push sm muted">{format!("at most {}", item.rules.max.words())}</span>
            </div>
            <p class="sm soft">
                <bdi>{item.thing.description}</bdi>
            </p>
            <Through path=item.through />
            {demands}
            {until
                .map(|until| {
                    view! { <p class="sm">"Ends at the latest on " <When at=until clock /> ", with your eligibility."</p> }
                })}
            {(possible && !reasons.is_empty())
                .then(|| view! { <p class="sm"><strong>"Not possible now"</strong>", but with a later start:"</p> })}
            {(!reasons.is_empty()).then(|| view! { <Reasons reasons /> })}
        </div>
    }
}

/// Who decides, and what the form asks because of this one.
#[component]
fn Demands(item: ActivationForm) -> impl IntoView {
    let how = who_approves(&item);
    let reason = match item.prompts.reason_min {
        Some(least) if least > 1 => Some(format!("A reason of at least {least} characters")),
        Some(_) => Some("A reason".to_owned()),
        None => None,
    };
    let asks = item.prompts.code || item.prompts.ticket != domain::policy::TicketRule::None;
    let asks = asks.then(|| needs(&Prompts { approvals: 0, ..item.prompts.clone() }));
    view! {
        <p class="sm row">{how}</p>
        <div class="sm soft row">{asks} {reason.map(|reason| view! { <span>{reason}</span> })}</div>
    }
}

/// What will happen, beside the form.
#[component]
fn Outlook(items: Vec<ActivationForm>, prompts: Prompts, clock: Clock) -> impl IntoView {
    let possible = items.into_iter().filter(|item| item.not_at_all.is_empty());
    let (waits, at_once): (Vec<_>, Vec<_>) = possible.partition(|item| item.rules.approval.is_some());
    let names = |items: Vec<ActivationForm>| {
        let names: Vec<String> = items.into_iter().map(|item| item.thing.name).collect();
        (!names.is_empty()).then(|| Text::default().names(&names))
    };
    // room for the longest way ahead that a start may lie, and for a change of the clocks after it
    let zone = clock.shifts(clock.now + TimeDelta::days(32));
    let at_once = names(at_once).map(|names| {
        view! {
            <div>
                <h3>
                    <Sentence text=names />
                </h3>
                <p class="big">"At once, or from the start you choose"</p>
                <EndsAt now=clock.now.timestamp() max=prompts.max.0 zone />
                <p class="sm soft">"It ends by itself. You can give each back before."</p>
            </div>
        }
    });
    let waits = names(waits).map(|names| {
        view! {
            <div>
                <h3>
                    <Sentence text=names />
                </h3>
                <p class="big">"From the approval"</p>
                <p class="sm soft">"The whole time counts from the approval. Each is asked for and answered by itself."</p>
            </div>
        }
    });
    view! {
        <aside class="sticky card pad sum" aria-label="What will happen">
            {at_once} {waits}
            <div>
                <h3>"If one is refused"</h3>
                <p class="sm soft">
                    "The others go on. The next page says what came of each. Something short of the strictest answer is refused alone."
                </p>
            </div>
            <div>
                <h3>"What is written down"</h3>
                <p class="sm soft">"Your name, each group, the time, your justification and ticket."</p>
            </div>
        </aside>
    }
}
