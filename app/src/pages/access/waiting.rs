//! What was asked for and is not on yet: it waits for approval, or for its start.

use super::{ThingTitle, who_decides};
use crate::parts::prelude::*;
use domain::text::Text;
use engine::ask::my_access::{self, Planned};
use engine::db::requests;
use leptos::prelude::*;

/// Everything that waits.
#[component]
pub fn Waiting(
    /// For approval, oldest first.
    waiting: Vec<my_access::Waiting>,
    /// For its start, soonest first.
    planned: Vec<Planned>,
    /// The reader's clock.
    clock: Clock,
) -> impl IntoView {
    let count = i64::try_from(waiting.len() + planned.len()).unwrap_or(i64::MAX);
    let waiting: Vec<_> = waiting.into_iter().map(waits).collect();
    let planned: Vec<_> = planned.into_iter().map(|row| starts_later(row, clock)).collect();
    view! {
        <section class="section" aria-labelledby="h-wait">
            <SectionHead id="h-wait" heading="Waiting" count />
            <div class="card">
                <ul class="wait-list">{waiting} {planned}</ul>
            </div>
        </section>
    }
}

fn waits(row: my_access::Waiting) -> impl IntoView {
    let length = row.length.words();
    let asked = match (row.extends, row.start) {
        (true, _) => Text::say(format!("More time: {length}, counted from the approval")),
        (false, Some(start)) => Text::say(format!("{length} from ")).at(start),
        (false, None) => Text::say(format!("{length}, counted from the approval")),
    };
    let so_far = match row.approved_by.len() {
        0 => Text::default(),
        given => {
            let approved =
                Text::say(format!("{given} of {} approvals: ", row.needed)).names(&row.approved_by);
            approved.then(". ")
        }
    };
    let when = match row.asked_by {
        None => Text::say(" Asked "),
        Some(filer) => Text::say(" Asked by ").name(filer).then(" for you "),
    };
    let when = when.at(row.asked).then("; lapses ").at(row.lapses).then(".");
    let name = row.thing.name.clone();
    view! {
        <li>
            <div>
                <ThingTitle thing=row.thing />
                <p>
                    <Sentence text=asked />
                </p>
            </div>
            <div>
                <p>
                    <Badge state=State::Waiting />
                </p>
                <p class="mt2">
                    <Sentence text=so_far />
                    <Sentence text=who_decides(&row.deciders, row.needed) />
                    <Sentence text=when />
                </p>
            </div>
            <Buttons number=row.number name />
        </li>
    }
}

fn starts_later(row: Planned, clock: Clock) -> impl IntoView {
    let ends = row.span.end.unwrap_or(row.span.start);
    let window = Text::say("Starts ").at(row.span.start).then(", ends ").at(ends).then(".");
    let approved = match row.approved_by.as_slice() {
        [] => Text::default(),
        names => Text::say(" Approved by ").names(names).then("."),
    };
    let late = row.span.start <= clock.now;
    let name = row.thing.name.clone();
    view! {
        <li>
            <div>
                <ThingTitle thing=row.thing />
                {(!row.reason.is_empty()).then(|| view! { <p><Quote text=row.reason /></p> })}
            </div>
            <div>
                <p>
                    <Badge state=State::StartsLater />
                </p>
                <p class="mt2">
                    <Sentence text=window />
                    <Sentence text=approved />
                    {late.then_some(" It is late; Pimento keeps trying.")}
                </p>
            </div>
            <Buttons number=row.number name />
        </li>
    }
}

#[component]
fn Buttons(number: i64, name: String) -> impl IntoView {
    let request = format!("/requests/{}", requests::name(number));
    view! {
        <div class="row">
            <a class="btn small quiet" href=request.clone()>
                "Details" <Of name=name.clone() />
            </a>
            <a class="btn small" href=format!("{request}/cancel")>
                "Cancel request" <Of name />
            </a>
        </div>
    }
}
