//! Changing the name and description of a group.

use crate::ctx::{self, caller, engine};
use crate::failure::Failure;
use crate::pages::{frame, page};
use crate::parts::prelude::*;
use engine::ask::edit_group::{self, EditGroup as Form};
use leptos::prelude::*;

/// `/groups/{key}/edit`
#[component]
pub fn EditGroup() -> impl IntoView {
    page(async {
        let key = ctx::param("key").ok_or(Failure::NotFound)?;
        let form = edit_group::edit_group(&engine()?, &caller()?, &key).await?;
        Ok(show(frame::here().await?, form))
    })
}

fn show(frame: Frame, form: Form) -> impl IntoView {
    let back = format!("/groups/{}", form.key);
    let crumbs =
        vec![Crumb::to("Groups", "/groups"), Crumb::to(form.name.clone(), back.clone()), Crumb::here("Edit")];
    let heading = format!("Edit {}", form.name);
    view! {
        <Page frame title="Edit group" heading current=Some(Entry::Groups) crumbs outcome="Not saved.">
            <Post class="card pad stack narrow">
                <TextField name="display_name" label="Name" value=form.name max=256 required=true focus=true />
                <TextArea name="description" label="What it gives" value=form.description max=1024 optional=true />
                <Actions>
                    <Submit text="Save" />
                    <Go href=back text="Cancel" look=Look::Quiet />
                </Actions>
            </Post>
        </Page>
    }
}
