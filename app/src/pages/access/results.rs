//! What came of a form about several things: one answer for each. What was done is read from its request, as it stands
//! now; why something was refused is told once, on the page after the form.

use super::said::SEVERAL;
use super::{ThingTitle, activate_page, who_decides};
use crate::ctx::{self, caller, engine};
use crate::failure::Failure;
use crate::forms::Done;
use crate::pages::frame::around;
use crate::pages::page;
use crate::pages::requests::Standing;
use crate::parts::prelude::*;
use domain::ids::RequestKey;
use domain::refusal::{Code, Refusal};
use domain::text::Text;
use engine::act::activate_several::Outcome;
use engine::ask::several_result::{self, Came, SeveralResult};
use engine::ask::stand::Stand;
use engine::ask::thing::Thing;
use engine::db::requests::name;
use leptos::prelude::*;
use std::collections::BTreeMap;

/// Where a form about these things leads: to what came of each; or back to itself, when nothing came of any.
///
/// # Errors
/// Everything that was refused, each at its field.
pub fn done(form: RequestKey, things: &[Thing], outcomes: Vec<Outcome>) -> Result<Done, Failure> {
    let found = |thing: &Thing| outcomes.iter().find(|outcome| outcome.target == thing.id());
    let known: Vec<(&Thing, &Outcome)> =
        things.iter().filter_map(|thing| Some((thing, found(thing)?))).collect();
    if known.iter().all(|(_, outcome)| outcome.result.is_err()) {
        return Err(Failure::Refused { refusals: together(&known) });
    }
    let picks: String = known.iter().map(|(thing, _)| format!("&pick={}", thing.pick())).collect();
    let mut done = Done::to(format!("/access/several?form={form}{picks}")).saying(SEVERAL);
    for (thing, outcome) in known {
        if let Err(refusals) = &outcome.result {
            let why = serde_json::to_string(refusals).map_err(|error| Failure::internal(&error))?;
            done = done.with(&thing.pick().to_string(), why);
        }
    }
    Ok(done)
}

/// The refusals of a form that did nothing, each once. Of whom it speaks is said where that makes a difference: at a
/// field that has one fault only, mending it is enough.
fn together(known: &[(&Thing, &Outcome)]) -> Vec<Refusal> {
    let mut each: Vec<(Refusal, Vec<String>)> = Vec::new();
    for (thing, outcome) in known {
        for refusal in outcome.result.clone().err().unwrap_or_default() {
            match each.iter_mut().find(|(known, _)| *known == refusal) {
                Some((_, names)) => names.push(thing.name.clone()),
                None => each.push((refusal, vec![thing.name.clone()])),
            }
        }
    }
    if each.is_empty() {
        return Refusal::new(Code::Missing, "Choose at least one.").at("pick").into();
    }
    let at = |field: &Option<String>| each.iter().filter(|(refusal, _)| refusal.field == *field).count();
    let alone = |refusal: &Refusal, names: &[String]| {
        names.len() == known.len() || (refusal.field.is_some() && at(&refusal.field) == 1)
    };
    let said = |(refusal, names): &(Refusal, Vec<String>)| match alone(refusal, names) {
        true => refusal.clone(),
        false => Refusal { text: named(names, &refusal.text), ..refusal.clone() },
    };
    each.iter().map(said).collect()
}

fn named(names: &[String], text: &Text) -> Text {
    let mut named = Text::default().names(names).then(": ");
    named.0.extend(text.0.iter().cloned());
    named
}

/// `/access/several?form=…&pick=key.member`
#[component]
pub fn Results() -> impl IntoView {
    page(async {
        let form = ctx::query("form").and_then(|form| form.parse().ok()).ok_or(Failure::NotFound)?;
        let picks: Vec<_> = ctx::queries("pick").into_iter().filter_map(|pick| pick.parse().ok()).collect();
        let why = refusals();
        let answer = several_result::load(&engine()?, &caller()?, form, &picks).await?;
        if answer.rows.is_empty() {
            return Err(Failure::NotFound);
        }
        Ok(show(answer, why))
    })
}

/// Why things were refused, by how addresses name them; told once.
fn refusals() -> BTreeMap<String, Vec<Refusal>> {
    let told = ctx::flash().filter(|flash| flash.code == SEVERAL);
    let read = |(pick, why): (String, String)| Some((pick, serde_json::from_str(&why).ok()?));
    told.map(|flash| flash.params.into_iter().filter_map(read).collect()).unwrap_or_default()
}

fn show(answer: SeveralResult, mut why: BTreeMap<String, Vec<Refusal>>) -> impl IntoView {
    let frame = around(answer.frame);
    let clock = frame.clock;
    let crumbs = vec![Crumb::to("My access", "/access"), Crumb::here("What came of it")];
    let (all, done) = (answer.rows.len(), answer.rows.iter().filter(|row| row.request.is_some()).count());
    let heading = match done {
        1 if all == 1 => "Asked for".to_owned(),
        done if done == all => format!("Asked for all {all}"),
        done => format!("Asked for {done} of {all}"),
    };
    let purpose = if done == all {
        "What needs nobody's approval is on. The rest waits, as it says."
    } else {
        "Each was decided by itself. What was refused took nothing else with it."
    };
    let rows: Vec<_> = answer
        .rows
        .into_iter()
        .map(|row| {
            let why = why.remove(&row.thing.pick().to_string()).unwrap_or_default();
            view! { <Row row why clock /> }
        })
        .collect();
    view! {
        <Page frame title="What came of it" heading current=Some(Entry::Access) crumbs purpose>
            <div class="ask">
                <section aria-labelledby="a-each">
                    <h2 class="vh" id="a-each">
                        "Each of them"
                    </h2>
                    <div class="card">{rows}</div>
                </section>
                <Actions>
                    <Go href="/access" text="Back to My access" />
                    <Go href="/requests" text="My requests" look=Look::Quiet />
                </Actions>
            </div>
        </Page>
    }
}

#[component]
fn Row(row: Came, why: Vec<Refusal>, clock: Clock) -> impl IntoView {
    let title = row.thing.clone();
    let (state, link) = match row.request.clone() {
        Some(line) => {
            let details = format!("/requests/{}", name(line.number));
            let state = view! { <Standing line clock /> }.into_any();
            (state, (details, "Details"))
        }
        None => {
            let state = view! { <Badge state=State::Failed text="Refused" /> }.into_any();
            (state, (activate_page(&row.thing), "Try this one alone"))
        }
    };
    let (href, word) = link;
    let of = row.thing.name.clone();
    view! {
        <div class="per-group">
            <div class="bring">
                <ThingTitle thing=title />
                <span class="push">{state}</span>
            </div>
            <Words row why />
            <p class="sm">
                <a class="btn small" href=href>
                    {word}
                    <Of name=of />
                </a>
            </p>
        </div>
    }
}

/// Who decides, or why not.
#[component]
fn Words(row: Came, why: Vec<Refusal>) -> impl IntoView {
    match row.request {
        Some(line) => (line.stand == Stand::Waiting)
            .then(|| {
                let number = name(line.number);
                view! {
                    <p class="sm soft">
                        <Sentence text=who_decides(&row.deciders, row.needed) />
                        {format!(" The request is {number}.")}
                    </p>
                }
            })
            .into_any(),
        None if why.is_empty() => {
            view! { <p class="sm soft">"Its own form says what is in the way now."</p> }.into_any()
        }
        None => why
            .into_iter()
            .map(|refusal| {
                view! { <p class="sm"><Sentence text=refusal.text /> <NextStep way_on=refusal.way_on /></p> }
            })
            .collect_view()
            .into_any(),
    }
}
