//! What would come, or came, of each line.

use crate::parts::prelude::*;
use domain::assignment::Kind;
use domain::span::Span;
use engine::bulk::report::{Report, Row};
use leptos::prelude::*;

/// The counts, and one row for each line.
#[component]
pub fn Told(
    /// What.
    report: Report,
    /// The reader's clock.
    clock: Clock,
    /// Whether it has happened.
    done: bool,
) -> impl IntoView {
    let heading = if done { "What came of each line" } else { "What would happen" };
    let says = says(&report, done);
    let rows: Vec<_> = report.rows.into_iter().map(|row| view! { <Line row clock done /> }).collect();
    let cols = ["Line", "Who", "What", "Kind", "Outcome"].map(Col::new).into();
    view! {
        <section class="stack" aria-labelledby="report">
            <SectionHead id="report" heading says />
            <div class="card">
                <Table cols>{rows}</Table>
            </div>
        </section>
    }
}

/// "7 assigned, 2 refused."
fn says(report: &Report, done: bool) -> String {
    let would = if done { "" } else { "would be " };
    match (report.given(), report.refused()) {
        (given, 0) => format!("{given} {would}assigned, none refused."),
        (given, refused) => format!("{given} {would}assigned, {refused} refused."),
    }
}

#[component]
fn Line(row: Row, clock: Clock, done: bool) -> impl IntoView {
    let named =
        |name: &str, written: &str| if name.is_empty() { written.to_owned() } else { name.to_owned() };
    let small = |name: &str, written: &str| (!name.is_empty()).then(|| written.to_owned());
    let (who, thing) = (named(&row.name, &row.who), named(&row.thing, &row.what));
    let (who_as, thing_as) = (small(&row.name, &row.who), small(&row.thing, &row.what));
    let kind = match row.kind {
        Some(Kind::Eligible) => "Eligible",
        Some(Kind::Active) => "Active",
        None => "–",
    };
    let outcome = match row.result {
        Ok(span) => view! {
            <Mark tone=Tone::Ok glyph=Glyph::Check text=if done { "Assigned" } else { "Passes" } />
            " "
            <span>{window(span, clock)}</span>
        }
        .into_any(),
        Err(refusals) => {
            let why: Vec<_> = refusals
                .into_iter()
                .map(|refusal| {
                    let cell = cell(refusal.field.as_deref());
                    view! { " " {cell} <Sentence text=refusal.text /> <NextStep way_on=refusal.way_on /> }
                })
                .collect();
            view! {
                <Mark tone=Tone::Bad glyph=Glyph::Stop text="Refused" />
                <span>{why}</span>
            }
            .into_any()
        }
    };
    view! {
        <tr>
            <Cell label="Line" class="num">
                {row.number}
            </Cell>
            <RowHead>
                <bdi>{who}</bdi>
                {who_as
                    .map(|as_written| {
                        view! {
                            <small>
                                <bdi>{as_written}</bdi>
                            </small>
                        }
                    })}
            </RowHead>
            <Cell label="What">
                <bdi>{thing}</bdi>
                {thing_as.map(|as_written| view! { <small class="muted">" " <bdi>{as_written}</bdi></small> })}
            </Cell>
            <Cell label="Kind">{kind}</Cell>
            <Cell label="Outcome">{outcome}</Cell>
        </tr>
    }
}

/// Of which cell a refusal speaks; beside a field it would stand there.
fn cell(field: Option<&str>) -> Option<&'static str> {
    match field {
        Some("reason") => Some("Justification: "),
        Some("start") => Some("From: "),
        Some("end") => Some("Until: "),
        _ => None,
    }
}

/// "until Thu 31 Dec 2026, 18:00 CET", with the start where it lies ahead.
fn window(span: Span, clock: Clock) -> String {
    let until = match span.end {
        Some(end) => format!("until {}", clock.full(end)),
        None => "without end".to_owned(),
    };
    if span.start > clock.now { format!("from {} {until}", clock.full(span.start)) } else { until }
}
