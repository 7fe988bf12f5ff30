//! The pages, rendered on the server only. Each loads what it shows with one question to the engine.

pub mod sign_in;
pub mod sign_out;

use crate::ctx;
use crate::failure::Failure;
use crate::go::LocalPath;
use http::{HeaderValue, StatusCode, header};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use leptos_meta::Title;

/// A page: a constant title, and what to load and show.
///
/// Everything happens in one future, so that the answer is complete and its status is known before it is sent.
/// The title is constant on purpose: it is not escaped.
pub fn page<V>(
    title: &'static str,
    load: impl Future<Output = Result<V, Failure>> + Send + 'static,
) -> AnyView
where
    V: IntoView + 'static,
{
    view! {
        <Title text=format!("{title} · Pimento") />
        <Suspense>
            {Suspend::new(async move {
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
    let (heading, text) = match &failure {
        Failure::NotFound => ("Not here", "This does not exist, or you may not see it.".to_owned()),
        Failure::SignedOut => ("Sign in first", "This page is for people who are signed in.".to_owned()),
        Failure::Refused { refusals } => ("Not possible", join(refusals.iter().map(ToString::to_string))),
        Failure::Internal { reference } => (
            "Something broke here",
            format!(
                "It is not your fault, and nothing was done. If it happens again, tell your administrator this reference: {reference}"
            ),
        ),
    };
    view! {
        <main id="main" class="failed">
            <h1>{heading}</h1>
            <p>{text}</p>
            <p><a href="/">"Go to the start"</a></p>
        </main>
    }
}

fn join(texts: impl Iterator<Item = String>) -> String {
    texts.collect::<Vec<_>>().join(" ")
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
