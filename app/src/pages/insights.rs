//! `/insights`: how access is used, over everything. The same report of one group or role is a tab of its page.

pub mod activity;
pub mod approvals;
pub mod asked;
pub mod gaps;
pub mod lists;
pub mod report;
pub mod standing;
pub mod unused;

use crate::ctx;
use crate::pages::{frame, page};
use crate::parts::prelude::*;
use asked::Asked;
use domain::alert::Severity;
use engine::ask::alerts;
use engine::ask::insights::{self, Scope};
use leptos::prelude::*;
use report::Report;

/// The page.
#[component]
pub fn Insights() -> impl IntoView {
    page(async {
        let asked = Asked::here(Scope::Everything);
        let shown =
            insights::insights(&ctx::engine()?, &ctx::caller()?, &asked.scope, asked.engine()).await?;
        let alerts = alerts::by_severity(&ctx::engine()?, &ctx::caller()?).await?;
        let frame = frame::here().await?;
        let clock = frame.clock;
        Ok(view! {
            <Page
                frame
                title="Insights"
                current=Some(Entry::Insights)
                purpose="Is access becoming shorter, rarer and faster to get? Every group and role that Pimento manages."
            >
                {open_alerts(&alerts)}
                <Report shown asked clock />
            </Page>
        })
    })
}

/// What somebody should look at, with the way to it.
fn open_alerts(alerts: &[(Severity, i64)]) -> AnyView {
    let all: i64 = alerts.iter().map(|(_, count)| count).sum();
    let says = if all == 0 {
        "Nothing to look at.".to_owned()
    } else {
        let some = alerts.iter().filter(|(_, count)| *count > 0);
        let each: Vec<_> = some
            .map(|(severity, count)| format!("{} {}", number(*count), severity.words().to_lowercase()))
            .collect();
        format!("{} open: {}.", counted(all, "alert is", "alerts are"), each.join(", "))
    };
    view! {
        <section class="card pad row apart mt4" aria-labelledby="alerts-heading">
            <div>
                <h2 id="alerts-heading">"Alerts"</h2>
                <p class="sm muted">{says}</p>
            </div>
            <Go href="/admin/alerts" text="See alerts" small=true />
        </section>
    }
    .into_any()
}
