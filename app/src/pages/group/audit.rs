//! `/groups/{key}/audit`, `/roles/{role}/audit`: what happened to one group or role.

use super::head::{GroupPage, On};
use crate::ctx;
use crate::failure::Failure;
use crate::pages::audit::events::{Asked, Events};
use crate::pages::{frame, page};
use engine::ask::audit_page;
use engine::ask::group_header;
use leptos::prelude::*;

/// The page.
#[component]
pub fn Audit() -> impl IntoView {
    page(async {
        let (engine, caller, place) = (ctx::engine()?, ctx::caller()?, super::place()?);
        let frame = frame::here().await?;
        let clock = frame.clock;
        let header = group_header::of(&engine, &caller, &place).await?;
        let asked = Asked::here(clock).of_place(place);
        let scope = asked.scope();
        let shown =
            audit_page::audit_page(&engine, &caller, &scope, &asked.filter(clock), asked.page()).await?;
        let base = format!("{}/audit", header.place);
        Ok::<_, Failure>(view! {
            <GroupPage frame header on=On::Audit>
                <Events shown asked clock base />
            </GroupPage>
        })
    })
}
