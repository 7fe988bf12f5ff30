//! Approvals: what others ask of this person.

mod card;
mod done;
mod inbox;
mod one;
mod renewals;
pub mod result;
pub mod sheet;
mod words;

use crate::parts::prelude::*;
use leptos::prelude::*;
use leptos_router::components::Route;
use leptos_router::{MatchNestedRoutes, SsrMode, path};

/// The pages of this area.
#[component(transparent)]
pub fn ApprovalsRoutes() -> impl MatchNestedRoutes + Clone {
    view! {
        <Route path=path!("/approvals") view=inbox::Inbox ssr=SsrMode::Async />
        <Route path=path!("/approvals/:number") view=one::OneApproval ssr=SsrMode::Async />
    }
    .into_inner()
}

/// The end of the form: one code for everything that asks for one, and the button.
#[component]
fn Record(
    /// Whether some approval asks for a code.
    asks_code: bool,
    /// Words of the button.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    view! {
        <div class="bulk float">
            <div class="prove">
                {asks_code.then(|| view! { <CodeField label="Confirm with a code" /> })}
                <p class="sm soft">
                    "Your name and what you decide are written to the audit." <br />
                    "It holds for the requests exactly as shown here."
                    {asks_code.then_some(" A denial needs no code.")}
                </p>
                <div class="row push">
                    <Submit text />
                </div>
            </div>
        </div>
    }
}
