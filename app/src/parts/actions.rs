//! Buttons in a row.

use super::field::HiddenField;
use super::icon::{Glyph, Icon};
use super::token::Post;
use leptos::prelude::*;

/// A row of buttons and links. The first submit button is the one Enter presses.
#[component]
pub fn Actions(
    /// Buttons and links.
    children: Children,
) -> impl IntoView {
    view! { <div class="row">{children()}</div> }
}

/// How a button looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Look {
    /// An action among others.
    #[default]
    Plain,
    /// The one main action of a form.
    Primary,
    /// Takes something away; asks first.
    Danger,
    /// Takes something away now.
    DangerSolid,
    /// The harmless way out.
    Quiet,
}

impl Look {
    /// The classes of a button that looks like this.
    #[must_use]
    pub fn class(self, small: bool) -> String {
        let look = match self {
            Self::Plain => "btn",
            Self::Primary => "btn primary",
            Self::Danger => "btn danger",
            Self::DangerSolid => "btn danger solid",
            Self::Quiet => "btn quiet",
        };
        if small { format!("{look} small") } else { look.to_owned() }
    }
}

/// A form of one button, for a page on which several things can be done: it sends `deed`, and what this one does.
#[component]
pub fn Deed(
    /// What it does, as the server function knows it.
    deed: &'static str,
    /// Verb and object.
    text: &'static str,
    /// How it looks.
    #[prop(default = Look::Primary)]
    look: Look,
) -> impl IntoView {
    view! {
        <Post>
            <HiddenField name="deed" value=deed />
            <Submit text look />
        </Post>
    }
}

/// A button that sends a form.
#[component]
pub fn Submit(
    /// Verb and object: "Remove 2 people".
    #[prop(into)]
    text: String,
    /// How it looks.
    #[prop(default = Look::Primary)]
    look: Look,
    /// Whether it is a small one, for rows.
    #[prop(optional)]
    small: bool,
    /// A drawing before the words.
    #[prop(optional)]
    glyph: Option<Glyph>,
    /// Name of what it sends, where a form has several buttons.
    #[prop(optional, into)]
    name: Option<String>,
    /// Value of what it sends.
    #[prop(optional, into)]
    value: Option<String>,
    /// Id of the form it sends, if it stands outside.
    #[prop(optional, into)]
    form: Option<String>,
) -> impl IntoView {
    view! {
        <button class=look.class(small) name=name value=value form=form>
            {glyph.map(|name| view! { <Icon name /> })}
            {text}
        </button>
    }
}

/// A link that looks like a button: for going somewhere, never for changing something.
#[component]
pub fn Go(
    /// Where it leads.
    #[prop(into)]
    href: String,
    /// Verb and object.
    #[prop(into)]
    text: String,
    /// How it looks.
    #[prop(optional)]
    look: Look,
    /// Whether it is a small one, for rows.
    #[prop(optional)]
    small: bool,
    /// A drawing before the words.
    #[prop(optional)]
    glyph: Option<Glyph>,
) -> impl IntoView {
    view! {
        <a class=look.class(small) href=href>
            {glyph.map(|name| view! { <Icon name /> })}
            {text}
        </a>
    }
}

/// Further actions of a row, folded away. All menus with the same `group` close each other.
#[component]
pub fn More(
    /// What they belong to, for screen readers: "More for Amara Okafor".
    #[prop(into)]
    label: String,
    /// Links and buttons.
    children: Children,
) -> impl IntoView {
    view! {
        <details class="menu" name="more">
            <summary class="btn quiet square small">
                <Icon name=Glyph::More label />
            </summary>
            <div>{children()}</div>
        </details>
    }
}

/// What a button is about, for those who hear it alone.
#[component]
pub fn Of(
    /// The thing's name.
    name: String,
) -> impl IntoView {
    view! {
        <span class="vh">
            " "
            <bdi>{name}</bdi>
        </span>
    }
}
