//! Signing out asks first, because looking at an address changes nothing.

use crate::ctx;
use crate::failure::Failure;
use crate::forms::TOKEN_FIELD;
use crate::pages::page;
use leptos::prelude::*;

/// `/sign-out`
#[component]
pub fn SignOut() -> impl IntoView {
    page("Sign out", async {
        Ok::<_, Failure>(view! {
            <main id="main">
                <h1>"Sign out"</h1>
                <p>"Access that is on stays on until its end."</p>
                <form method="post">
                    <input type="hidden" name=TOKEN_FIELD value=ctx::token() />
                    <button>"Sign out"</button>
                </form>
            </main>
        })
    })
}
