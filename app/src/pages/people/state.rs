//! Asks once before a person is disabled or enabled.

use super::address;
use crate::ctx::{self, caller, engine};
use crate::failure::Failure;
use crate::pages::{frame, page};
use crate::parts::prelude::*;
use engine::ask::person;
use leptos::prelude::*;

/// `/people/{user}/disable`
#[component]
pub fn DisablePerson() -> impl IntoView {
    page(async { Ok(show(frame::here().await?, load().await?, false)) })
}

/// `/people/{user}/enable`
#[component]
pub fn EnablePerson() -> impl IntoView {
    page(async { Ok(show(frame::here().await?, load().await?, true)) })
}

async fn load() -> Result<person::PersonPage, Failure> {
    let user = ctx::param("user").ok_or(Failure::NotFound)?;
    let found = person::person(&engine()?, &caller()?, &user).await?;
    if found.may.disable { Ok(found) } else { Err(Failure::NotFound) }
}

fn show(frame: Frame, found: person::PersonPage, enable: bool) -> impl IntoView {
    let (title, verb, text) = if enable {
        (
            "Enable person",
            "Enable",
            "She can sign in again, and what is assigned to her works again. What ended stays ended.",
        )
    } else {
        let text = "Everything she switched on ends now, what she asked for is closed, and she is signed out everywhere. \
            What is assigned to her stays written and works for nobody until she is enabled again.";
        ("Disable person", "Disable", text)
    };
    let back = address(&found.who.user_name);
    let heading = format!("{verb} {}", found.who.name);
    let crumbs = vec![
        Crumb::to("People", "/people"),
        Crumb::to(found.who.name.clone(), back.clone()),
        Crumb::here(verb),
    ];
    let outcome = if enable { "Not enabled." } else { "Not disabled." };
    let look = if enable { Look::Primary } else { Look::DangerSolid };
    let button = format!("{verb} {}", found.who.name);
    view! {
        <Page frame title heading current=Some(Entry::People) crumbs outcome>
            <Post class="card pad stack narrow">
                <Person who=found.who.into() />
                <p>{text}</p>
                <TextArea name="reason" label="Why" hint="For the audit." max=1024 optional=true />
                <Actions>
                    <Submit text=button look />
                    <Go href=back text="Cancel" look=Look::Quiet />
                </Actions>
            </Post>
        </Page>
    }
}
