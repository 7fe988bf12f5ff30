//! People and groups as they are named everywhere: a name never stands alone, because names can be alike.

use super::avatar::{Avatar, GroupAvatar};
use leptos::prelude::*;

/// Who somebody is, as far as a page shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Who {
    /// Display name: a stranger's words.
    pub name: String,
    /// Unique user name.
    pub user_name: String,
    /// Department, or employer of a guest; may be empty.
    pub note: String,
    /// The person's page, if the reader may see it.
    pub href: Option<String>,
}

impl Who {
    /// "user.name · Department", the line under the name.
    #[must_use]
    pub fn second_line(&self) -> String {
        if self.note.is_empty() {
            self.user_name.clone()
        } else {
            format!("{} · {}", self.user_name, self.note)
        }
    }
}

/// A person with avatar, name, user name and department.
#[component]
pub fn Person(
    /// Who it is.
    who: Who,
    /// Whether the small avatar is meant.
    #[prop(optional)]
    small: bool,
) -> impl IntoView {
    let second = who.second_line();
    view! {
        <span class="person">
            <Avatar name=who.name.clone() user_name=who.user_name small />
            <span>
                <Name name=who.name href=who.href />
                <small>
                    <bdi>{second}</bdi>
                </small>
            </span>
        </span>
    }
}

/// A person in running text: the name in bold with the user name behind it.
#[component]
pub fn Named(
    /// Who it is.
    who: Who,
) -> impl IntoView {
    view! {
        <b>
            <bdi>{who.name}</bdi>
        </b>
        " ("
        <bdi>{who.user_name}</bdi>
        ")"
    }
}

/// A group that stands where a person could: avatar, name, key and what that means.
#[component]
pub fn GroupAsPerson(
    /// The group's name.
    #[prop(into)]
    name: String,
    /// Its key and what it means here, for example "group, 6 people may activate for themselves".
    #[prop(into)]
    note: String,
    /// The group's page, if the reader may see it.
    #[prop(optional_no_strip)]
    href: Option<String>,
    /// Whether the small avatar is meant.
    #[prop(optional)]
    small: bool,
) -> impl IntoView {
    view! {
        <span class="person">
            <GroupAvatar small />
            <span>
                <Name name href />
                <small>
                    <bdi>{note}</bdi>
                </small>
            </span>
        </span>
    }
}

/// A group's name, linked where the reader may go there.
#[component]
pub fn GroupName(
    /// The group's name.
    #[prop(into)]
    name: String,
    /// The group's page, if the reader may see it.
    #[prop(optional_no_strip)]
    href: Option<String>,
) -> impl IntoView {
    view! { <Name name href /> }
}

/// A group's unique key.
#[component]
pub fn Key(
    /// The key.
    #[prop(into)]
    key: String,
) -> impl IntoView {
    view! {
        <code class="key">
            <bdi>{key}</bdi>
        </code>
    }
}

#[component]
fn Name(name: String, href: Option<String>) -> impl IntoView {
    match href {
        Some(href) => view! {
            <a class="gname" href=href>
                <bdi>{name}</bdi>
            </a>
        }
        .into_any(),
        None => view! {
            <b class="gname">
                <bdi>{name}</bdi>
            </b>
        }
        .into_any(),
    }
}
