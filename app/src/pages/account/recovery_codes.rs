//! Recovery codes: new ones are in the answer to the form that makes them, and nowhere else.

use super::{AccountTabs, At};
use crate::ctx;
use crate::failure::Failure;
use crate::forms::Once;
use crate::pages::{frame, page};
use crate::parts::prelude::*;
use engine::ask::account::{Codes, account};
use leptos::prelude::*;

/// `/account/recovery-codes`
#[component]
pub fn RecoveryCodes() -> impl IntoView {
    page(async {
        let account = account(&ctx::engine()?, &ctx::caller()?).await?;
        let frame = frame::here().await?;
        let clock = frame.clock;
        let content = match use_context::<Once>() {
            Some(once) => view! { <New once /> }.into_any(),
            None => view! { <Left codes=account.codes clock /> }.into_any(),
        };
        Ok::<_, Failure>(view! {
            <Page
                frame
                title="Recovery codes"
                purpose="For the day your phone is gone. Each signs you in once in place of a code from the app."
                outcome="No new codes were made. The old ones still work."
            >
                <AccountTabs at=At::Codes />
                {content}
            </Page>
        })
    })
}

/// The only time they are shown.
#[component]
fn New(once: Once) -> impl IntoView {
    let codes: Vec<_> =
        once.secrets.into_iter().map(|code| view! { <li><code class="key">{code}</code></li> }).collect();
    view! {
        <section class="card pad stack" aria-labelledby="new">
            <h2 id="new">"Your recovery codes"</h2>
            <p>
                "Print them or write them down now, and keep them away from your phone. "
                <strong>"They are not shown again."</strong>
            </p>
            <ul class="codes">{codes}</ul>
            <Actions>
                <Go href=once.to.to_string() text="I have kept them" look=Look::Primary />
            </Actions>
        </section>
    }
}

#[component]
fn Left(codes: Codes, clock: Clock) -> impl IntoView {
    let made = codes.made_at.map(|at| view! { ", made on " <When at clock form=Form::Day /> });
    view! {
        <Post class="card pad stack">
            <p>
                <b>{format!("{} of 10 left", codes.left)}</b>
                {made}
                "."
            </p>
            <p class="soft">"New codes replace all old ones."</p>
            <CodeField hint="Six digits. Each code works once." required=true />
            <Actions>
                <Submit text="Make new codes" />
            </Actions>
        </Post>
    }
}
