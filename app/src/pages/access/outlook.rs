//! What will happen, beside the form: when it is on, who decides, what is written down.

use super::{are_away, later_too};
use crate::islands::ends_at::EndsAt;
use crate::parts::prelude::*;
use domain::duration::Minutes;
use domain::policy::ActivationRules;
use domain::text::Text;
use engine::ask::deciders::{Away, Later};
use engine::ask::who::Who as Known;
use leptos::prelude::*;

/// The panel.
#[component]
pub fn Outlook(
    /// The demands.
    rules: ActivationRules,
    /// Who can approve.
    deciders: Vec<Known>,
    /// Of them, who is away.
    away: Vec<Away>,
    /// Who could later too.
    later: Option<Later>,
    /// Whom it is asked for, when that is not the reader.
    #[prop(optional_no_strip)]
    asked_for: Option<String>,
    /// The reader's clock.
    clock: Clock,
) -> impl IntoView {
    let on = match &rules.approval {
        None => view! { <OnAtOnce max=rules.max clock /> }.into_any(),
        Some(rule) => {
            let lapses = clock.now + rule.wait.delta();
            view! { <OnAfterApproval lapses clock /> }.into_any()
        }
    };
    let written = match asked_for {
        None => Text::say("Your name, this group, the time, your justification and ticket."),
        Some(name) => {
            let text = Text::say("That you asked for ").name(name);
            text.then(": both names, the time, your justification and ticket. Neither of you decides on it.")
        }
    };
    view! {
        <aside class="sticky card pad sum" aria-label="What will happen">
            {on}
            {(!deciders.is_empty()).then(|| view! { <Decide deciders /> })}
            {(!away.is_empty()).then(|| view! { <p class="sm soft"><Sentence text=are_away(&away) /></p> })}
            {later.map(|later| view! { <p class="sm soft"><Sentence text=later_too(&later) /></p> })}
            <div>
                <h3>"What is written down"</h3>
                <p class="sm soft">
                    <Sentence text=written />
                </p>
            </div>
        </aside>
    }
}

/// Room for the longest way ahead that a start may lie, and for a change of the clocks after it.
const AHEAD: chrono::TimeDelta = chrono::TimeDelta::days(32);

#[component]
fn OnAtOnce(max: Minutes, clock: Clock) -> impl IntoView {
    view! {
        <div>
            <h3>"When it is on"</h3>
            <p class="big">"At once, or from the start you choose"</p>
            <EndsAt now=clock.now.timestamp() max=max.0 zone=clock.shifts(clock.now + AHEAD) />
            <p class="sm soft">"It ends by itself at the end your choice says. You can give it back before."</p>
        </div>
    }
}

#[component]
fn OnAfterApproval(lapses: chrono::DateTime<chrono::Utc>, clock: Clock) -> impl IntoView {
    view! {
        <div>
            <h3>"When it is on"</h3>
            <p class="big">"From the approval"</p>
            <p class="sm soft">
                "The whole time counts from the approval, so a slow answer does not use it up. Without an answer the request lapses on "
                <When at=lapses clock /> "."
            </p>
        </div>
    }
}

#[component]
fn Decide(deciders: Vec<Known>) -> impl IntoView {
    let more = deciders.len().saturating_sub(5);
    let people: Vec<_> = deciders
        .into_iter()
        .take(5)
        .map(|who| view! { <li><Person who=who.into() small=true /></li> })
        .collect();
    let more = (more > 0).then(|| Text::say(format!("and {more} more")));
    view! {
        <div>
            <h3>"Who can approve"</h3>
            <ul class="sm">{people} {more.map(|text| view! { <li><Sentence text /></li> })}</ul>
        </div>
    }
}
