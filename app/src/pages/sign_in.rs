//! Signing in, step by step. The address of where a person wanted to go travels along and is only ever one of ours.

mod enrol;
mod second;

pub use enrol::Enrol;
pub use second::{Recovery, Second};

use crate::ctx;
use crate::failure::Failure;
use crate::go::LocalPath;
use crate::pages::page;
use crate::pages::said::said;
use crate::parts::prelude::*;
use crate::shell::site;
use leptos::prelude::*;

/// `/sign-in`
#[component]
pub fn SignIn() -> impl IntoView {
    page(async {
        let site = site();
        let leads_on = wanted().is_some_and(|next| next != LocalPath::home());
        let below = site
            .demo
            .then(|| view! { <a href="/demo">"Choose somebody of the sample company"</a> }.into_any());
        Ok::<_, Failure>(view! {
            <Plain
                title="Sign in"
                heading=format!("Sign in to {}", site.organisation)
                flash=said()
                outcome="You are not signed in."
                below
            >
                {leads_on
                    .then(|| {
                        view! {
                            <p class="soft sm">
                                "You go on to the page you asked for. Opening its address decided nothing."
                            </p>
                        }
                    })}
                <Post class="stack">
                    <Next />
                    <TextField name="user_name" label="User name" autocomplete="username" required=true focus=true />
                    <TextField
                        name="password"
                        label="Password"
                        kind="password"
                        autocomplete="current-password"
                        required=true
                    />
                    <button class="btn primary">"Sign in"</button>
                </Post>
            </Plain>
        })
    })
}

/// Where the person wanted to go, if it is an address of ours.
fn wanted() -> Option<LocalPath> {
    let answers = Answers::here();
    let typed = answers.value("next").map(str::to_owned);
    LocalPath::parse(&typed.or_else(|| ctx::query("next"))?)
}

/// Takes that along in a form.
#[component]
fn Next() -> impl IntoView {
    wanted().map(|next| view! { <input type="hidden" name="next" value=next.to_string() /> })
}
