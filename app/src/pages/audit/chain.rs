//! How far the audit has been verified, or where it is broken.

use crate::parts::prelude::*;
use engine::audit::check::Found;
use leptos::prelude::*;

/// What the worker found.
#[component]
pub fn Chain(
    /// That.
    found: Found,
    /// The reader's clock.
    clock: Clock,
) -> impl IntoView {
    match found {
        Found::Nothing => view! { <p class="hint">"The chain is not verified to its end yet."</p> }.into_any(),
        Found::Whole { to, at } => view! {
            <p class="hint">"Chain verified up to " {number(to)} " at " <When at clock form=Form::Second /> "."</p>
        }
        .into_any(),
        Found::Bad { position, what, at } => {
            let place = if position == 0 { String::new() } else { format!("Position {}: ", number(position)) };
            view! {
                <Notice tone=Tone::Bad>
                    <p>
                        <strong>"The audit was changed by somebody."</strong> " " {place} <bdi>{what}</bdi> ". Found at "
                        <When at clock form=Form::Second /> ". Tell the operator: the log of the server and "
                        <code>"pimento audit verify"</code> " say more."
                    </p>
                </Notice>
            }
            .into_any()
        }
    }
}
