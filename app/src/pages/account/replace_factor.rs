//! A new authenticator app in place of the old one.

use super::offer::{Offered, offer};
use super::{AccountTabs, At};
use crate::ctx;
use crate::failure::Failure;
use crate::pages::{frame, page};
use crate::parts::prelude::*;
use leptos::prelude::*;

/// `/account/factors/replace`
#[component]
pub fn ReplaceFactor() -> impl IntoView {
    page(async {
        let offer = offer(ctx::caller()?.person()).await?;
        let frame = frame::here().await?;
        Ok::<_, Failure>(view! {
            <Page frame title="New authenticator app" purpose="The old one stops working, and you stay signed in here and nowhere else." outcome="The old app still works.">
                <AccountTabs at=At::Factors />
                <Post class="card pad stack">
                    <Offered offer />
                    <CodeField label="Code that the new app shows" hint="Six digits." required=true />
                    <TextField
                        name="proof_code"
                        label="Code from the old app, or a recovery code"
                        hint="Shows that it is you who changes this."
                        class="w-md"
                        autocomplete="one-time-code"
                        required=true
                    />
                    <Actions>
                        <Submit text="Use the new app" />
                        <Go href="/account/factors" text="Keep the old one" look=Look::Quiet />
                    </Actions>
                </Post>
            </Page>
        })
    })
}
