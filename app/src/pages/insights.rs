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
        let frame = frame::here().await?;
        let clock = frame.clock;
        Ok(view! {
            <Page
                frame
                title="Insights"
                current=Some(Entry::Insights)
                purpose="Is access becoming shorter, rarer and faster to get? Every group and role that Pimento manages."
            >
                <Report shown asked clock />
            </Page>
        })
    })
}
