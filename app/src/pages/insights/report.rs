//! The report: numbers first, then charts, each with its table and its file.

use super::asked::Asked;
use super::{activity, approvals, gaps, lists, standing, unused};
use crate::parts::prelude::*;
use domain::insight::window::Period;
use domain::target::TargetKind;
use engine::ask::insights::Insights;
use engine::ask::insights::csv::Table as File;
use engine::ask::thing::Thing;
use leptos::prelude::*;

/// Everything below the head of the page.
#[component]
pub fn Report(
    /// What was counted.
    shown: Insights,
    /// What was asked for.
    asked: Asked,
    /// The reader's clock.
    clock: Clock,
) -> impl IntoView {
    let periods = Period::ALL
        .map(|period| Tab::new(last(period), asked.with(period, asked.idle), period == asked.period));
    let numbers = vec![
        activity::glance(&shown, &asked),
        approvals::glance(&shown, &asked),
        standing::glance(&shown, &asked),
        unused::glance(&shown, &asked),
    ];
    let (now, zone) = (shown.now, shown.zone.to_string());
    let parts = [
        activity::part(&shown, &asked),
        approvals::part(&shown, &asked),
        standing::part(&shown, &asked, clock),
        unused::part(&shown, &asked, clock),
        lists::busiest(&shown, &asked, clock),
        lists::refusals(&shown, &asked),
        gaps::part(&shown, &asked),
    ];
    view! {
        <div class="stack loose mt4">
            <Segments label="Period" tabs=periods.into() />
            <Stats numbers />
            <div class="pair">{parts.into_iter().collect::<Vec<_>>()}</div>
            <p class="sm muted">"Counted " <When at=now clock form=Form::Full /> ", days in " {zone} "."</p>
        </div>
    }
    .into_any()
}

fn last(period: Period) -> String {
    format!("Last {}", counted(i64::from(period.days()), "day", "days"))
}

/// A card of the report with its heading, what it is about, and its file.
pub(super) fn card(
    id: &'static str,
    heading: &'static str,
    says: String,
    asked: &Asked,
    file: File,
    content: AnyView,
) -> AnyView {
    let href = asked.file(file);
    let label = format!("{heading} as CSV");
    view! {
        <section class="card pad stack" id=id aria-labelledby=format!("{id}-heading")>
            <div class="row apart">
                <div>
                    <h2 id=format!("{id}-heading")>{heading}</h2>
                    <p class="sm muted">{says}</p>
                </div>
                <a class="btn small" href=href aria-label=label>
                    <Icon name=Glyph::Download />
                    "CSV"
                </a>
            </div>
            {content}
        </section>
    }
    .into_any()
}

/// A thing in a chart, where no tag says what is held of it: membership goes without saying.
pub(super) fn called(thing: &Thing) -> String {
    match thing.kind() {
        TargetKind::Owner => format!("{}, owner", thing.name),
        TargetKind::Member | TargetKind::Role => thing.name.clone(),
    }
}

/// In place of a chart that would be empty.
pub(super) fn nothing(text: &'static str) -> AnyView {
    view! { <p class="muted">{text}</p> }.into_any()
}
