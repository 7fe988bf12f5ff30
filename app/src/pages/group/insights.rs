//! `/groups/{key}/insights`, `/roles/{role}/insights`: how one group or role is used.

use super::head::{GroupPage, On};
use crate::ctx;
use crate::failure::Failure;
use crate::pages::insights::asked::Asked;
use crate::pages::insights::report::Report;
use crate::pages::{frame, page};
use engine::ask::insights::{self, Scope};
use leptos::prelude::*;

/// The page.
#[component]
pub fn Insights() -> impl IntoView {
    page(async {
        let place = super::place()?;
        let asked = Asked::here(Scope::Of(place));
        let mut shown =
            insights::insights(&ctx::engine()?, &ctx::caller()?, &asked.scope, asked.engine()).await?;
        let frame = frame::here().await?;
        let clock = frame.clock;
        let header = shown.header.take().ok_or(Failure::NotFound)?;
        Ok::<_, Failure>(view! {
            <GroupPage frame header on=On::Insights>
                <Report shown asked clock />
            </GroupPage>
        })
    })
}
