//! How long: every choice says when it ends, so that no script is needed to know.

use super::answers::Answers;
use super::field::{FieldError, field_id};
use super::moment::Clock;
use domain::duration::Minutes;
use leptos::prelude::*;

/// One length of time to choose.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// What is sent: an ISO 8601 length such as "PT2H", or "other".
    pub value: String,
    /// What is read: "2 h".
    pub length: String,
    /// When it would end: "ends 17:08".
    pub ends: String,
}

/// The choice of a length. The hint says in which zone and from when the ends are counted.
#[component]
pub fn Spans(
    /// Name of the form field.
    #[prop(default = "length".to_owned(), into)]
    name: String,
    /// What is asked, for screen readers: the section's heading is visible.
    #[prop(default = "How long".to_owned(), into)]
    legend: String,
    /// What can be chosen.
    choices: Vec<Span>,
    /// The value chosen on a first visit.
    #[prop(into)]
    value: String,
    /// Zone and start of counting.
    #[prop(optional, into)]
    hint: String,
    /// Fields for another length, shown when the choice "other" is made.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let answers = Answers::here();
    let chosen = answers.value(&name).map_or(value, str::to_owned);
    let bad = answers.refusal(&name).is_some();
    let focus = answers.is_first_faulty(&name);
    let radios: Vec<_> = choices
        .into_iter()
        .enumerate()
        .map(|(at, span)| {
            let checked = span.value == chosen;
            view! {
                <label>
                    <input
                        type="radio"
                        id=(at == 0).then(|| field_id(&name))
                        name=name.clone()
                        value=span.value
                        checked=checked
                        autofocus=focus && at == 0
                    />
                    <b>{span.length}</b>
                    <small>{span.ends}</small>
                </label>
            }
        })
        .collect();
    let described = bad.then(|| format!("{}-error", field_id(&name)));
    view! {
        <fieldset class="stack tight" aria-describedby=described>
            <legend class="vh">{legend}</legend>
            <FieldError name />
            <div class="spans">{radios}</div>
            {children.map(|children| view! { <div class="another row">{children()}</div> })}
            {(!hint.is_empty()).then(|| view! { <p class="hint">{hint}</p> })}
        </fieldset>
    }
}

/// The lengths to choose from, each with its end: half an hour, then whole hours, at most `max`, then "Another".
#[must_use]
pub fn usual_spans(max: Minutes, clock: Clock) -> Vec<Span> {
    [30, 60, 120, 180, 240, 480, 720, 1440]
        .into_iter()
        .map(Minutes)
        .filter(|length| *length < max)
        .chain([max])
        .map(|length| Span {
            value: String::from(length),
            length: length.words(),
            ends: format!("ends {}", clock.short(clock.now + length.delta())),
        })
        .chain([Span {
            value: "other".to_owned(),
            length: "Another".to_owned(),
            ends: format!("up to {}", max.words()),
        }])
        .collect()
}
