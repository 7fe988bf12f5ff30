//! The shell of every page after sign-in: skip link, side bar, top bar, and the page itself.

use super::answers::Answers;
use super::crumbs::{Crumb, Crumbs};
use super::demo_bar::DemoBar;
use super::ending::{Ending, EndsShortly};
use super::error_summary::ErrorSummary;
use super::flash::{Flash, Message};
use super::icon::Sprite;
use super::live::{LiveNote, Region};
use super::moment::Clock;
use super::nav::{Entry, May, Side};
use super::page_head::PageHead;
use super::person::Who;
use super::top::Top;
use chrono::{DateTime, Utc};
use leptos::prelude::*;
use leptos_meta::Title;

/// Light or dark, as the person chose it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// What the reader's system says.
    #[default]
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

impl Theme {
    /// The value of `data-theme`; none for the system's.
    #[must_use]
    pub fn word(self) -> Option<&'static str> {
        match self {
            Self::System => None,
            Self::Light => Some("light"),
            Self::Dark => Some("dark"),
        }
    }
}

/// What surrounds every page of one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Who is signed in.
    pub who: Who,
    /// Which entries they may open.
    pub may: May,
    /// How many requests this very person can decide now.
    pub waiting: i64,
    /// Uses of break glass by others that nobody has reviewed.
    pub unreviewed: i64,
    /// Access reviews in which something is left that they are asked first about.
    pub reviews: i64,
    /// Alerts that nobody has acknowledged, for those who see them.
    pub alerts: i64,
    /// How many of their accesses are on.
    pub active: i64,
    /// When the next of them ends.
    pub next_end: Option<DateTime<Utc>>,
    /// Those of them that end shortly, the soonest first.
    pub ending: Vec<Ending>,
    /// Database time and the person's zone.
    pub clock: Clock,
    /// Light or dark.
    pub theme: Theme,
}

/// A page.
#[component]
pub fn Page(
    /// What surrounds it.
    frame: Frame,
    /// Title of the window: never a stranger's words, because it goes into the head of the document unescaped.
    title: &'static str,
    /// A number in the title: "Approvals (3)".
    #[prop(optional)]
    title_count: Option<i64>,
    /// The entry of the side bar it belongs to.
    #[prop(optional_no_strip)]
    current: Option<Entry>,
    /// The way to it.
    #[prop(optional)]
    crumbs: Vec<Crumb>,
    /// The heading, if it is not the title; may be a stranger's words.
    #[prop(optional, into)]
    heading: Option<String>,
    /// One line of purpose, in plain words.
    #[prop(optional, into)]
    purpose: Option<String>,
    /// Tags, key and state of the thing shown, instead of the purpose.
    #[prop(optional)]
    facts: Option<AnyView>,
    /// Buttons for the whole page.
    #[prop(optional)]
    actions: Option<AnyView>,
    /// What happened just before.
    #[prop(optional_no_strip)]
    flash: Option<Message>,
    /// The same in more than one line.
    #[prop(optional_no_strip)]
    results: Option<AnyView>,
    /// It keeps itself as it is on the server.
    #[prop(optional)]
    live: bool,
    /// What did not happen, when the page shows a refused form.
    #[prop(default = "Nothing was sent.".to_owned(), into)]
    outcome: String,
    /// What was searched for, on the results page.
    #[prop(optional, into)]
    searched: String,
    /// The content.
    children: Children,
) -> impl IntoView {
    provide_context(frame.clock);
    let theme = frame.theme.word();
    let name = frame.who.name.clone();
    let purpose = facts.or_else(|| purpose.map(|text| view! { <p>{text}</p> }.into_any()));
    // Without erasing them here, the type of a whole page is deeper than the compiler goes.
    let side = view! { <Side frame=frame.clone() current live /> }.into_any();
    let (ending, clock) = (frame.ending.clone(), frame.clock);
    let top = view! { <Top frame searched live /> }.into_any();
    let refused = !Answers::here().refusals().is_empty();
    let region = |name: &'static str| live.then_some(name);
    view! {
        <Title text=window_title(title, title_count) />
        <Sprite />
        <a class="skip" href="#main">
            "Skip to the page"
        </a>
        <div class="shell" data-theme=theme>
            {side}
            {top}
            <main class="main" id="main" tabindex="-1">
                <DemoBar name />
                <Region name=region("head")>
                    <Crumbs steps=crumbs />
                    <PageHead heading=heading.unwrap_or_else(|| title.to_owned()) purpose actions />
                </Region>
                {live.then(|| view! { <LiveNote clock typed=refused /> })}
                <ErrorSummary outcome />
                {flash.map(|message| view! { <Flash message /> })}
                {results}
                <Region name=region("body")>
                    <EndsShortly ending clock />
                    {children()}
                </Region>
            </main>
        </div>
    }
    .into_any()
}

/// "Approvals (3) · Pimento".
pub(super) fn window_title(title: &'static str, count: Option<i64>) -> String {
    match count {
        Some(count) if count > 0 => format!("{title} ({count}) · Pimento"),
        _ => format!("{title} · Pimento"),
    }
}
