//! Changing a person's details by hand.

use super::address;
use super::fields::{First, PersonFields};
use crate::ctx::{self, caller, engine};
use crate::failure::Failure;
use crate::pages::{frame, page};
use crate::parts::prelude::*;
use engine::ask::person;
use leptos::prelude::*;

/// `/people/{user}/edit`
#[component]
pub fn EditPerson() -> impl IntoView {
    page(async {
        let user = ctx::param("user").ok_or(Failure::NotFound)?;
        let found = person::person(&engine()?, &caller()?, &user).await?;
        if !found.may.edit {
            return Err(Failure::NotFound);
        }
        Ok(show(frame::here().await?, found))
    })
}

fn show(frame: Frame, found: person::PersonPage) -> impl IntoView {
    let back = address(&found.who.user_name);
    let crumbs = vec![
        Crumb::to("People", "/people"),
        Crumb::to(found.who.name.clone(), back.clone()),
        Crumb::here("Edit"),
    ];
    let heading = format!("Edit {}", found.who.name);
    let first = First {
        user_name: found.who.user_name,
        display_name: found.who.name,
        mail: found.mail.unwrap_or_default(),
        job_title: found.job_title.unwrap_or_default(),
        department: found.who.department,
        guest: found.guest,
    };
    view! {
        <Page frame title="Edit person" heading current=Some(Entry::People) crumbs outcome="Not saved.">
            <Post class="card pad stack narrow">
                <PersonFields first />
                <Actions>
                    <Submit text="Save details" />
                    <Go href=back text="Cancel" look=Look::Quiet />
                </Actions>
            </Post>
        </Page>
    }
}
