//! Standing access against just-in-time access.

use super::asked::Asked;
use super::report::{card, nothing};
use crate::parts::prelude::*;
use chrono::{DateTime, Utc};
use engine::ask::insights::Insights;
use engine::ask::insights::csv::Table as File;
use engine::ask::insights::holders::Count;
use leptos::prelude::*;

/// At a glance.
pub fn glance(shown: &Insights, asked: &Asked) -> Number {
    let last = shown.holders.last();
    Number {
        label: "People with standing access".into(),
        value: last.map_or_else(|| "–".into(), |count| number(count.standing)),
        note: match last.and_then(Count::share) {
            Some(share) => format!("{share} % of people have just-in-time access only"),
            None => "nobody holds anything".into(),
        },
        href: assignments(asked, "active"),
    }
}

/// Where the assignments of this kind stand; over everything there is no such page.
fn assignments(asked: &Asked, kind: &str) -> Option<String> {
    asked.place().map(|place| format!("{place}/assignments?kind={kind}"))
}

/// The chart and its table.
pub fn part(shown: &Insights, asked: &Asked, clock: Clock) -> AnyView {
    let says = match asked.place() {
        Some(_) => "People who hold it directly, on Mondays at 00:00 UTC and now.".to_owned(),
        None => match shown.holders.last() {
            Some(count) => format!(
                "People who hold something directly, on Mondays at 00:00 UTC and last counted {}.",
                clock.at(count.at)
            ),
            None => "People who hold something directly.".to_owned(),
        },
    };
    let content = match shown.holders.last() {
        None => nothing("The first count is not made yet. The worker makes it, and again and again."),
        Some(last) => chart(shown, *last, asked, clock),
    };
    card("standing", "Standing and just-in-time access", says, asked, File::Standing, content)
}

fn chart(shown: &Insights, last: Count, asked: &Asked, clock: Clock) -> AnyView {
    let counts = &shown.holders;
    let line = |name, end, of: fn(&Count) -> i64| Line {
        name,
        values: counts.iter().map(|count| Some(of(count))).collect(),
        end: format!("{} {end}", number(of(&last))),
    };
    let lines = [
        line("just-in-time only", "just-in-time", |count| count.eligible),
        line("standing, always on", "standing", |count| count.standing),
    ];
    let moments = counts.iter().map(|count| day(count.at, last, clock)).collect();
    let rows: Vec<_> = counts.iter().rev().map(|count| row(*count, last, asked, clock)).collect();
    let cols = vec![
        Col::new("At"),
        Col::new("Standing").end(),
        Col::new("Just-in-time only").end(),
        Col::new("Share").end(),
    ];
    view! {
        <LineChart id="standing-chart" title="People with standing and with just-in-time access" summary=summary(counts) lines moments />
        <Numbers>
            <Table cols class="">{rows}</Table>
        </Numbers>
    }
    .into_any()
}

fn summary(counts: &[Count]) -> String {
    let share =
        |count: &Count| count.share().map_or_else(|| "nobody".to_owned(), |share| format!("{share} %"));
    match (counts.first(), counts.last()) {
        (Some(first), Some(last)) => format!(
            "Standing went from {} to {} people, just-in-time only from {} to {}; its share from {} to {}. The table below has every count.",
            first.standing,
            last.standing,
            first.eligible,
            last.eligible,
            share(first),
            share(last)
        ),
        _ => String::new(),
    }
}

/// A Monday is one in UTC, wherever the reader is.
fn day(at: DateTime<Utc>, last: Count, clock: Clock) -> String {
    if at == last.at { clock.short(at) } else { domain::insight::window::short(at.date_naive()) }
}

fn row(count: Count, last: Count, asked: &Asked, clock: Clock) -> AnyView {
    let now = count.at == last.at;
    let linked = |n: i64, kind: &str| {
        let words = number(n);
        match assignments(asked, kind).filter(|_| now) {
            Some(href) => view! { <a href=href>{words}</a> }.into_any(),
            None => words.into_any(),
        }
    };
    let share = count.share().map_or_else(|| "–".to_owned(), |share| format!("{share} %"));
    view! {
        <tr>
            <th scope="row">{day(count.at, last, clock)}</th>
            <td class="end num">{linked(count.standing, "active")}</td>
            <td class="end num">{linked(count.eligible, "eligible")}</td>
            <td class="end num">{share}</td>
        </tr>
    }
    .into_any()
}
