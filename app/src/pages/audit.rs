//! `/audit`: everything that happened, for those who read everything; for others what concerns them.

mod chain;
pub mod event;
pub mod events;
mod export;

use crate::ctx;
use crate::failure::Failure;
use crate::pages::said::said;
use crate::pages::{frame, page};
use crate::parts::prelude::*;
pub use export::Export;

use chain::Chain;
use engine::ask::audit_page;
use events::{Asked, Events};
use leptos::prelude::*;

/// The page.
#[component]
pub fn Audit() -> impl IntoView {
    page(async {
        let frame = frame::here().await?;
        let clock = frame.clock;
        let asked = Asked::here(clock);
        let scope = asked.scope();
        let shown = audit_page::audit_page(
            &ctx::engine()?,
            &ctx::caller()?,
            &scope,
            &asked.filter(clock),
            asked.page(),
        )
        .await?;
        let purpose = if shown.everything {
            "Every request, decision and change, in the order in which it was completed. Nothing here can be edited or deleted."
        } else {
            "What you did, what concerns you, and what happened in groups that you own. Nothing here can be edited or deleted."
        };
        Ok::<_, Failure>(view! {
            <Page frame title="Audit" current=Some(Entry::Audit) purpose flash=said()>
                <Chain found=shown.chain.clone() sealed=shown.sealed clock />
                <Events shown asked clock base="/audit" />
            </Page>
        })
    })
}
