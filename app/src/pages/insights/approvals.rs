//! How long people waited for approval, by week, and what became of their requests.

use super::asked::Asked;
use super::report::{card, nothing};
use crate::parts::prelude::*;
use domain::insight::window::{Week, short};
use engine::ask::insights::Insights;
use engine::ask::insights::csv::Table as File;
use engine::ask::insights::waits::Answers;
use leptos::prelude::*;

const WEEKS: &str = "Answers week by week";

/// At a glance.
pub fn glance(shown: &Insights, asked: &Asked) -> Number {
    let all = shown.answered();
    let href = shown.days.first().zip(shown.days.last());
    Number {
        label: "Usual wait for approval".into(),
        value: wait(all.waits.median()),
        note: match all.waits.ninth_tenth() {
            Some(_) => format!("nine in ten wait at most {}", wait(all.waits.ninth_tenth())),
            None => "nobody waited".into(),
        },
        href: href.map(|(first, last)| asked.events("requests", first.date, last.date)),
    }
}

/// The chart and its table.
pub fn part(shown: &Insights, asked: &Asked) -> AnyView {
    let weeks = shown.weeks();
    let all = shown.answered();
    let content = if all == Answers::default() {
        nothing("Nobody asked for approval in this time.")
    } else {
        chart(weeks, &all, asked)
    };
    let says = "Minutes from asking to the answer, by week of the answer.".to_owned();
    card("approvals", "Wait for approval", says, asked, File::Approvals, content)
}

fn chart(weeks: Vec<(Week, Answers)>, all: &Answers, asked: &Asked) -> AnyView {
    let moments = weeks.iter().map(|(week, _)| short(week.first)).collect();
    let line = |name, of: fn(&Answers) -> Option<u32>| Line {
        name,
        values: weeks.iter().map(|(_, week)| of(week).map(i64::from)).collect(),
        end: wait(weeks.iter().rev().find_map(|(_, week)| of(week))),
    };
    let half = line("half waited at most", |week| week.waits.median());
    let most = line("nine in ten waited at most", |week| week.waits.ninth_tenth());
    let rows: Vec<_> = weeks.iter().rev().map(|(week, answers)| row(week, answers, asked)).collect();
    let drawn = (all.waits.count() > 0).then(|| {
        view! {
            <LineChart id="approvals-chart" title="Wait for approval in minutes" summary=summary(all) lines=[half, most] moments />
        }
    });
    let cols = vec![
        Col::new("Week"),
        Col::new("Half").end(),
        Col::new("Nine in ten").end(),
        Col::new("Approved").end(),
        Col::new("Denied").end(),
        Col::new("Lapsed").end(),
    ];
    view! {
        {drawn}
        <p class="sm">{outcome(all)}</p>
        <Numbers>
            <Table cols caption=WEEKS>{rows}</Table>
        </Numbers>
    }
    .into_any()
}

fn summary(all: &Answers) -> String {
    format!(
        "Over the whole time half waited at most {}, nine in ten at most {}. The table below has every week.",
        wait(all.waits.median()),
        wait(all.waits.ninth_tenth())
    )
}

fn outcome(all: &Answers) -> String {
    format!(
        "{} approved, {} denied, {} lapsed without an answer.",
        plain(all.approved),
        plain(all.denied),
        plain(all.lapsed)
    )
}

fn row(week: &Week, answers: &Answers, asked: &Asked) -> AnyView {
    let href = asked.events("requests", week.first, week.last);
    let days = format!("{} to {}", short(week.first), short(week.last));
    let [half, most] = [answers.waits.median(), answers.waits.ninth_tenth()].map(wait);
    let [approved, denied, lapsed] = [answers.approved, answers.denied, answers.lapsed].map(plain);
    view! {
        <tr>
            <RowHead>
                <a href=href>{days}</a>
            </RowHead>
            <Cell label="Half" class="end num">{half}</Cell>
            <Cell label="Nine in ten" class="end num">{most}</Cell>
            <Cell label="Approved" class="end num">{approved}</Cell>
            <Cell label="Denied" class="end num">{denied}</Cell>
            <Cell label="Lapsed" class="end num">{lapsed}</Cell>
        </tr>
    }
    .into_any()
}

fn plain(n: u64) -> String {
    number(i64::try_from(n).unwrap_or(i64::MAX))
}

/// Minutes in words: "under 1 min", "49 min", "2 h 5 min".
fn wait(minutes: Option<u32>) -> String {
    match minutes {
        None => "–".to_owned(),
        Some(0) => format!("under {}", length(60)),
        Some(minutes) => length(i64::from(minutes) * 60),
    }
}
