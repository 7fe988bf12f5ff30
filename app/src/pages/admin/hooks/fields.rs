//! The fields of a webhook, the same for a new one and for a known one.

use crate::parts::prelude::*;
use domain::audit::Class;
use domain::webhook::Format;
use domain::webhook::choice::Topic;
use leptos::prelude::*;

/// What stands in the fields on a first visit.
#[derive(Clone, Debug, Default)]
pub struct First {
    /// Its name.
    pub name: String,
    /// What may be shown of its address; empty for a new one.
    pub shown: String,
    /// Its format.
    pub format: Option<Format>,
    /// What it tells of.
    pub topics: Vec<Topic>,
    /// Refused tries are told too.
    pub refusals: bool,
}

/// The fields.
#[component]
pub fn HookFields(
    /// What stands in them on a first visit.
    first: First,
) -> impl IntoView {
    let formats =
        Format::ALL.map(|format| Choice::new(format.wire(), format.words()).note(note(format))).to_vec();
    let format = first.format.map_or("", Format::wire);
    let hint = if first.shown.is_empty() {
        "Begins with https://. It is kept sealed, since chat services put their secret into it.".to_owned()
    } else {
        format!("Now it is {}. Leave this empty to keep it.", first.shown)
    };
    view! {
        <div class="card pad stack">
            <TextField name="name" label="Name" value=first.name max=256 required=true focus=true />
            <TextField
                name="address"
                label="Address"
                hint
                max=2000
                required=first.shown.is_empty()
                optional=!first.shown.is_empty()
                inputmode="url"
            />
            <RadioField name="format" legend="Format" choices=formats value=format />
        </div>
        <div class="card pad stack">
            <Topics chosen=first.topics />
            <CheckField
                name="refusals"
                label="Refused tries too"
                note="What somebody tried and was not allowed or not able to do."
                on=first.refusals
            />
        </div>
    }
}

fn note(format: Format) -> &'static str {
    match format {
        Format::Json => "Everything the audit shows, signed.",
        Format::Slack => "The address of an incoming webhook of Slack, or of what takes the same.",
        Format::Teams => "The address of a workflow that posts what it receives into a channel.",
    }
}

/// Kinds of events whole, and single ones folded away.
#[component]
fn Topics(chosen: Vec<Topic>) -> impl IntoView {
    let answers = Answers::here();
    let on = |topic: Topic| {
        if answers.sent() { answers.chose("topics[]", &topic.wire()) } else { chosen.contains(&topic) }
    };
    let kinds: Vec<_> = Class::ALL
        .into_iter()
        .map(|class| {
            let open = class.events().any(|event| on(Topic::Event(event)));
            let events: Vec<_> = class
                .events()
                .map(|event| tick(Topic::Event(event), event.words(), on(Topic::Event(event))))
                .collect();
            view! {
                <div class="stack tight">
                    {tick(Topic::Class(class), class.words(), on(Topic::Class(class)))}
                    <details class="fold" open=open>
                        <summary>"Single events" <Of name=class.words().to_owned() /></summary>
                        <div class="stack tight">{events}</div>
                    </details>
                </div>
            }
        })
        .collect();
    let anchors =
        tick(Topic::Anchor, "Anchors of the audit: its signed end, once a minute", on(Topic::Anchor));
    view! {
        <fieldset class="stack" id=field_id("topics") tabindex="-1">
            <legend class="legend">"What it tells of"</legend>
            <FieldError name="topics".to_owned() />
            {kinds}
            {anchors}
        </fieldset>
    }
}

fn tick(topic: Topic, words: &'static str, on: bool) -> AnyView {
    view! {
        <label class="tick">
            <input type="checkbox" name="topics[]" value=topic.wire() checked=on />
            <span>{words}</span>
        </label>
    }
    .into_any()
}
