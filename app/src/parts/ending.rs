//! The last call before an access ends, on every page: what ends, when exactly, and the two things that can be done.

use super::actions::Of;
use super::badge::Tone;
use super::flash::Notice;
use super::moment::Clock;
use super::when::When;
use crate::islands::words::length;
use chrono::{DateTime, Utc};
use domain::target::TargetKind;
use leptos::prelude::*;

/// An access of the reader's own that ends shortly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ending {
    /// The id of the assignment, as its pages are addressed.
    pub assignment: String,
    /// The group or role: a stranger's words.
    pub name: String,
    /// Member or owner of it, or the role.
    pub kind: TargetKind,
    /// When it ends.
    pub ends: DateTime<Utc>,
}

/// How many are named; My access has the others.
const NAMED: usize = 3;

/// Everything of the reader's own that ends shortly; nothing if nothing does.
#[component]
pub fn EndsShortly(
    /// The soonest end first.
    ending: Vec<Ending>,
    /// The reader's clock.
    clock: Clock,
) -> impl IntoView {
    let more = ending.len().saturating_sub(NAMED);
    (!ending.is_empty()).then(|| {
        let lines: Vec<_> =
            ending.into_iter().take(NAMED).map(|ending| view! { <Line ending clock /> }).collect();
        let more = (more > 0).then(|| {
            view! { <p><a href="/access">{format!("and {more} more")}</a></p> }
        });
        view! { <Notice tone=Tone::Wait>{lines} {more}</Notice> }
    })
}

#[component]
fn Line(ending: Ending, clock: Clock) -> impl IntoView {
    let Ending { assignment, name, kind, ends } = ending;
    let role = (kind == TargetKind::Owner).then_some(", as owner,");
    let left = format!(", in {}", length((ends - clock.now).num_seconds()));
    view! {
        <p>
            <strong>
                <bdi>{name.clone()}</bdi>
            </strong>
            {role}
            " ends at "
            <When at=ends clock />
            <span data-now="">{left}</span>
            ". "
            <a href=format!("/access/{assignment}/extend")>
                "Extend" <Of name=name.clone() />
            </a>
            " · "
            <a href=format!("/access/{assignment}/deactivate")>
                "Finish now" <Of name />
            </a>
        </p>
    }
}
