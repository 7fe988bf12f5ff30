//! `/assign/{form}`: what came of it, for whoever did it.

use super::crumbs;
use super::report::Told;
use crate::ctx::{self, caller, engine};
use crate::failure::Failure;
use crate::pages::{frame, page};
use crate::parts::prelude::*;
use engine::ask::assign_many;
use leptos::prelude::*;

/// The page.
#[component]
pub fn Result() -> impl IntoView {
    page(async {
        let form = ctx::named("form")?;
        let (at, report) = assign_many::result(&engine()?, &caller()?, form).await?;
        let frame = frame::here().await?;
        let clock = frame.clock;
        let heading = format!("{} of {} assigned", report.given(), report.rows.len());
        let purpose = format!("Done {}. Whoever was refused has nothing more than before.", clock.at(at));
        let file = format!("/assign/{form}/result.csv");
        let actions = view! { <Go href=file text="Download the result" glyph=Glyph::Download /> }.into_any();
        Ok::<_, Failure>(view! {
            <Page frame title="What was assigned" heading current=Some(Entry::Groups) crumbs=crumbs() purpose actions>
                <Told report clock done=true />
                <p class="sm soft">"Mend what was refused in the file, and upload it once more: what was assigned is refused as a duplicate then. This page stays for 30 days, the audit for ever."</p>
                <Actions>
                    <Go href="/assign/sheet" text="Assign more" />
                    <Go href="/groups" text="Groups" look=Look::Quiet />
                </Actions>
            </Page>
        })
    })
}
