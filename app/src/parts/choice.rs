//! Fields to choose from: lists, ticks, switches and radio buttons.

use super::answers::Answers;
use super::field::{FieldError, Labelled, Wiring, field_id};
use leptos::prelude::*;

/// One thing that can be chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub label: String,
    /// A second line; may be empty.
    pub note: String,
    /// Why it cannot be chosen; `None` if it can.
    pub barred: Option<String>,
}

impl Choice {
    /// A choice with its words.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into(), ..Self::default() }
    }

    /// With a second line.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }

    /// Shown, but not to be chosen, with the reason.
    #[must_use]
    pub fn barred(mut self, why: impl Into<String>) -> Self {
        self.barred = Some(why.into());
        self
    }
}

/// A list to choose one from.
#[component]
pub fn SelectField(
    /// Name of the form field.
    #[prop(into)]
    name: String,
    /// What it asks for.
    #[prop(into)]
    label: String,
    /// What can be chosen.
    choices: Vec<Choice>,
    /// The value chosen on a first visit.
    #[prop(optional, into)]
    value: String,
    /// What helps to answer.
    #[prop(optional, into)]
    hint: String,
    /// Whether the label is for screen readers only.
    #[prop(optional)]
    hide_label: bool,
) -> impl IntoView {
    let wiring = Wiring::new(&name, !hint.is_empty(), false, &Answers::here());
    let chosen = wiring.typed.unwrap_or(value);
    let options: Vec<_> = choices
        .into_iter()
        .map(|choice| {
            let selected = choice.value == chosen;
            let label = match choice.barred {
                Some(ref why) => format!("{} ({why})", choice.label),
                None => choice.label,
            };
            view! {
                <option value=choice.value selected=selected disabled=choice.barred.is_some()>
                    {label}
                </option>
            }
        })
        .collect();
    view! {
        <Labelled name=name.clone() label hint hide_label>
            <select
                class="select input"
                id=wiring.id
                name=name
                autofocus=wiring.focus
                aria-describedby=wiring.described_by
                aria-invalid=wiring.invalid
            >
                {options}
            </select>
        </Labelled>
    }
}

/// Whether a box is ticked: by the answers if the form was sent, else as on a first visit.
fn ticked(answers: &Answers, name: &str, value: &str, first: bool) -> bool {
    if answers.sent() { answers.chose(name, value) } else { first }
}

/// One box to tick.
#[component]
pub fn CheckField(
    /// Name of the form field.
    #[prop(into)]
    name: String,
    /// What ticking means.
    #[prop(into)]
    label: String,
    /// What is sent when it is ticked.
    #[prop(default = "true".to_owned(), into)]
    value: String,
    /// Whether it is ticked on a first visit.
    #[prop(optional)]
    on: bool,
    /// A second line.
    #[prop(optional, into)]
    note: Option<String>,
) -> impl IntoView {
    let answers = Answers::here();
    let wiring = Wiring::new(&name, false, false, &answers);
    let checked = ticked(&answers, &name, &value, on);
    view! {
        <div class="stack tight">
            <FieldError name=name.clone() />
            <label class="tick">
                <input
                    type="checkbox"
                    id=wiring.id
                    name=name
                    value=value
                    checked=checked
                    autofocus=wiring.focus
                    aria-describedby=wiring.described_by
                    aria-invalid=wiring.invalid
                />
                <span>{label} {note.map(|note| view! { <small>{note}</small> })}</span>
            </label>
        </div>
    }
}

/// A setting that is on or off. Says "On" or "Off" beside it.
#[component]
pub fn SwitchField(
    /// Name of the form field.
    #[prop(into)]
    name: String,
    /// What is switched, for screen readers: the visible words stand in the row.
    #[prop(into)]
    label: String,
    /// Whether it is on on a first visit.
    on: bool,
    /// A further class, for example `ctl` in a policy row.
    #[prop(optional)]
    class: &'static str,
) -> impl IntoView {
    let answers = Answers::here();
    let wiring = Wiring::new(&name, false, false, &answers);
    let checked = ticked(&answers, &name, "true", on);
    view! {
        <label class=format!("switch {class}")>
            <span class="vh">{label}</span>
            <input
                type="checkbox"
                role="switch"
                id=wiring.id
                name=name
                value="true"
                checked=checked
                autofocus=wiring.focus
                aria-describedby=wiring.described_by
                aria-invalid=wiring.invalid
            />
        </label>
    }
}

/// Radio buttons: one of a few, all of them visible.
#[component]
pub fn RadioField(
    /// Name of the form field.
    #[prop(into)]
    name: String,
    /// What is asked.
    #[prop(into)]
    legend: String,
    /// What can be chosen.
    choices: Vec<Choice>,
    /// The value chosen on a first visit.
    #[prop(optional, into)]
    value: String,
    /// Whether the question is for screen readers only.
    #[prop(optional)]
    hide_legend: bool,
    /// Whether the choices stand side by side.
    #[prop(optional)]
    in_a_row: bool,
) -> impl IntoView {
    let answers = Answers::here();
    let wiring = Wiring::new(&name, false, false, &answers);
    let chosen = wiring.typed.clone().unwrap_or(value);
    let radios: Vec<_> = choices
        .into_iter()
        .enumerate()
        .map(|(at, choice)| {
            // The summary links to the first one.
            let id = if at == 0 { field_id(&name) } else { format!("{}-{at}", field_id(&name)) };
            let checked = choice.value == chosen;
            let note = choice.barred.clone().or((!choice.note.is_empty()).then_some(choice.note));
            view! {
                <label class="tick">
                    <input
                        type="radio"
                        id=id
                        name=name.clone()
                        value=choice.value
                        checked=checked
                        disabled=choice.barred.is_some()
                        autofocus=wiring.focus && at == 0
                        aria-describedby=wiring.described_by.clone()
                        aria-invalid=wiring.invalid
                    />
                    <span>{choice.label} {note.map(|note| view! { <small>{note}</small> })}</span>
                </label>
            }
        })
        .collect();
    view! {
        <fieldset class="stack tight">
            <legend class=if hide_legend { "vh" } else { "legend" }>{legend}</legend>
            <FieldError name />
            <div class=if in_a_row { "row" } else { "stack tight" }>{radios}</div>
        </fieldset>
    }
}
