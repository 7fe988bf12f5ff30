//! A new group by hand.

use super::kind::kinds;
use crate::ctx::caller;
use crate::failure::Failure;
use crate::pages::{frame, page};
use crate::parts::prelude::*;
use domain::authz::{Action, allows};
use leptos::prelude::*;

/// `/groups/new`
#[component]
pub fn NewGroup() -> impl IntoView {
    page(async {
        let actor = caller()?.actor;
        let may = |role_assignable| allows(&actor, &Action::CreateGroup { role_assignable });
        if !may(false) && !may(true) {
            return Err(Failure::NotFound);
        }
        Ok(show(frame::here().await?, may(true)))
    })
}

fn show(frame: Frame, role_assignable: bool) -> impl IntoView {
    let crumbs = vec![Crumb::to("Groups", "/groups"), Crumb::here("New group")];
    view! {
        <Page
            frame
            title="New group"
            current=Some(Entry::Groups)
            crumbs
            purpose="It begins empty and not managed."
            outcome="Not created."
        >
            <Post class="card pad stack narrow">
                <TextField name="display_name" label="Name" max=256 required=true focus=true />
                <TextField
                    name="key"
                    label="Key"
                    hint="Its address for ever: lower-case letters, digits and dashes. Left empty, it is made of the name."
                    max=128
                    optional=true
                />
                <TextArea name="description" label="What it gives" max=1024 optional=true />
                <RadioField name="kind" legend="Kind" choices=kinds() value="security" in_a_row=true />
                {role_assignable
                    .then(|| {
                        view! {
                            <CheckField
                                name="role_assignable"
                                label="Role-assignable"
                                note="Can carry directory roles, and is protected: only role administrators and its owners manage it. Decided now and for ever."
                            />
                        }
                    })}
                <Actions>
                    <Submit text="Create group" />
                    <Go href="/groups" text="Cancel" look=Look::Quiet />
                </Actions>
            </Post>
        </Page>
    }
}
