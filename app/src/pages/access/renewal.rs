//! Asking for a later end of an assignment, or for the same again: what rows say about it, and the form.

use super::ThingTitle;
use crate::ctx::{self, caller, engine};
use crate::pages::frame::around;
use crate::pages::page;
use crate::parts::prelude::*;
use domain::assignment::Kind;
use domain::renewal::Offer;
use domain::target::TargetKind;
use domain::text::Text;
use engine::ask::my_access::{Ending, Renewal};
use engine::ask::renewal_form::{self, RenewalForm};
use engine::db::requests;
use leptos::prelude::*;

/// Where the question stands, below the end that it is about.
#[component]
pub fn Waits(
    /// What can be or was asked.
    #[prop(optional_no_strip)]
    renewal: Option<Renewal>,
) -> impl IntoView {
    let Some(Renewal::Asked(number)) = renewal else { return ().into_any() };
    let request = format!("/requests/{}", requests::name(number));
    view! {
        <small>
            <a href=request>"Asked"</a>
            ", waiting for an answer"
        </small>
    }
    .into_any()
}

/// What can be asked for, as a button of a row; or how the question is taken back.
#[component]
pub fn AskAbout(
    /// What can be or was asked.
    renewal: Renewal,
    /// Of which group.
    name: String,
) -> impl IntoView {
    match renewal {
        Renewal::Offered(offer, assignment) => {
            let href = format!("/access/{assignment}/renew");
            view! {
                <a class="btn small" href=href>
                    {ask_to(offer)} <Of name />
                </a>
            }
            .into_any()
        }
        Renewal::Asked(number) => {
            let cancel = format!("/requests/{}/cancel", requests::name(number));
            view! {
                <a class="btn small" href=cancel>
                    "Cancel request" <Of name />
                </a>
            }
            .into_any()
        }
    }
}

fn ask_to(offer: Offer) -> &'static str {
    match offer {
        Offer::Extend => "Ask to extend",
        Offer::Renew => "Ask to renew",
    }
}

/// Standing access that ends soon.
#[component]
pub fn EndingSoon(
    /// Soonest end first.
    rows: Vec<Ending>,
    /// The reader's clock.
    clock: Clock,
) -> impl IntoView {
    let count = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    let rows: Vec<_> = rows
        .into_iter()
        .map(|row| {
            let name = row.thing.name.clone();
            view! {
                <tr>
                    <RowHead>
                        <ThingTitle thing=row.thing />
                    </RowHead>
                    <Cell label="Active until" class="nowrap">
                        <When at=row.ends clock /> <Waits renewal=Some(row.renewal) />
                    </Cell>
                    <ActionCell>
                        <AskAbout renewal=row.renewal name />
                    </ActionCell>
                </tr>
            }
        })
        .collect();
    let cols = vec![Col::new("Group"), Col::new("Active until"), Col::actions()];
    view! {
        <section class="section" aria-labelledby="h-end">
            <SectionHead id="h-end" heading="Standing access that ends soon" count />
            <div class="card">
                <Table cols class="cards late">
                    {rows}
                </Table>
            </div>
        </section>
    }
}

/// `/access/{assignment}/renew`
#[component]
pub fn Renew() -> impl IntoView {
    page(async {
        let id = ctx::named("assignment")?;
        Ok(show(renewal_form::load(&engine()?, &caller()?, id).await?))
    })
}

fn show(form: RenewalForm) -> impl IntoView {
    let frame = around(form.frame.clone());
    let clock = frame.clock;
    let word = if form.offer == Some(Offer::Renew) { "Ask to renew" } else { "Ask to extend" };
    let crumbs = vec![Crumb::to("My access", "/access"), Crumb::here(word)];
    let what = match form.kind {
        Kind::Eligible => "You are eligible",
        Kind::Active => "You have standing access",
    };
    let over = form.span.is_over(clock.now);
    let thing = form.thing.clone();
    let until = match (form.span.end, over) {
        (Some(end), true) => Text::say("It ended on ").at(end).then("."),
        (Some(end), false) => Text::say(what).then(" until ").at(end).then("."),
        (None, _) => Text::say(what).then(", without an end."),
    };
    let content = if form.obstacles.is_empty() && form.offer.is_some() {
        view! { <Question form word /> }.into_any()
    } else {
        view! { <NotPossible form /> }.into_any()
    };
    view! {
        <Page
            frame
            title="Extend or renew"
            heading=word
            current=Some(Entry::Access)
            crumbs
            purpose="Whoever manages it decides whether, until when and in which way. Nothing changes before."
            outcome="Not asked."
        >
            <div class="card pad stack narrow">
                <div>
                    <ThingTitle thing closed=over />
                    <p>
                        <Sentence text=until />
                    </p>
                </div>
                {content}
            </div>
        </Page>
    }
}

#[component]
fn Question(form: RenewalForm, word: &'static str) -> impl IntoView {
    let key = Answers::here().value("key").map_or_else(|| form.key.to_string(), str::to_owned);
    let names: Vec<String> = form.owners.into_iter().map(|who| who.name).collect();
    // a role has no owners: those named are its administrators
    let others =
        if form.thing.kind() == TargetKind::Role { " decides." } else { " or an administrator decides." };
    let who = match names.as_slice() {
        [] => Text::say("An administrator decides."),
        [_] => Text::default().names(&names).then(others),
        _ => Text::say("One of ").names(&names).then(others),
    };
    let who = match form.lapses {
        Some(at) => who.then(" Without an answer the request lapses at ").at(at).then("."),
        None => who,
    };
    view! {
        <Post class="stack">
            <HiddenField name="key" value=key />
            <TextArea
                name="reason"
                label="Why"
                hint="Who decides reads this. Say what you still need it for, and how long."
                max=2_000
            />
            <p class="sm soft">
                <Sentence text=who />
            </p>
            <Actions>
                <Submit text=word />
                <Go href="/access" text="Back" look=Look::Quiet />
            </Actions>
        </Post>
    }
}

#[component]
fn NotPossible(form: RenewalForm) -> impl IntoView {
    let lines: Vec<_> = form
        .obstacles
        .into_iter()
        .map(|refusal| view! { <p><Sentence text=refusal.text /> <NextStep way_on=refusal.way_on /></p> })
        .collect();
    view! {
        <Notice tone=Tone::Wait>
            <p>
                <strong>"This can't be asked for now."</strong>
            </p>
            {lines}
        </Notice>
        <Actions>
            <Go href="/access" text="Back to My access" />
        </Actions>
    }
}
