//! Signing out asks first, because looking at an address changes nothing.

use crate::failure::Failure;
use crate::pages::page;
use crate::parts::prelude::*;
use leptos::prelude::*;

/// `/sign-out`
#[component]
pub fn SignOut() -> impl IntoView {
    page(async {
        Ok::<_, Failure>(view! {
            <Plain title="Sign out">
                <p>"Access that is on stays on until its end."</p>
                <Post>
                    <button class="btn primary">"Sign out"</button>
                </Post>
            </Plain>
        })
    })
}
