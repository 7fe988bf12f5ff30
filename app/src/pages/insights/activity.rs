//! Activations per day.

use super::asked::Asked;
use super::report::{card, nothing};
use crate::parts::prelude::*;
use domain::insight::window::{Day, short};
use engine::ask::insights::Insights;
use engine::ask::insights::csv::Table as File;
use leptos::prelude::*;

/// At a glance.
pub fn glance(shown: &Insights, asked: &Asked) -> Number {
    let days = shown.activations.iter().filter(|times| **times > 0).count();
    Number {
        label: "Activations".into(),
        value: number(shown.activated()),
        note: format!("on {}", counted(i64::try_from(days).unwrap_or(i64::MAX), "day", "days")),
        href: events(shown, asked),
    }
}

/// What was counted over all days.
fn events(shown: &Insights, asked: &Asked) -> Option<String> {
    let (first, last) = (shown.days.first()?, shown.days.last()?);
    Some(asked.events("access", first.date, last.date))
}

/// The chart and its table.
pub fn part(shown: &Insights, asked: &Asked) -> AnyView {
    let content = if shown.activated() == 0 {
        nothing("Nothing was activated on these days.")
    } else {
        chart(shown, asked)
    };
    let says = "A day is one of your zone. Extending an activation is not counted again.".to_owned();
    card("activations", "Activations per day", says, asked, File::Activations, content)
}

fn chart(shown: &Insights, asked: &Asked) -> AnyView {
    let days: Vec<(Day, i64)> = shown.days.iter().copied().zip(shown.activations.iter().copied()).collect();
    let bars = days.iter().map(|(day, times)| Bar { label: short(day.date), value: *times }).collect();
    let rows: Vec<_> = days.iter().rev().map(|(day, times)| row(*day, *times, asked)).collect();
    view! {
        <BarChart id="activations-chart" title="Activations per day" summary=summary(&days) bars />
        <Numbers>
            <Table cols=vec![Col::new("Day"), Col::new("Activations").end()] class="">
                {rows}
            </Table>
        </Numbers>
    }
    .into_any()
}

fn summary(days: &[(Day, i64)]) -> String {
    let all: i64 = days.iter().map(|(_, times)| times).sum();
    let most = days.iter().max_by_key(|(_, times)| *times);
    match (days.first(), days.last(), most) {
        (Some((first, _)), Some((last, _)), Some((day, most))) => format!(
            "From {} to {}: {}, at most {} on one day, {}. The table below has every day.",
            short(first.date),
            short(last.date),
            counted(all, "activation", "activations"),
            number(*most),
            short(day.date)
        ),
        _ => String::new(),
    }
}

fn row(day: Day, times: i64, asked: &Asked) -> AnyView {
    let href = asked.events("access", day.date, day.date);
    view! {
        <tr>
            <th scope="row">
                <a href=href>{day.date.format("%a ").to_string()} {short(day.date)}</a>
            </th>
            <td class="end num">{number(times)}</td>
        </tr>
    }
    .into_any()
}
