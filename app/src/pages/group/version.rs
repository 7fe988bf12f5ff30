//! `/groups/{key}/settings/versions/{n}`, `/roles/{role}/settings/versions/{n}`: one saved version of a policy.

use super::head::{GroupPage, On};
use super::settings::diff;
use crate::ctx;
use crate::failure::Failure;
use crate::pages::{frame, page};
use crate::parts::prelude::*;
use engine::ask::policy_form;
use leptos::prelude::*;

/// The page.
#[component]
pub fn Version() -> impl IntoView {
    page(async {
        let (place, access) = (super::place()?, super::access());
        let number = ctx::named("n")?;
        let shown = policy_form::version(&ctx::engine()?, &ctx::caller()?, &place, access, number).await?;
        let frame = frame::here().await?;
        let clock = frame.clock;
        let which = super::settings::which(shown.kind);
        let base = format!("{place}/settings{which}");
        let who = super::settings::heading(shown.kind);
        let saved_by = shown.version.saved_by.clone().unwrap_or_else(|| "Pimento".to_owned());
        let is_current = shown.current == number;
        let restore = (!is_current && shown.header.manages).then(|| format!("{base}&from={number}"));
        let before = (number > 1).then(|| format!("{place}/settings/versions/{}{which}", number - 1));
        Ok::<_, Failure>(view! {
            <GroupPage frame header=shown.header on=On::Settings step="Version of a policy">
                <p class="sm muted">
                    {format!("{who}, version {number}")} {is_current.then_some(", in force")} ", saved "
                    <When at=shown.version.saved_at clock /> " by " <bdi>{saved_by}</bdi> ". "
                    <a href=base>"Version in force"</a>
                    {before.map(|href| view! { " · " <a href=href>"The version before"</a> })}
                </p>
                {(!shown.version.reason.is_empty()).then(|| view! { <Said text=shown.version.reason /> })}
                <div class="split mt6">
                    <section class="card pad stack" aria-labelledby="says">
                        <h2 id="says">"What it says"</h2>
                        <super::settings::Words settings=shown.settings />
                    </section>
                    <aside class="sticky stack" aria-label="Differences">
                        <div class="card pad stack">
                            <h2>"What it changed"</h2>
                            {diff(shown.changed, "Nothing: it is the first version.")}
                        </div>
                        {(!is_current).then(|| view! {
                            <div class="card pad stack">
                                <h2>"What restoring it would change"</h2>
                                {diff(shown.since, "Nothing: the version in force says the same.")}
                                {restore.map(|href| view! { <Go href text="Restore as a new version" /> })}
                            </div>
                        })}
                    </aside>
                </div>
            </GroupPage>
        })
    })
}
