//! A person's own access.

pub mod activate;
mod again;
mod applications;
mod break_glass;
mod choices;
pub mod confirm;
mod deactivate;
mod eligible;
mod extend;
pub mod favourite;
mod home;
pub mod outlook;
mod renewal;
pub mod results;
mod running;
pub mod said;
mod several;
mod waiting;

pub use applications::InApplications;

use crate::pages::frame::around;
use crate::parts::prelude::*;
use domain::ids::AssignmentId;
use domain::text::Text;
use engine::ask::deciders::{Away, Later};
use engine::ask::thing::Thing;
use engine::ask::who::Who as Known;
use leptos::prelude::*;
use leptos_router::components::Route;
use leptos_router::{MatchNestedRoutes, SsrMode, path};

/// The pages of this area.
#[component(transparent)]
pub fn AccessRoutes() -> impl MatchNestedRoutes + Clone {
    view! {
        <Route path=path!("/access") view=home::MyAccess ssr=SsrMode::Async />
        <Route path=path!("/access/activate") view=activate::Activate ssr=SsrMode::Async />
        <Route path=path!("/access/activate-several") view=several::ActivateSeveral ssr=SsrMode::Async />
        <Route path=path!("/access/several") view=results::Results ssr=SsrMode::Async />
        <Route path=path!("/access/break-glass") view=break_glass::BreakGlass ssr=SsrMode::Async />
        <Route path=path!("/access/:assignment/extend") view=extend::Extend ssr=SsrMode::Async />
        <Route path=path!("/access/:assignment/renew") view=renewal::Renew ssr=SsrMode::Async />
        <Route path=path!("/access/:assignment/deactivate") view=deactivate::Deactivate ssr=SsrMode::Async />
    }
    .into_inner()
}

/// The frame of a form about something that is on: it is not called to mind on its own form.
fn about(frame: engine::ask::frame::Frame, assignment: AssignmentId) -> Frame {
    let mut frame = frame;
    frame.ending.retain(|on| on.assignment != assignment);
    around(frame)
}

/// A group with the kind of access, or a role, linked to its page.
#[component]
pub fn ThingTitle(
    /// What it is.
    thing: Thing,
    /// Its page is not open to the reader: no link leads there.
    #[prop(optional)]
    closed: bool,
    /// Badges behind it.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let href = (!closed).then(|| group_page(&thing));
    let kind = thing.kind();
    view! {
        <div class="title">
            <GroupName name=thing.name href />
            <RoleTag access=kind />
            {children.map(|children| children())}
        </div>
    }
}

/// The address of the page of the group or role.
pub fn group_page(thing: &Thing) -> String {
    thing.place().to_string()
}

/// The address of the form that switches this on.
pub fn activate_page(thing: &Thing) -> String {
    format!("/access/activate?pick={}", thing.pick())
}

/// "From 14:00 Jonas Berg can decide too."
pub fn later_too(later: &Later) -> Text {
    let names: Vec<String> = later.who.iter().map(|who| who.name.clone()).collect();
    Text::say("From ").at(later.from).then(" ").names(&names).then(" can decide too.")
}

/// "Ben Lindqvist is away until 4 Dec, 09:00; Cleo Marsh decides in his place.", one sentence for each.
pub fn are_away(away: &[Away]) -> Text {
    away.iter().fold(Text::default(), |text, one| {
        let text = text.name(&one.who.name).then(" is away until ").at(one.until);
        match &one.stand_in {
            Some(who) => text.then("; ").name(&who.name).then(" decides instead. "),
            None => text.then(". "),
        }
    })
}

/// "One of Ben and Cleo decides.": who can approve, and how many of them must.
pub fn who_decides(deciders: &[Known], needed: usize) -> Text {
    let names: Vec<String> = deciders.iter().map(|who| who.name.clone()).collect();
    match (names.len(), needed) {
        (0, _) => Text::say("Nobody can decide at this moment."),
        (1, 0 | 1) => Text::default().names(&names).then(" decides."),
        (_, 0 | 1) => Text::say("One of ").names(&names).then(" decides."),
        (_, needed) => Text::say(format!("{needed} of ")).names(&names).then(" decide."),
    }
}
