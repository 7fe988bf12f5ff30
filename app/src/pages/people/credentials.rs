//! How somebody else gets in: a one-time link for the password, a reset of the second factor.

use super::address;
use crate::ctx::{self, caller, engine};
use crate::failure::Failure;
use crate::forms::Once;
use crate::pages::{frame, page};
use crate::parts::prelude::*;
use engine::ask::person::{self, PersonPage};
use leptos::prelude::*;

/// `/people/{user}/link`
#[component]
pub fn SignInLink() -> impl IntoView {
    page(async {
        let (frame, found) = (frame::here().await?, load().await?);
        let content = match use_context::<Once>() {
            Some(once) => view! { <Made once /> }.into_any(),
            None => view! { <AskForLink found=found.clone() /> }.into_any(),
        };
        Ok(view! {
            <Page frame title="Sign-in link" current=Some(Entry::People) crumbs=crumbs(&found, "Sign-in link") outcome="No link was made.">
                {content}
            </Page>
        })
    })
}

/// `/people/{user}/reset`
#[component]
pub fn ResetFactors() -> impl IntoView {
    page(async {
        let (frame, found) = (frame::here().await?, load().await?);
        let crumbs = crumbs(&found, "Reset second factor");
        let back = address(&found.who.user_name);
        Ok(view! {
            <Page frame title="Reset second factor" current=Some(Entry::People) crumbs outcome="Nothing was reset.">
                <Post class="card pad stack narrow">
                    <Person who=found.who.into() />
                    <p>
                        "The authenticator app and all recovery codes stop working, and the person is signed out everywhere. "
                        "At the next sign-in they set up a new app with the password alone."
                    </p>
                    <p class="soft">"Make sure who is asking: call a number that you know."</p>
                    <CodeField label="Code from your own authenticator app" required=true />
                    <Actions>
                        <Submit text="Reset" look=Look::DangerSolid />
                        <Go href=back text="Cancel" look=Look::Quiet />
                    </Actions>
                </Post>
            </Page>
        })
    })
}

async fn load() -> Result<PersonPage, Failure> {
    let user = ctx::param("user").ok_or(Failure::NotFound)?;
    let found = person::person(&engine()?, &caller()?, &user).await?;
    if found.may.reset { Ok(found) } else { Err(Failure::NotFound) }
}

fn crumbs(found: &PersonPage, here: &str) -> Vec<Crumb> {
    let person = Crumb::to(found.who.name.clone(), address(&found.who.user_name));
    vec![Crumb::to("People", "/people"), person, Crumb::here(here)]
}

#[component]
fn AskForLink(found: PersonPage) -> impl IntoView {
    let back = address(&found.who.user_name);
    let has_password = found.sign_in.is_some_and(|sign_in| sign_in.password);
    view! {
        <Post class="card pad stack narrow">
            <Person who=found.who.into() />
            <p>
                "The link sets a password, once, within 72 hours. Links made before stop working. "
                {has_password.then_some("The present password works until then.")}
            </p>
            <CodeField label="Code from your own authenticator app" required=true />
            <Actions>
                <Submit text="Make a link" />
                <Go href=back text="Cancel" look=Look::Quiet />
            </Actions>
        </Post>
    }
}

/// The only time the link is shown.
#[component]
fn Made(once: Once) -> impl IntoView {
    let links: Vec<_> =
        once.secrets.into_iter().map(|link| view! { <p><code class="key">{link}</code></p> }).collect();
    view! {
        <section class="card pad stack narrow" aria-labelledby="made">
            <h2 id="made">"Hand this over in private"</h2>
            {links}
            <p>
                "Whoever has the link can set the password. "
                <strong>"It is not shown again."</strong>
            </p>
            <Actions>
                <Go href=once.to.to_string() text="Done" look=Look::Primary />
            </Actions>
        </section>
    }
}
