//! Setting up an authenticator app at the first sign-in, and the recovery codes that come with it.

use super::second::again;
use super::{Next, wanted};
use crate::ctx;
use crate::forms::Once;
use crate::go::LocalPath;
use crate::pages::page;
use crate::parts::prelude::*;
use crate::session;
use engine::act::enrol_factor::{self, Offer};
use leptos::prelude::*;

/// `/sign-in/enrol`
#[component]
pub fn Enrol() -> impl IntoView {
    page(async {
        if let Some(once) = use_context::<Once>() {
            return Ok(view! { <Codes once /> }.into_any());
        }
        let (engine, person) = (ctx::engine()?, session::pending()?);
        let answers = Answers::here();
        let offer = match answers.value("sealed") {
            Some(sealed) => enrol_factor::again(&engine, person, sealed).await?,
            None => enrol_factor::begin(&engine, person).await?,
        };
        Ok(view! { <SetUp offer /> }.into_any())
    })
}

#[component]
fn SetUp(offer: Offer) -> impl IntoView {
    view! {
        <Plain
            title="Set up your second factor"
            purpose=view! { "Access is only given to people who can show two things: a password and a code." }.into_any()
            outcome="You are not signed in."
            below=again()
        >
            <ol class="stack">
                <li>"Open an authenticator app on your phone and scan this."</li>
            </ol>
            <Qr text=offer.uri label="QR code for an authenticator app" />
            <p class="sm">
                "Without a camera, type this key: "
                <code class="key">{offer.key}</code>
            </p>
            <Post class="stack">
                <Next />
                <input type="hidden" name="sealed" value=offer.sealed />
                <CodeField label="Code that the app shows now" focus=true required=true />
                <button class="btn primary">"Set up and sign in"</button>
            </Post>
        </Plain>
    }
}

/// Recovery codes, seen this one time.
#[component]
pub fn Codes(
    /// The codes, and where to go on to.
    once: Once,
) -> impl IntoView {
    let to = wanted().unwrap_or_else(LocalPath::home);
    let to = if once.to == LocalPath::home() { to } else { once.to };
    let codes: Vec<_> =
        once.secrets.into_iter().map(|code| view! { <li><code class="key">{code}</code></li> }).collect();
    view! {
        <Plain
            title="Recovery codes"
            heading="Keep these recovery codes"
            purpose=view! { "Each opens your account once when the app is gone. They are shown this one time." }.into_any()
        >
            <ul class="codes">{codes}</ul>
            <p class="soft sm">"Print them or write them down, and keep them where your phone is not."</p>
            <a class="btn primary" href=to.to_string()>
                "I have kept them"
            </a>
        </Plain>
    }
}
