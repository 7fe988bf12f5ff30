//! The pages, rendered on the server only. Each loads what it shows with one question to the engine.

pub mod access;
pub mod access_reviews;
pub mod account;
pub mod admin;
pub mod approvals;
pub mod audit;
pub mod bulk;
pub mod confirm;
pub mod demo;
pub mod directory;
pub mod frame;
pub mod glass;
pub mod group;
pub mod insights;
pub mod invitation;
pub mod people;
pub mod requests;
pub mod roles;
pub mod said;
pub mod sign_in;
pub mod sign_out;
pub mod then;

use crate::ctx;
use crate::failure::Failure;
use crate::go::LocalPath;
use crate::parts::plain::Plain;
use crate::parts::sentence::Sentence;
use domain::text::Text;
use http::{HeaderValue, StatusCode, header};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;

/// A page: what to load and show. What it shows begins with `parts::layout::Page`, or `Plain` before sign-in.
///
/// Everything happens in one future, so that the answer is complete and its status is known before it is sent.
pub fn page<V>(load: impl Future<Output = Result<V, Failure>> + Send + 'static) -> AnyView
where
    V: IntoView + 'static,
{
    view! {
        <Suspense>
            {Suspend::new(async move {
                demo::note().await;
                match load.await {
                    Ok(view) => view.into_any(),
                    Err(failure) => view! { <Failed failure /> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

/// What a person sees in place of a page that can't be shown. Unknown and forbidden look alike.
#[component]
pub fn Failed(failure: Failure) -> impl IntoView {
    if let Some(answer) = use_context::<ResponseOptions>() {
        answer.set_status(failure.status());
        if matches!(failure, Failure::SignedOut) {
            sign_in_first(&answer);
        }
    }
    let (title, lines) = words(failure);
    view! {
        <Plain title>
            {lines.into_iter().map(|text| view! { <p><Sentence text /></p> }).collect_view()}
            <p><a class="btn" href="/">"Go to the start"</a></p>
        </Plain>
    }
}

fn words(failure: Failure) -> (&'static str, Vec<Text>) {
    match failure {
        Failure::NotFound => ("Not here", vec!["This does not exist, or you may not see it.".into()]),
        Failure::SignedOut => ("Sign in first", vec!["This page is for people who are signed in.".into()]),
        Failure::Refused { refusals } => {
            ("Not possible", refusals.into_iter().map(|refusal| refusal.text).collect())
        }
        Failure::Busy => {
            ("Busy", vec!["Many people sign in at this moment. Try again in a few seconds.".into()])
        }
        Failure::Unconfirmed { reference } => (
            "Not confirmed",
            vec![
                "The database did not say whether this was done. Look before you do it again.".into(),
                Text::say("If it happens again, give your administrator this reference: ").then(reference),
            ],
        ),
        Failure::Internal { reference } => (
            "Something broke here",
            vec![
                "It is not your fault, and nothing was done.".into(),
                Text::say("If it happens again, give your administrator this reference: ").then(reference),
            ],
        ),
    }
}

/// Sends the person to sign-in and back to this page afterwards.
fn sign_in_first(answer: &ResponseOptions) {
    let here = ctx::known_path();
    let to = format!("/sign-in?next={}", LocalPath::of(here).encoded());
    if let Ok(to) = HeaderValue::from_str(&to) {
        answer.set_status(StatusCode::SEE_OTHER);
        answer.insert_header(header::LOCATION, to);
    }
}
