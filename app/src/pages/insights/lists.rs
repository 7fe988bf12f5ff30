//! The busiest groups, roles or people, and refusals by reason.

use super::asked::Asked;
use super::report::{called, card, nothing};
use crate::pages::people::address;
use crate::parts::prelude::*;
use chrono::{DateTime, Utc};
use engine::ask::insights::Insights;
use engine::ask::insights::activity::{Busiest, BusyPerson, BusyThing};
use engine::ask::insights::csv::Table as File;
use engine::ask::insights::refusals::Reason;
use leptos::prelude::*;

/// Where most activations were: groups and roles, or the people of one.
pub fn busiest(shown: &Insights, asked: &Asked, clock: Clock) -> AnyView {
    let (heading, says, first, bars, rows): (_, _, _, Vec<Bar>, Vec<AnyView>) = match &shown.busiest {
        Busiest::Things(things) => (
            "Busiest groups and roles",
            "At most ten, by activations.",
            "Group or role",
            things.iter().map(|row| Bar { label: called(&row.thing), value: row.times }).collect(),
            things.iter().map(|row| thing(row, asked, clock)).collect(),
        ),
        Busiest::People(people) => (
            "Who activates it most",
            "At most ten people, by activations.",
            "Who",
            people.iter().map(|row| Bar { label: row.who.name.clone(), value: row.times }).collect(),
            people.iter().map(|row| person(row, clock)).collect(),
        ),
    };
    let content = match bars.first() {
        None => nothing("Nothing was activated on these days."),
        Some(most) => {
            let times = counted(most.value, "activation", "activations");
            let summary = format!("First is {} with {times}. The table below has every number.", most.label);
            let cols = vec![Col::new(first), Col::new("Activations").end(), Col::new("Last")];
            view! {
                <RowChart id="busiest-chart" title=heading summary rows=bars />
                <Numbers>
                    <Table cols class="cards late">{rows}</Table>
                </Numbers>
            }
            .into_any()
        }
    };
    card("busiest", heading, says.to_owned(), asked, File::Busiest, content)
}

fn thing(row: &BusyThing, asked: &Asked, clock: Clock) -> AnyView {
    let kind = row.thing.kind();
    let name = view! { <bdi>{row.thing.name.clone()}</bdi> };
    let name = if row.deleted {
        view! { {name} " " <small class="muted">"deleted"</small> }.into_any()
    } else {
        view! { <a class="gname" href=asked.of_thing(&row.thing)>{name}</a> }.into_any()
    };
    let head = view! { {name} " " <RoleTag access=kind /> }.into_any();
    busy(head, row.times, row.last, clock)
}

fn person(row: &BusyPerson, clock: Clock) -> AnyView {
    let who = Who { href: Some(address(&row.who.user_name)), ..row.who.clone().into() };
    busy(view! { <Person who small=true /> }.into_any(), row.times, row.last, clock)
}

fn busy(head: AnyView, times: i64, last: DateTime<Utc>, clock: Clock) -> AnyView {
    view! {
        <tr>
            <RowHead>{head}</RowHead>
            <Cell label="Activations" class="end num">{number(times)}</Cell>
            <Cell label="Last" class="nowrap">
                <When at=last clock />
            </Cell>
        </tr>
    }
    .into_any()
}

/// Why something was refused.
pub fn refusals(shown: &Insights, asked: &Asked) -> AnyView {
    let content = match shown.refusals.first() {
        None => nothing("Nothing was refused on these days."),
        Some(most) => reasons(shown, most, asked),
    };
    let says = "What concerns access to groups and roles. One refused act may have several reasons.";
    card("refusals", "Refusals by reason", says.to_owned(), asked, File::Refusals, content)
}

fn reasons(shown: &Insights, most: &Reason, asked: &Asked) -> AnyView {
    let bars = shown.refusals.iter().take(10);
    let bars = bars.map(|reason| Bar { label: reason.words().to_owned(), value: reason.times }).collect();
    let summary = format!(
        "Most often: {}, {}. The table below has every reason.",
        most.words(),
        counted(most.times, "time", "times")
    );
    let events = shown.days.first().zip(shown.days.last());
    let href = events.map(|(first, last)| asked.events("refused", first.date, last.date));
    let rows: Vec<_> = shown.refusals.iter().map(reason_row).collect();
    let cols = vec![Col::new("Reason"), Col::new("Times").end()];
    view! {
        <RowChart id="refusals-chart" title="Refusals by reason" summary rows=bars />
        <Numbers>
            <Table cols class="">{rows}</Table>
        </Numbers>
        {href.map(|href| view! { <p class="sm"><a href=href>"See what was refused"</a></p> })}
    }
    .into_any()
}

fn reason_row(reason: &Reason) -> AnyView {
    view! {
        <tr>
            <th scope="row">{reason.words().to_owned()}</th>
            <td class="end num">{number(reason.times)}</td>
        </tr>
    }
    .into_any()
}
