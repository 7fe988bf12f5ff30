//! The head of a page: its name, its purpose in one line, and what can be done with the whole of it.

use leptos::prelude::*;

/// The head of a page. Its one `<h1>`.
#[component]
pub fn PageHead(
    /// The heading: may be a stranger's words.
    #[prop(into)]
    heading: String,
    /// One line of purpose, or tags and key of the thing shown.
    #[prop(optional_no_strip)]
    purpose: Option<AnyView>,
    /// Buttons for the whole page.
    #[prop(optional_no_strip)]
    actions: Option<AnyView>,
) -> impl IntoView {
    view! {
        <div class="page-head">
            <div>
                <h1>
                    <bdi>{heading}</bdi>
                </h1>
                {purpose}
            </div>
            {actions.map(|actions| view! { <div class="row">{actions}</div> })}
        </div>
    }
}

/// The head of a section: heading, count, and something at its side.
#[component]
pub fn SectionHead(
    /// Id of the heading, which `aria-labelledby` of the section names.
    id: &'static str,
    /// The heading.
    #[prop(into)]
    heading: String,
    /// How many things are in it.
    #[prop(optional)]
    count: Option<i64>,
    /// One line beside it.
    #[prop(optional, into)]
    says: Option<String>,
    /// Links or buttons at the other end.
    #[prop(optional)]
    aside: Option<AnyView>,
) -> impl IntoView {
    view! {
        <div class="section-head">
            <h2 id=id>{heading}</h2>
            {count.map(|count| view! { <super::badge::Tally count /> })}
            {says.map(|says| view! { <p>{says}</p> })}
            {aside.map(|aside| view! { <div class="aside">{aside}</div> })}
        </div>
    }
}
