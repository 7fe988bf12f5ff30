//! `/audit/export`: what was found, as a file, for a code.

use super::events::Asked;
use crate::ctx;
use crate::failure::Failure;
use crate::pages::{frame, page};
use crate::parts::prelude::*;
use engine::ask::audit_page;
use leptos::prelude::*;

/// The page. Its address carries the filter of the one before.
#[component]
pub fn Export() -> impl IntoView {
    page(async {
        let frame = frame::here().await?;
        let clock = frame.clock;
        let asked = Asked::here(clock);
        let (engine, caller) = (ctx::engine()?, ctx::caller()?);
        let found =
            audit_page::audit_page(&engine, &caller, &asked.scope(), &asked.filter(clock), asked.page())
                .await?;
        let count = match found.capped {
            true => format!("More than {} events match.", number(found.count)),
            false => format!("{} now.", counted(found.count, "event matches", "events match")),
        };
        let formats = vec![
            Choice::new("csv", "CSV").note("For spreadsheets: names and words."),
            Choice::new("ndjson", "JSON lines")
                .note("Everything of every event. Unfiltered, by who reads everything, it proves itself."),
        ];
        let back = asked.page_address();
        let crumbs = vec![Crumb::to("Audit", back.clone()), Crumb::here("Export")];
        let fields: Vec<_> =
            asked.fields().into_iter().map(|(name, value)| view! { <HiddenField name value /> }).collect();
        Ok::<_, Failure>(view! {
            <Page frame title="Export of the audit" current=Some(Entry::Audit) crumbs outcome="Nothing was exported.">
                <Post class="card pad stack narrow">
                    {fields}
                    <p>{count} " That it was taken out, and by whom, becomes part of the audit."</p>
                    <RadioField name="format" legend="As" choices=formats value="csv" />
                    <CodeField hint="Six digits. Each code works once." required=true />
                    <Actions>
                        <Submit text="Download" />
                        <Go href=back text="Back to the audit" look=Look::Quiet />
                    </Actions>
                </Post>
            </Page>
        })
    })
}
