//! How far the audit has been verified, or where it is broken.

use crate::parts::prelude::*;
use chrono::{DateTime, Utc};
use engine::audit::check::Found;
use leptos::prelude::*;

/// What the worker found.
#[component]
pub fn Chain(
    /// That.
    found: Found,
    /// Up to where events are sealed: position, and when that one was chained.
    sealed: Option<(i64, DateTime<Utc>)>,
    /// The reader's clock.
    clock: Clock,
) -> impl IntoView {
    let sealed = sealed.map(|(to, at)| {
        view! {
            <p class="hint">
                "Events up to " {number(to)} ", of " <When at clock form=Form::Second />
                ", are sealed in files that the operator keeps. They are not here any more; their end is verified."
            </p>
        }
    });
    let found = match found {
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
    };
    view! {
        {found}
        {sealed}
    }
}
