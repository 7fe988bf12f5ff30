//! The field that people are picked with.

use super::answers::{Answers, plain};
use super::field::{Labelled, Wiring};
use crate::api::people::suggest::Suggestion;
use crate::islands::people_picker::{PeoplePicker, Purpose};
use leptos::prelude::*;

/// What a picker shows at first; `api::people::suggest::picks` makes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Picks {
    /// Picked already.
    pub picked: Vec<Suggestion>,
    /// What the server found for the typed letters.
    pub found: Vec<Suggestion>,
}

/// A field to pick people (and groups) with. Sends `name` once per picked one. Its "Find" button sends the form with
/// `find`, which shows the same page again with what was found.
#[component]
pub fn PeopleField(
    /// Name of the form field: `people[]` for several.
    #[prop(into)]
    name: String,
    /// What it asks for.
    #[prop(into)]
    label: String,
    /// What helps to answer.
    #[prop(optional, into)]
    hint: String,
    /// What it shows at first.
    #[prop(optional)]
    picks: Picks,
    /// Only one can be picked.
    #[prop(optional)]
    single: bool,
    /// Key of the group that somebody is picked for.
    #[prop(optional_no_strip)]
    group: Option<String>,
    /// Whether groups can be picked as well.
    #[prop(optional)]
    groups: bool,
) -> impl IntoView {
    let answers = Answers::here();
    let wiring = Wiring::new(&name, !hint.is_empty(), false, &answers);
    let typed = answers.value(&format!("{}_find", plain(&name))).unwrap_or_default().to_owned();
    let shown = picks
        .picked
        .into_iter()
        .map(|who| (who, true))
        .chain(picks.found.into_iter().map(|who| (who, false)))
        .collect();
    let purpose = Purpose {
        name: name.clone(),
        id: wiring.id,
        single,
        group,
        groups,
        described_by: wiring.described_by,
        focus: wiring.focus,
    };
    view! {
        <Labelled name label hint>
            <PeoplePicker purpose shown typed />
        </Labelled>
    }
}
