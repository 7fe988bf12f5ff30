//! What was asked for last, offered again: in the form of one thing, and as one press in its row.

use super::activate_page;
use crate::parts::prelude::*;
use domain::duration::Minutes;
use domain::policy::prompt::Prompts;
use engine::ask::last::Last;
use engine::ask::thing::Thing;
use engine::db::requests;
use leptos::prelude::*;

/// Most characters of a reason that is only called to mind.
const SHORT: usize = 80;

fn form_with(thing: &Thing, last: &Last) -> String {
    format!("{}&again={}", activate_page(thing), requests::name(last.number))
}

/// The first words of a reason.
fn short(reason: &str) -> String {
    let line = reason.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(SHORT) {
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
        None => line,
    }
}

/// In the form: one press fills it in with the last answers. Not offered over what somebody has already typed.
#[component]
pub fn UseAgain(
    /// What is asked for.
    thing: Thing,
    /// What was asked for last.
    last: Option<Last>,
) -> impl IntoView {
    let last = last.filter(|last| !last.reason.is_empty() && !Answers::here().sent());
    last.map(|last| {
        let length = last.length().map(|length| format!(" for {}", length.words()));
        view! {
            <p class="sm soft">
                "Use again: "
                <a href=form_with(&thing, &last)>
                    <Quote text=short(&last.reason) />
                    {length}
                </a>
            </p>
        }
    })
}

/// In a row: what was asked for last, in words.
#[component]
pub fn LastTime(
    /// What it was.
    last: Last,
) -> impl IntoView {
    let length = last.length().map(Minutes::words).unwrap_or_default();
    view! {
        <small class="muted">
            "Last time: " {length}
            {(!last.reason.is_empty()).then(|| view! { ", " <Quote text=short(&last.reason) /> })}
        </small>
    }
}

/// In a row: the same again. Where the policy asks for nothing but length and reason, one press switches it on with those
/// of last time, which stand in the row; else it leads to the form, filled in.
#[component]
pub fn Repeat(
    /// Of what.
    thing: Thing,
    /// What was asked for last.
    last: Last,
    /// What the policy asks.
    prompts: Prompts,
) -> impl IntoView {
    let name = thing.name.clone();
    match last.length().filter(|length| prompts.answered_by(*length, &last.reason)) {
        Some(length) => view! {
            <Post action=activate_page(&thing)>
                <HiddenField name="pick" value=thing.pick().to_string() />
                <HiddenField name="key" value=engine::ids::new().to_string() />
                <HiddenField name="length" value=String::from(length) />
                <HiddenField name="reason" value=last.reason />
                <button class="btn small">"Repeat now" <Of name /></button>
            </Post>
        }
        .into_any(),
        None => view! {
            <a class="btn small" href=form_with(&thing, &last)>
                "Repeat" <Of name />
            </a>
        }
        .into_any(),
    }
}

#[cfg(test)]
mod tests {
    use super::short;

    #[test]
    fn a_long_reason_is_called_to_mind_by_its_first_words() {
        assert_eq!(short(" Mend\n the  lag "), "Mend the lag");
        let long = short(&"ä".repeat(200));
        assert_eq!((long.chars().count(), long.ends_with('…')), (81, true));
    }
}
