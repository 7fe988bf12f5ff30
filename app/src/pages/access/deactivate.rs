//! Asks once before something is switched off.

use super::{ThingTitle, about};
use crate::ctx::{self, caller, engine};
use crate::pages::page;
use crate::parts::prelude::*;
use domain::text::Text;
use engine::ask::own::{self, DeactivateForm};
use leptos::prelude::*;

/// `/access/{assignment}/deactivate`
#[component]
pub fn Deactivate() -> impl IntoView {
    page(async {
        let id = ctx::named("assignment")?;
        Ok(show(own::deactivate_form(&engine()?, &caller()?, id).await?))
    })
}

fn show(form: DeactivateForm) -> impl IntoView {
    let frame = about(form.frame, form.on.assignment);
    let clock = frame.clock;
    let crumbs = vec![Crumb::to("My access", "/access"), Crumb::here("Deactivate")];
    let heading = format!("Deactivate {}", form.on.thing.name);
    let end = form.on.span.end.unwrap_or(clock.now);
    let over = form.on.span.is_over(clock.now);
    let what = if over {
        Text::say("This is already over since ").at(end).then(".")
    } else {
        Text::say("It would end by itself at ").at(end).then(". What it gives stops working at once.")
    };
    let key = form.key.to_string();
    view! {
        <Page frame title="Deactivate" heading current=Some(Entry::Access) crumbs outcome="Not deactivated.">
            <div class="card pad stack narrow">
                <ThingTitle thing=form.on.thing.clone() />
                <p class="sm soft">
                    <bdi>{form.on.thing.description}</bdi>
                </p>
                <p>
                    <Sentence text=what />
                </p>
                {if over {
                    view! { <Go href="/access" text="Back to My access" /> }.into_any()
                } else {
                    view! {
                        <Post>
                            <HiddenField name="key" value=key />
                            <Actions>
                                <Submit text="Deactivate now" />
                                <Go href="/access" text="Keep it on" look=Look::Quiet />
                            </Actions>
                        </Post>
                    }
                        .into_any()
                }}
            </div>
        </Page>
    }
}
