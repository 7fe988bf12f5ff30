//! The first step of signing in.

use crate::ctx;
use crate::failure::Failure;
use crate::go::LocalPath;
use crate::pages::page;
use crate::pages::said::said;
use crate::parts::prelude::*;
use crate::shell::site;
use leptos::prelude::*;

/// `/sign-in`
#[component]
pub fn SignIn() -> impl IntoView {
    page(async {
        let next = ctx::query("next").and_then(|next| LocalPath::parse(&next));
        let leads_on = next.is_some();
        let foot = site().organisation.clone();
        let below = site()
            .demo
            .then(|| view! { <a href="/demo">"Choose somebody of the sample company"</a> }.into_any());
        Ok::<_, Failure>(view! {
            <Plain title="Sign in" flash=said() outcome="You are not signed in." below foot>
                {leads_on.then(|| view! { <p class="soft sm">"You go on to the page you asked for. Opening it decided nothing."</p> })}
                <Post class="stack">
                    <input type="hidden" name="next" value=next.map(String::from) />
                    <TextField name="user_name" label="User name" autocomplete="username" required=true focus=true />
                    <TextField name="password" label="Password" kind="password" autocomplete="current-password" required=true />
                    <button class="btn primary">"Go on"</button>
                </Post>
            </Plain>
        })
    })
}
