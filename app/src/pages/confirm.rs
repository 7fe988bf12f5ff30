//! A page that says what one button will do, and asks once.

use crate::parts::prelude::*;
use leptos::prelude::*;

/// What is asked and how it reads.
pub struct Question {
    /// Title of the window.
    pub title: &'static str,
    /// Heading and button: verb and name.
    pub heading: String,
    /// The entry of the side bar it belongs to.
    pub entry: Entry,
    /// The way to it.
    pub crumbs: Vec<Crumb>,
    /// What did not happen, when it is refused.
    pub outcome: &'static str,
    /// What will happen.
    pub text: String,
    /// How the button looks.
    pub look: Look,
    /// Whether a reason can be given.
    pub reason: bool,
    /// Where Cancel leads.
    pub back: String,
}

/// The page; the children name whom or what it is about.
#[component]
pub fn Confirm(
    /// What surrounds it.
    frame: Frame,
    /// What is asked.
    question: Question,
    /// Whom or what it is about.
    children: Children,
) -> impl IntoView {
    let Question { title, heading, entry, crumbs, outcome, text, look, reason, back } = question;
    let button = heading.clone();
    view! {
        <Page frame title heading current=Some(entry) crumbs outcome>
            <Post class="card pad stack narrow">
                {children()}
                <p>{text}</p>
                {reason
                    .then(|| {
                        view! { <TextArea name="reason" label="Why" hint="For the audit." max=1024 optional=true /> }
                    })}
                <Actions>
                    <Submit text=button look />
                    <Go href=back text="Cancel" look=Look::Quiet />
                </Actions>
            </Post>
        </Page>
    }
}
