//! A new person by hand.

use super::fields::PersonFields;
use crate::ctx::caller;
use crate::failure::Failure;
use crate::pages::{frame, page};
use crate::parts::prelude::*;
use domain::authz::{Action, allows};
use leptos::prelude::*;

/// `/people/new`
#[component]
pub fn NewPerson() -> impl IntoView {
    page(async {
        if !allows(&caller()?.actor, &Action::CreatePerson) {
            return Err(Failure::NotFound);
        }
        let frame = frame::here().await?;
        let crumbs = vec![Crumb::to("People", "/people"), Crumb::here("New person")];
        Ok(view! {
            <Page
                frame
                title="New person"
                current=Some(Entry::People)
                crumbs
                purpose="They can do nothing until they are given something, and sign in by a link that you make next."
                outcome="Not created."
            >
                <Post class="card pad stack narrow">
                    <PersonFields />
                    <Actions>
                        <Submit text="Create person" />
                        <Go href="/people" text="Cancel" look=Look::Quiet />
                    </Actions>
                </Post>
            </Page>
        })
    })
}
