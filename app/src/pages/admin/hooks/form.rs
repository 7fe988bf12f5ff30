//! Making a webhook, changing it, and its secret, which is shown once.

use super::fields::{First, HookFields};
use super::{address, crumbs, id};
use crate::ctx::{self, caller, engine};
use crate::failure::Failure;
use crate::forms::Once;
use crate::pages::{frame, page};
use crate::parts::prelude::*;
use domain::authz::{Action, allows};
use engine::ask::hooks;
use leptos::prelude::*;

/// `/admin/webhooks/new`
#[component]
pub fn New() -> impl IntoView {
    page(async {
        if !allows(&ctx::caller()?.actor, &Action::ManageHooks) {
            return Err(Failure::NotFound);
        }
        let frame = frame::here().await?;
        let crumbs = vec![Crumb::to("Webhooks", "/admin/webhooks"), Crumb::here("Add a webhook")];
        let content = match use_context::<Once>() {
            Some(once) => view! { <Made once /> }.into_any(),
            None => asked(),
        };
        Ok(view! {
            <Page frame title="Add a webhook" current=Some(Entry::Hooks) crumbs outcome="No webhook was made.">
                {content}
            </Page>
        })
    })
}

fn asked() -> AnyView {
    view! {
        <Post class="stack loose">
            <HookFields first=First::default() />
            <div class="card pad stack">
                <p>"It tells what happens from now on, to whoever can read what arrives at the address."</p>
                <CodeField required=true />
                <Actions>
                    <Submit text="Add the webhook" />
                    <Go href="/admin/webhooks" text="Cancel" look=Look::Quiet />
                </Actions>
            </div>
        </Post>
    }
    .into_any()
}

/// The only time the secret is shown.
#[component]
fn Made(once: Once) -> impl IntoView {
    let secrets: Vec<_> =
        once.secrets.into_iter().map(|secret| view! { <p><code class="key">{secret}</code></p> }).collect();
    view! {
        <section class="card pad stack narrow" aria-labelledby="made">
            <h2 id="made">"The secret of this webhook"</h2>
            {secrets}
            <p>
                "Give it to the program that receives: with it, it can tell that what arrives comes from here. "
                <strong>"It is not shown again."</strong>
                " Slack and Teams do not ask for it."
            </p>
            <Actions>
                <Go href=once.to.to_string() text="I have kept it" look=Look::Primary />
            </Actions>
        </section>
    }
}

/// `/admin/webhooks/{id}/edit`
#[component]
pub fn Edit() -> impl IntoView {
    page(async {
        let hook = hooks::managed(&engine()?, &caller()?, id()?).await?;
        let frame = frame::here().await?;
        let (crumbs, back, version) = (crumbs(&hook, "Change"), address(hook.id), hook.version);
        let heading = format!("Change {}", hook.name);
        let (format, topics) = (hook.format(), hook.topics());
        let first = First { name: hook.name, shown: hook.shown, format, topics, refusals: hook.refusals };
        Ok::<_, Failure>(view! {
            <Page frame title="Change webhook" heading current=Some(Entry::Hooks) crumbs outcome="Not saved.">
                <Post class="stack loose">
                    <HiddenField name="version" value=version.to_string() />
                    <HookFields first />
                    <div class="card pad stack">
                        <CodeField required=true />
                        <Actions>
                            <Submit text="Save" />
                            <Go href=back text="Cancel" look=Look::Quiet />
                        </Actions>
                    </div>
                </Post>
            </Page>
        })
    })
}

/// `/admin/webhooks/{id}/secret`
#[component]
pub fn Secret() -> impl IntoView {
    page(async {
        let hook = hooks::managed(&engine()?, &caller()?, id()?).await?;
        let frame = frame::here().await?;
        let (crumbs, back) = (crumbs(&hook, "New secret"), address(hook.id));
        let heading = format!("New secret for {}", hook.name);
        let content = match use_context::<Once>() {
            Some(once) => view! { <Made once /> }.into_any(),
            None => view! {
                <Post class="card pad stack narrow">
                    <p>
                        "For 24 hours both secrets count: each delivery carries a signature by the new one and one by the "
                        "one before. Then the one before stops counting."
                    </p>
                    <CodeField required=true />
                    <Actions>
                        <Submit text="Make a new secret" />
                        <Go href=back text="Cancel" look=Look::Quiet />
                    </Actions>
                </Post>
            }
            .into_any(),
        };
        Ok::<_, Failure>(view! {
            <Page frame title="New secret" heading current=Some(Entry::Hooks) crumbs outcome="The secret is as it was.">
                {content}
            </Page>
        })
    })
}
