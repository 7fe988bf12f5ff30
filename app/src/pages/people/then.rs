//! What a person could reach at a moment of the past.

use super::address;
use super::reach::ReachTable;
use crate::ctx::{self, caller, engine};
use crate::failure::Failure;
use crate::pages::then::{As, Then};
use crate::pages::{frame, page};
use crate::parts::prelude::*;
use engine::ask::person;
use leptos::prelude::*;

/// `/people/{user}/then?at=`
#[component]
pub fn ThenPage() -> impl IntoView {
    page(async {
        let user = ctx::param("user").ok_or(Failure::NotFound)?;
        let frame = frame::here().await?;
        let then = Then::asked(frame.clock);
        let at = then.at.unwrap_or(frame.clock.now);
        let found = person::then(&engine()?, &caller()?, &user, at).await?;
        Ok(show(frame, found, then))
    })
}

fn show(frame: Frame, found: person::Then, then: Then) -> impl IntoView {
    let clock = Clock { now: then.at.unwrap_or(frame.clock.now), ..frame.clock };
    let (name, sealed) = (found.who.name.clone(), found.sealed);
    let list = frame.may.people.then(|| Crumb::to("People", "/people"));
    let person = Crumb::to(name.clone(), address(&found.who.user_name));
    let crumbs = list.into_iter().chain([person, Crumb::here("Another moment")]).collect();
    let heading = format!("{name} at another moment");
    let typed = then.typed.clone();
    let content = if found.able {
        view! { <ReachTable reach=found.reach clock name roles=frame.may.roles /> }.into_any()
    } else {
        let text = "They were disabled, or not in the directory yet. Whatever was assigned to them worked for nobody.";
        view! { <div class="card"><Empty glyph=Glyph::Lock heading="Nothing in reach" text /></div> }
            .into_any()
    };
    view! {
        <Page frame title="Person at another moment" heading current=Some(Entry::People) crumbs>
            <form method="get" class="filters" aria-label="Choose a moment">
                <TextField name="at" label="At" hint="Empty: now." kind="datetime-local" value=typed />
                <button class="btn">"Show"</button>
            </form>
            <As then clock sealed />
            {content}
        </Page>
    }
}
