//! What has to change before a form can be taken, on top of the page and linked to each field.

use super::answers::Answers;
use super::field::field_id;
use super::icon::{Glyph, Icon};
use super::sentence::{NextStep, Sentence};
use domain::refusal::Refusal;
use leptos::prelude::*;

/// Everything that is wrong with the answers; nothing if nothing is.
#[component]
pub fn ErrorSummary(
    /// What did not happen: "Not activated."
    #[prop(default = "Nothing was sent.".to_owned(), into)]
    outcome: String,
) -> impl IntoView {
    let refusals = Answers::here().refusals().to_vec();
    if refusals.is_empty() {
        return ().into_any();
    }
    // The focus goes to the first faulty field; without one it comes here.
    let focus = refusals.iter().all(|refusal| refusal.field.is_none());
    let headline = headline(&refusals, &outcome);
    let lines: Vec<_> = refusals.into_iter().map(line).collect();
    view! {
        <div class="flash bad" role="alert" aria-labelledby="summary" tabindex="-1" autofocus=focus>
            <Icon name=Glyph::Stop />
            <div>
                <p id="summary">
                    <strong>{headline}</strong>
                </p>
                {lines}
            </div>
        </div>
    }
    .into_any()
}

fn headline(refusals: &[Refusal], outcome: &str) -> String {
    match refusals.iter().filter(|refusal| refusal.field.is_some()).count() {
        0 => outcome.to_owned(),
        1 => format!("One answer needs a change. {outcome}"),
        n => format!("{n} answers need a change. {outcome}"),
    }
}

fn line(refusal: Refusal) -> impl IntoView {
    match refusal.field {
        Some(field) => view! {
            <p>
                <a href=format!("#{}", field_id(&field))>
                    <Sentence text=refusal.text />
                </a>
            </p>
        }
        .into_any(),
        None => view! {
            <p>
                <Sentence text=refusal.text />
                <NextStep way_on=refusal.way_on />
            </p>
        }
        .into_any(),
    }
}
