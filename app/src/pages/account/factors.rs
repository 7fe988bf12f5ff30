//! One's second factor.

use super::{AccountTabs, At};
use crate::ctx;
use crate::failure::Failure;
use crate::pages::said::said;
use crate::pages::{frame, page};
use crate::parts::prelude::*;
use engine::ask::account::{Factor, account};
use leptos::prelude::*;

/// `/account/factors`
#[component]
pub fn Factors() -> impl IntoView {
    page(async {
        let account = account(&ctx::engine()?, &ctx::caller()?).await?;
        let frame = frame::here().await?;
        let clock = frame.clock;
        let due = account.factor.is_some_and(|factor| factor.due);
        Ok::<_, Failure>(view! {
            <Page frame title="Second factor" purpose="What you confirm with when you sign in and when an act asks for it." flash=said()>
                <AccountTabs at=At::Factors />
                {due.then(|| view! { <NewAppDue /> })}
                <section class="card pad stack" aria-labelledby="app">
                    <h2 id="app">"Authenticator app"</h2>
                    {account.factor.map(|factor| view! { <App factor clock /> })}
                    <Actions>
                        <Go href="/account/factors/replace" text="Set up a new app" />
                    </Actions>
                    <p class="sm soft">
                        "It can be replaced and not removed: without a second factor you could not sign in."
                    </p>
                </section>
            </Page>
        })
    })
}

#[component]
fn App(factor: Factor, clock: Clock) -> impl IntoView {
    view! {
        <p>
            "Set up on "
            <When at=factor.since clock form=Form::Full />
            "."
        </p>
    }
}

#[component]
fn NewAppDue() -> impl IntoView {
    view! {
        <Notice tone=Tone::Wait>
            <p>
                <strong>"A recovery code was used."</strong>
                " If your phone is gone, set up a new app now; the old one stops working then."
            </p>
        </Notice>
    }
}
