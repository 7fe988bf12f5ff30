//! Provisioning on demand: one person, in five steps that are shown; or a rehearsal that only reads.

use super::{crumbs, managed};
use crate::api::people::suggest::picks;
use crate::failure::Failure;
use crate::forms::Once;
use crate::pages::{frame, page};
use crate::parts::prelude::*;
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
        let steps = use_context::<Once>().map(|once| view! { <Steps once /> });
        Ok::<_, Failure>(view! {
            <Page
                frame
                title="One person now"
                heading
                current=Some(Entry::Applications)
                crumbs
                purpose="Reach it, read her, see whether she is in scope, find her account, bring it to what is wanted."
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
fn Steps(once: Once) -> impl IntoView {
    let steps: Vec<_> = once
        .secrets
        .into_iter()
        .map(|step| {
            let mut lines = step.split('\n').map(str::to_owned);
            let (went, name) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
            let (tone, glyph) = match went.as_str() {
                "failed" => (Tone::Bad, Glyph::Warn),
                "skipped" => (Tone::Plain, Glyph::Minus),
                _ => (Tone::Ok, Glyph::Check),
            };
            let lines: Vec<_> = lines
                .filter(|line| !line.is_empty())
                .map(|line| view! { <p class="sm soft"><bdi>{line}</bdi></p> })
                .collect();
            view! {
                <li class="stack tight">
                    <p class="row">
                        <b>{name}</b>
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
