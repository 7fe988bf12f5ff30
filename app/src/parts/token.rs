//! The session's own value in every form that changes something: a page of somebody else cannot know it.

use crate::ctx::token;
use crate::forms::TOKEN_FIELD;
use leptos::prelude::*;

/// The hidden field with the session's value.
#[component]
pub fn Token() -> impl IntoView {
    view! { <input type="hidden" name=TOKEN_FIELD value=token() /> }
}

/// A form that changes something: always POST, always with the session's value.
#[component]
pub fn Post(
    /// Where it goes; the page's own address if left out.
    #[prop(optional, into)]
    action: Option<String>,
    /// Its class.
    #[prop(optional)]
    class: Option<&'static str>,
    /// Its id, for buttons that stand elsewhere.
    #[prop(optional, into)]
    id: Option<String>,
    /// Whether it has fields for files.
    #[prop(optional)]
    files: bool,
    /// Fields and buttons.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <form method="post" action=action class=class id=id enctype=files.then_some("multipart/form-data")>
            <Token />
            {children.map(|children| children())}
        </form>
    }
}
