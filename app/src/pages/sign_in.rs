//! Sign-in.

use crate::ctx;
use crate::failure::Failure;
use crate::forms::{Refused, TOKEN_FIELD};
use crate::pages::page;
use leptos::prelude::*;

/// `/sign-in`
#[component]
pub fn SignIn() -> impl IntoView {
    page("Sign in", async {
        let refused = Refused::current();
        let signed_out = ctx::flash().is_some_and(|flash| flash.code == "signed-out");
        let user_name = refused.typed.or("user_name", "");
        Ok::<_, Failure>(view! {
            <main id="main">
                <h1>"Sign in"</h1>
                {signed_out.then(|| view! { <p role="status">"You are signed out."</p> })}
                {refused.refusals.iter().map(|refusal| view! { <p role="alert">{refusal.text.to_string()}</p> }).collect_view()}
                <form method="post">
                    <input type="hidden" name=TOKEN_FIELD value=ctx::token() />
                    <label>"User name" <input name="user_name" value=user_name autocomplete="username" /></label>
                    <label>"Password" <input name="password" type="password" autocomplete="current-password" /></label>
                    <button>"Sign in"</button>
                </form>
            </main>
        })
    })
}
