//! Provisioning on demand: one person, in five steps that are shown; or a rehearsal that only reads.

use super::{crumbs, managed};
use crate::api::people::suggest::picks;
use crate::ctx;
use crate::failure::Failure;
use crate::pages::{frame, page};
use crate::parts::prelude::*;
use domain::provision::steps::{Taken, Went};
use leptos::prelude::*;

/// `/admin/applications/{id}/now`
#[component]
pub fn Now() -> impl IntoView {
    page(async {
        let app = managed().await?.application;
        let picks = picks("person", Vec::new(), None, false).await?;
        let frame = frame::here().await?;
        let crumbs = crumbs(&app, "One person now");
        let heading = format!("One person in {}", app.name);
        let steps = ctx::handed::<Vec<Taken>>().map(|steps| view! { <Steps steps /> });
        Ok::<_, Failure>(view! {
            <Page
                frame
                title="One person now"
                heading
                current=Some(Entry::Applications)
                crumbs
                purpose="Reach it, read the person, see whether they are in scope, find their account, bring it to what is wanted."
                outcome="Nothing was done."
            >
                <div class="stack">
                    {steps}
                    <Post class="card pad stack narrow">
                        <PeopleField name="person" label="Person" picks single=true />
                        <Actions>
                            <Submit name="deed" value="rehearse" text="Rehearse it" />
                            <Submit name="deed" value="now" text="Do it now" look=Look::Plain />
                        </Actions>
                        <p class="sm soft">"A rehearsal reads there and changes nothing."</p>
                    </Post>
                </div>
            </Page>
        })
    })
}

/// What each step came to.
#[component]
fn Steps(steps: Vec<Taken>) -> impl IntoView {
    let steps: Vec<_> = steps
        .into_iter()
        .map(|taken| {
            let (tone, glyph, went) = match taken.went {
                Went::Well => (Tone::Ok, Glyph::Check, "done"),
                Went::Would => (Tone::Ok, Glyph::Check, "would be done"),
                Went::Skipped => (Tone::Plain, Glyph::Minus, "skipped"),
                Went::Badly => (Tone::Bad, Glyph::Warn, "failed"),
            };
            let lines: Vec<_> = taken
                .lines
                .into_iter()
                .filter(|line| !line.is_empty())
                .map(|line| view! { <p class="sm soft"><bdi>{line}</bdi></p> })
                .collect();
            view! {
                <li class="stack tight">
                    <p class="row">
                        <b>{taken.step.words()}</b>
                        <Mark tone glyph text=went />
                    </p>
                    {lines}
                </li>
            }
        })
        .collect();
    view! {
        <section class="card pad stack" aria-labelledby="steps">
            <h2 id="steps">"What each step came to"</h2>
            <ol class="stack">{steps}</ol>
        </section>
    }
}
