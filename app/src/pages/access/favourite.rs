//! Favourites: a star in each row of what can be switched on. One form on the page, one button a row.

use crate::parts::prelude::*;
use domain::refusal::{Code, Refusal};
use engine::ask::thing::{Pick, Thing};
use leptos::prelude::*;

/// The form that the stars send.
const FORM: &str = "favour";

/// The id of the row of a thing, to come back to.
pub fn place(pick: &Pick) -> String {
    format!("pick-{pick}")
}

/// Why nothing was marked.
pub fn nothing() -> Refusal {
    Refusal::new(Code::Missing, "Press the star of what shall stand first.")
}

/// The form of all stars. Stands once on the page.
#[component]
pub fn StarForm() -> impl IntoView {
    view! { <Post id=FORM /> }
}

/// The star of a row: pressed when it is a favourite. Says what shall be, so that pressing it twice does no harm.
#[component]
pub fn Star(
    /// Of what.
    thing: Thing,
    /// Whether it is one.
    on: bool,
) -> impl IntoView {
    let label = format!("Favourite: {}, {}", thing.name, access_word(thing.kind()));
    let name = if on { "remove" } else { "add" };
    view! {
        <button
            class="star"
            form=FORM
            name=name
            value=thing.pick().to_string()
            aria-pressed=if on { "true" } else { "false" }
            aria-label=label
        >
            <Icon name=Glyph::Star />
        </button>
    }
}
