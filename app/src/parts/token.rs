//! The session's own value in every form that changes something: a page of somebody else cannot know it.

use leptos::prelude::*;

/// The value for the forms of this session. Provided as context with every request of a signed-in person.
#[derive(Clone, PartialEq, Eq)]
pub struct CsrfToken(pub String);

/// Name of the field that carries it.
pub const CSRF_FIELD: &str = "csrf";

/// The hidden field with the session's value.
#[component]
pub fn Token() -> impl IntoView {
    let value = use_context::<CsrfToken>().map(|token| token.0);
    view! { <input type="hidden" name=CSRF_FIELD value=value.unwrap_or_default() /> }
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
    /// Fields and buttons.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <form method="post" action=action class=class id=id>
            <Token />
            {children.map(|children| children())}
        </form>
    }
}
