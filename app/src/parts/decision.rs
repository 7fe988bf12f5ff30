//! One decision among three: later, yes, no.

use super::answers::Answers;
use super::field::{FieldError, field_id};
use super::icon::{Glyph, Icon};
use leptos::prelude::*;

/// What is sent for "leave it as it is".
pub const LATER: &str = "later";
/// What is sent for "yes".
pub const APPROVE: &str = "approve";
/// What is sent for "no".
pub const DENY: &str = "deny";

/// Later, Approve or Deny for one request. "Later" unless something else was chosen before.
#[component]
pub fn Decision(
    /// Name of the form field, one per request.
    #[prop(into)]
    name: String,
    /// What is decided on, for screen readers: "Your decision on R-10479".
    #[prop(into)]
    legend: String,
) -> impl IntoView {
    let answers = Answers::here();
    let chosen = answers.value(&name).unwrap_or(LATER).to_owned();
    let radio = |value: &'static str, class: &'static str, glyph: Option<Glyph>, word: &'static str| {
        view! {
            <label class=class>
                <input
                    type="radio"
                    id=(value == LATER).then(|| field_id(&name))
                    name=name.clone()
                    value=value
                    checked=chosen == value
                />
                {glyph.map(|name| view! { <Icon name /> })}
                {word}
            </label>
        }
    };
    let radios = (
        radio(LATER, "later", None, "Later"),
        radio(APPROVE, "yes", Some(Glyph::Tick), "Approve"),
        radio(DENY, "no", Some(Glyph::X), "Deny"),
    );
    view! {
        <fieldset class="choose">
            <legend class="vh">{legend}</legend>
            {radios}
        </fieldset>
        <FieldError name />
    }
}
