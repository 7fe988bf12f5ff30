//! Changing one's own password.

use super::{AccountTabs, At};
use crate::failure::Failure;
use crate::pages::{frame, page};
use crate::parts::prelude::*;
use leptos::prelude::*;

/// `/account/password`
#[component]
pub fn Password() -> impl IntoView {
    page(async {
        let frame = frame::here().await?;
        let hint = format!(
            "At least {} characters. Several unrelated words make a good one.",
            domain::password::MIN
        );
        Ok::<_, Failure>(view! {
            <Page frame title="Password" purpose="After the change you stay signed in here and nowhere else." outcome="The password was not changed.">
                <AccountTabs at=At::Password />
                <Post class="card pad stack">
                    <TextField name="password" label="Password up to now" kind="password" class="w-md" autocomplete="current-password" required=true />
                    <TextField name="new_password" label="New password" hint kind="password" class="w-md" autocomplete="new-password" required=true />
                    <TextField name="repeat_password" label="The same again" kind="password" class="w-md" autocomplete="new-password" required=true />
                    <CodeField hint="Six digits. Each code works once." required=true />
                    <Actions>
                        <Submit text="Change the password" />
                        <Go href="/account" text="Keep it" look=Look::Quiet />
                    </Actions>
                </Post>
            </Page>
        })
    })
}
