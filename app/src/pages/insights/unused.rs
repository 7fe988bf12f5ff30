//! Eligibilities that nobody uses: candidates to remove.

use super::asked::Asked;
use super::report::{called, card, nothing};
use crate::parts::prelude::*;
use domain::insight::idle::Idle;
use domain::target::TargetKind;
use engine::ask::insights::Insights;
use engine::ask::insights::csv::Table as File;
use engine::ask::insights::unused::{Holder, Rows, UnusedOf};
use engine::ask::thing::Place;
use leptos::prelude::*;

/// At a glance.
pub fn glance(shown: &Insights, asked: &Asked) -> Number {
    let unused = &shown.unused;
    Number {
        label: format!("Eligible, not used for {}", days(asked.idle)),
        value: unused.eligible.map_or_else(|| "–".into(), |_| number(unused.unused)),
        note: match unused.eligible {
            Some(eligible) => format!("of {}", counted(eligible, "eligibility", "eligibilities")),
            None => "not counted yet".into(),
        },
        href: Some("#unused".into()),
    }
}

fn days(idle: Idle) -> String {
    counted(i64::from(idle.days()), "day", "days")
}

/// The list, and over everything a chart of it.
pub fn part(shown: &Insights, asked: &Asked, clock: Clock) -> AnyView {
    let tabs = Idle::ALL.map(|idle| {
        let href = format!("{}#unused", asked.with(asked.period, idle));
        Tab::new(days(idle), href, idle == asked.idle)
    });
    let list = match &shown.unused.rows {
        _ if shown.unused.eligible.is_none() => {
            nothing("The first count is not made yet. The worker makes it, and again and again.")
        }
        _ if shown.unused.unused == 0 => nothing("Everything was used, or is newer than that."),
        Rows::Things(rows) => things(rows, asked),
        Rows::Holders(rows) => holders(rows, shown, asked, clock),
    };
    let content = view! {
        <Segments label="Not used for" tabs=tabs.into() />
        {list}
    }
    .into_any();
    let says = "Candidates to remove: eligible for at least that long, and not activated since.".to_owned();
    card("unused", "Eligible but not used", says, asked, File::Unused, content)
}

fn things(rows: &[UnusedOf], asked: &Asked) -> AnyView {
    let shown = rows.iter().take(10);
    let bars = shown.map(|row| Bar { label: called(&row.thing), value: row.unused }).collect();
    let summary = rows.first().map(|row| {
        let unused = counted(row.unused, "unused eligibility", "unused eligibilities");
        format!("Most are in {}: {unused}. The table below has every number.", row.thing.name)
    });
    let lines: Vec<_> = rows.iter().map(|row| thing(row, asked)).collect();
    let cols = vec![Col::new("Group or role"), Col::new("Kind"), Col::new("Unused").end()];
    view! {
        <RowChart id="unused-chart" title="Unused eligibilities" summary=summary.unwrap_or_default() rows=bars />
        <Numbers>
            <Table cols class="cards late">{lines}</Table>
        </Numbers>
    }
    .into_any()
}

fn thing(row: &UnusedOf, asked: &Asked) -> AnyView {
    let href = format!("{}#unused", asked.of_thing(&row.thing));
    let (name, kind) = (row.thing.name.clone(), row.thing.kind());
    let [unused, eligible] = [row.unused, row.eligible].map(number);
    view! {
        <tr>
            <RowHead>
                <GroupName name href=Some(href) />
            </RowHead>
            <Cell label="Kind">
                <RoleTag access=kind />
            </Cell>
            <Cell label="Unused" class="end num">
                {unused} " of " {eligible}
            </Cell>
        </tr>
    }
    .into_any()
}

fn holders(rows: &[Holder], shown: &Insights, asked: &Asked, clock: Clock) -> AnyView {
    let unused = &shown.unused;
    let bars = vec![
        Bar { label: "Not used".into(), value: unused.unused },
        Bar { label: "Used, or new".into(), value: unused.eligible.unwrap_or_default() - unused.unused },
    ];
    let all = counted(unused.eligible.unwrap_or_default(), "eligibility was", "eligibilities were");
    let summary = format!("{} of {all} not used for {}.", unused.unused, days(asked.idle));
    let lines: Vec<_> = rows.iter().map(|row| holder(row, shown, asked, clock)).collect();
    let more = unused.unused - i64::try_from(rows.len()).unwrap_or(i64::MAX);
    let cols = ["Who", "Kind", "Eligible since", "Last used", "Unused for"].map(Col::new).into();
    view! {
        <RowChart id="unused-chart" title="Used and unused eligibilities" summary rows=bars />
        <Table cols class="cards late">{lines}</Table>
        {(more > 0).then(|| {
            view! { <p class="sm muted">{format!("{} more are in the file.", number(more))}</p> }
        })}
    }
    .into_any()
}

fn holder(row: &Holder, shown: &Insights, asked: &Asked, clock: Clock) -> AnyView {
    let href = asked.place().map(|place| assignment(place, row));
    let who = if row.is_group {
        view! { <GroupAsPerson name=row.name.clone() note=row.handle.clone() href small=true /> }.into_any()
    } else {
        let who = Who { name: row.name.clone(), user_name: row.handle.clone(), href, ..Who::default() };
        view! { <Person who small=true /> }.into_any()
    };
    let last = match row.last_used {
        Some(at) => view! { <When at clock form=Form::Day /> }.into_any(),
        None => view! { <span class="muted">"never"</span> }.into_any(),
    };
    let (since, idle) = (row.since, counted(row.idle_days(shown.now), "day", "days"));
    let kind = TargetKind::parse(&row.access).unwrap_or(TargetKind::Member);
    view! {
        <tr>
            <RowHead>{who}</RowHead>
            <Cell label="Kind">
                <RoleTag access=kind />
            </Cell>
            <Cell label="Eligible since" class="nowrap">
                <When at=since clock form=Form::Day />
            </Cell>
            <Cell label="Last used" class="nowrap">{last}</Cell>
            <Cell label="Unused for" class="nowrap num">{idle}</Cell>
        </tr>
    }
    .into_any()
}

/// The eligibility in the list where it can be removed.
fn assignment(place: &Place, row: &Holder) -> String {
    let name = form_urlencoded::byte_serialize(row.handle.as_bytes()).collect::<String>();
    format!("{place}/assignments?kind=eligible&name={name}")
}
