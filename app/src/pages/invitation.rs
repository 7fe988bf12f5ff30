//! A one-time link: whom it is for, and setting a password.

use crate::ctx;
use crate::failure::Failure;
use crate::pages::page;
use crate::parts::prelude::*;
use engine::act::accept_invitation::used;
use engine::invitation;
use leptos::prelude::*;

/// `/invitation/{invitation}`
#[component]
pub fn Invitation() -> impl IntoView {
    page(async {
        let token = ctx::param("invitation").unwrap_or_default();
        let mut conn = ctx::engine()?.pool.acquire().await.map_err(engine::Error::from)?;
        let invited = invitation::find(&mut conn, &token).await?.ok_or_else(|| Failure::refused(used()))?;
        Ok(view! {
            <Plain
                title="Set your password"
                purpose=view! {
                    "For "
                    <bdi>{invited.display_name}</bdi>
                    ", who will sign in as "
                    <bdi>{invited.user_name.clone()}</bdi>
                    "."
                }
                    .into_any()
                outcome="No password was set."
            >
                <Post class="stack">
                    <input type="text" name="user_name" value=invited.user_name autocomplete="username" hidden />
                    <TextField
                        name="password"
                        label="New password"
                        hint="At least 12 characters. Several words that only you connect are better than signs."
                        kind="password"
                        autocomplete="new-password"
                        required=true
                        focus=true
                    />
                    <TextField
                        name="repeat_password"
                        label="The same again"
                        kind="password"
                        autocomplete="new-password"
                        required=true
                    />
                    <button class="btn primary">"Set password"</button>
                </Post>
            </Plain>
        })
    })
}
