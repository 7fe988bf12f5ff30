//! Fields to write in. The only file with a `<textarea>`: leptos writes its children unescaped, so its text is
//! encoded here, by hand.

use super::answers::{Answers, plain};
use super::icon::{Glyph, Icon};
use super::moment::Clock;
use super::sentence::{NextStep, Sentence};
use leptos::prelude::*;

/// How a field, its hint and its error belong together; the same for every kind of field.
#[derive(Clone, Debug)]
pub(super) struct Wiring {
    /// The id of the control, which the error summary links to.
    pub id: String,
    /// Ids of hint, error and counter, if there are any.
    pub described_by: Option<String>,
    /// `aria-invalid`, on faulty fields only.
    pub invalid: Option<&'static str>,
    /// Whether the field takes the focus when the page opens.
    pub focus: bool,
    /// The class of the box around it.
    pub class: &'static str,
    /// What was typed before, if a form was sent.
    pub typed: Option<String>,
}

/// The id of the control of the field `name`.
#[must_use]
pub fn field_id(name: &str) -> String {
    format!("f-{}", plain(name))
}

impl Wiring {
    pub fn new(name: &str, hint: bool, counter: bool, answers: &Answers) -> Self {
        let id = field_id(name);
        let bad = answers.refusal(name).is_some();
        let parts = [(hint, "hint"), (bad, "error"), (counter, "count")];
        let ids: Vec<String> =
            parts.iter().filter(|(there, _)| *there).map(|(_, part)| format!("{id}-{part}")).collect();
        Self {
            described_by: (!ids.is_empty()).then(|| ids.join(" ")),
            invalid: bad.then_some("true"),
            focus: answers.is_first_faulty(name),
            class: if bad { "field bad" } else { "field" },
            typed: answers.value(name).map(str::to_owned),
            id,
        }
    }
}

/// Label, hint and error around a control. Pages use the fields below; this is for controls of their own.
#[component]
pub fn Labelled(
    /// Name of the form field.
    #[prop(into)]
    name: String,
    /// What the field asks for.
    #[prop(into)]
    label: String,
    /// What helps to answer; empty for none.
    #[prop(optional, into)]
    hint: String,
    /// Whether the label is for screen readers only.
    #[prop(optional)]
    hide_label: bool,
    /// Whether the label says that the field may stay empty.
    #[prop(optional)]
    optional: bool,
    /// A further class of the box.
    #[prop(optional)]
    class: &'static str,
    /// The control.
    children: Children,
) -> impl IntoView {
    let answers = Answers::here();
    let wiring = Wiring::new(&name, !hint.is_empty(), false, &answers);
    let id = wiring.id.clone();
    view! {
        <div class=format!("{} {class}", wiring.class)>
            <label for=id.clone() class=hide_label.then_some("vh")>
                {label}
                {optional.then(|| view! { <span class="muted">" (optional)"</span> })}
            </label>
            {(!hint.is_empty())
                .then(|| {
                    view! {
                        <p class="hint" id=format!("{id}-hint")>
                            {hint}
                        </p>
                    }
                })}
            <FieldError name />
            {children()}
        </div>
    }
}

/// What is wrong with a field, and the way on.
#[component]
pub fn FieldError(
    /// Name of the form field.
    name: String,
) -> impl IntoView {
    Answers::here().refusal(&name).cloned().map(|refusal| {
        view! {
            <p class="error" id=format!("{}-error", field_id(&name))>
                <Icon name=Glyph::Stop />
                <span>
                    <Sentence text=refusal.text />
                    <NextStep way_on=refusal.way_on />
                </span>
            </p>
        }
    })
}

/// A field of one line.
#[component]
pub fn TextField(
    /// Name of the form field.
    #[prop(into)]
    name: String,
    /// What it asks for.
    #[prop(into)]
    label: String,
    /// What helps to answer.
    #[prop(optional, into)]
    hint: String,
    /// What stands in it on a first visit.
    #[prop(optional, into)]
    value: String,
    /// Type of the input: `text`, `email`, `password`, `search`, `number`, `date`, `time`, `tel`, `url`.
    #[prop(default = "text")]
    kind: &'static str,
    /// Classes of the input: `w-xs`, `w-sm`, `w-md`, `code`.
    #[prop(optional)]
    class: &'static str,
    /// A class of the box, for example `grow` among filters.
    #[prop(optional)]
    box_class: &'static str,
    /// Whether the browser already refuses an empty answer.
    #[prop(optional)]
    required: bool,
    /// Whether the label says that it may stay empty.
    #[prop(optional)]
    optional: bool,
    /// Whether the label is for screen readers only.
    #[prop(optional)]
    hide_label: bool,
    /// Whether the field takes the focus on a first visit.
    #[prop(optional)]
    focus: bool,
    /// What the browser may fill in, `off` by default.
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// Keyboard on touch screens.
    #[prop(optional)]
    inputmode: Option<&'static str>,
    /// Most characters.
    #[prop(optional)]
    max: Option<u32>,
    /// An example in the empty field. Not a label.
    #[prop(optional, into)]
    placeholder: Option<String>,
    /// Id of the form it belongs to, if it stands outside.
    #[prop(optional, into)]
    form: Option<String>,
) -> impl IntoView {
    let answers = Answers::here();
    let wiring = Wiring::new(&name, !hint.is_empty(), false, &answers);
    // Secrets are never sent back.
    let value = if kind == "password" { None } else { Some(wiring.typed.unwrap_or(value)) };
    let focus = wiring.focus || (focus && answers.refusals().is_empty());
    view! {
        <Labelled name=name.clone() label hint hide_label optional class=box_class>
            <input
                class=format!("input {class}")
                id=wiring.id
                name=name
                type=kind
                value=value
                required=required
                autofocus=focus
                autocomplete=autocomplete
                inputmode=inputmode
                maxlength=max.map(|max| max.to_string())
                placeholder=placeholder
                form=form
                aria-describedby=wiring.described_by
                aria-invalid=wiring.invalid
            />
        </Labelled>
    }
}

/// A code from an authenticator app. Never comes back filled in.
#[component]
pub fn CodeField(
    /// Name of the form field.
    #[prop(default = "code".to_owned(), into)]
    name: String,
    /// What it asks for.
    #[prop(default = "Code from your authenticator app".to_owned(), into)]
    label: String,
    /// What helps to answer.
    #[prop(optional, into)]
    hint: String,
    /// Whether the field takes the focus on a first visit.
    #[prop(optional)]
    focus: bool,
    /// Whether the browser already refuses an empty answer.
    #[prop(optional)]
    required: bool,
) -> impl IntoView {
    let answers = Answers::here();
    let wiring = Wiring::new(&name, !hint.is_empty(), false, &answers);
    let focus = wiring.focus || (focus && answers.refusals().is_empty());
    view! {
        <Labelled name=name.clone() label hint>
            <input
                class="input code"
                id=wiring.id
                name=name
                inputmode="numeric"
                autocomplete="one-time-code"
                // Room for the spaces some apps show inside a code.
                maxlength="9"
                required=required
                autofocus=focus
                aria-describedby=wiring.described_by
                aria-invalid=wiring.invalid
            />
        </Labelled>
    }
}

/// A field of several lines.
#[component]
pub fn TextArea(
    /// Name of the form field.
    #[prop(into)]
    name: String,
    /// What it asks for.
    #[prop(into)]
    label: String,
    /// What helps to answer.
    #[prop(optional, into)]
    hint: String,
    /// What stands in it on a first visit.
    #[prop(optional, into)]
    value: String,
    /// Height in lines before it grows.
    #[prop(default = 3)]
    rows: u32,
    /// Most characters; shown under the field.
    #[prop(optional)]
    max: Option<u32>,
    /// Whether the browser already refuses an empty answer.
    #[prop(optional)]
    required: bool,
    /// Whether the label says that it may stay empty.
    #[prop(optional)]
    optional: bool,
) -> impl IntoView {
    let wiring = Wiring::new(&name, !hint.is_empty(), max.is_some(), &Answers::here());
    let text = wiring.typed.unwrap_or(value);
    let count = max.map(|max| {
        let (id, of) = (format!("{}-count", wiring.id), wiring.id.clone());
        view! { <crate::islands::counter::Counter id of max /> }
    });
    view! {
        <Labelled name=name.clone() label hint optional>
            <textarea
                class="area"
                id=wiring.id
                name=name
                rows=rows.to_string()
                maxlength=max.map(|max| max.to_string())
                required=required
                autofocus=wiring.focus
                aria-describedby=wiring.described_by
                aria-invalid=wiring.invalid
                inner_html=textarea_text(&text)
            ></textarea>
            {count}
        </Labelled>
    }
}

/// Encodes text for the inside of a textarea. The first line break is one the browser drops, so that a text that
/// begins with a line break keeps it.
fn textarea_text(text: &str) -> String {
    let mut safe = String::with_capacity(text.len() + 16);
    safe.push('\n');
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

/// A date and a time in the reader's zone, with the zone written beside it. Read it back with [`Clock::read`].
#[component]
pub fn MomentField(
    /// Name of the form field.
    #[prop(into)]
    name: String,
    /// What it asks for.
    #[prop(into)]
    label: String,
    /// What helps to answer.
    #[prop(optional, into)]
    hint: String,
    /// The reader's clock.
    clock: Clock,
    /// What stands in it on a first visit.
    #[prop(optional_no_strip)]
    value: Option<chrono::DateTime<chrono::Utc>>,
    /// Whether the label is for screen readers only.
    #[prop(optional)]
    hide_label: bool,
    /// Whether the label says that it may stay empty.
    #[prop(optional)]
    optional: bool,
) -> impl IntoView {
    let wiring = Wiring::new(&name, !hint.is_empty(), false, &Answers::here());
    let first = value.map(|at| clock.field_value(at)).unwrap_or_default();
    view! {
        <Labelled name=name.clone() label hint hide_label optional>
            <span class="row">
                <input
                    class="input w-moment"
                    id=wiring.id
                    name=name
                    type="datetime-local"
                    value=wiring.typed.unwrap_or(first)
                    autofocus=wiring.focus
                    aria-describedby=wiring.described_by
                    aria-invalid=wiring.invalid
                />
                <span class="sm muted">{clock.zone_word()}</span>
            </span>
        </Labelled>
    }
}

/// A field for a file, in a form with `files`. What was chosen before can't be shown again; its text is.
#[component]
pub fn FileField(
    /// Name of the form field.
    #[prop(into)]
    name: String,
    /// What it asks for.
    #[prop(into)]
    label: String,
    /// What helps to answer.
    #[prop(optional, into)]
    hint: String,
    /// Kinds of files that the browser offers.
    accept: &'static str,
) -> impl IntoView {
    let wiring = Wiring::new(&name, !hint.is_empty(), false, &Answers::here());
    view! {
        <Labelled name=name.clone() label hint optional=true>
            <input
                class="input"
                id=wiring.id
                name=name
                type="file"
                accept=accept
                aria-describedby=wiring.described_by
            />
        </Labelled>
    }
}

/// A value that travels with the form and is not shown.
#[component]
pub fn HiddenField(
    /// Name of the form field.
    #[prop(into)]
    name: String,
    /// Its value.
    #[prop(into)]
    value: String,
) -> impl IntoView {
    view! { <input type="hidden" name=name value=value /> }
}

#[cfg(test)]
mod tests {
    use super::textarea_text;

    #[test]
    fn the_text_of_a_textarea_cannot_end_it() {
        assert_eq!(
            textarea_text("</textarea><script>'\"&"),
            "\n&lt;/textarea&gt;&lt;script&gt;&#39;&quot;&amp;"
        );
    }
}
