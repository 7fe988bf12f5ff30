//! A page that keeps itself as it is on the server: the notes it shows, and the regions that are exchanged. The loader does
//! it (`crates/xtask/src/live.js`); without scripts nothing of this shows, and nothing is missing.

use super::moment::Clock;
use crate::ctx::{self, Mark};
use leptos::prelude::*;

/// The notes of a live page, each hidden until it holds.
#[component]
pub fn LiveNote(
    /// The reader's clock.
    clock: Clock,
    /// The page shows what was typed before: it is never exchanged by itself.
    typed: bool,
) -> impl IntoView {
    let Mark(mark) = ctx::known().unwrap_or_default();
    let (here, after_sign_in) = (ctx::known_path(), ctx::known_path());
    view! {
        <div class="live-note" data-live-note="" data-since=mark data-typed=typed.then_some("")>
            // the frame of what is said is there from the beginning: screen readers follow only such
            <div role="status">
                <p data-say="changed" hidden>
                    <strong>"This page changed."</strong>
                    " "
                    <a href=here>"Show what is so now"</a>
                </p>
                <p data-say="lost" hidden>
                    <strong>"Not live: last looked at " <span data-looked="">{clock.at(clock.now)}</span> "."</strong>
                    " It goes on trying."
                </p>
                <p data-say="over" hidden>
                    <strong>"You are signed out."</strong>
                    " "
                    <a href=after_sign_in>"Sign in again"</a>
                </p>
            </div>
            <p class="vh" role="status" data-renewed="The page was brought up to date."></p>
        </div>
    }
}

/// A part of the page that is exchanged as a whole when it reads differently. What carries `data-now` in it changes with
/// the time alone and does not count.
#[component]
pub fn Region(
    /// Its name, if the page is live.
    name: Option<&'static str>,
    /// What it holds.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="region" data-live=name>
            {children()}
        </div>
    }
}
