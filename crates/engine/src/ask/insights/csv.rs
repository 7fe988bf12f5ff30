//! Each table of the report for a spreadsheet: names beside keys, no formula.

use super::activity::Busiest;
use super::unused::Rows;
use super::{Asked, Insights, Limit, Scope, insights};
use crate::spreadsheet::line;
use crate::{Ctx, Engine, Result};
use chrono::{DateTime, Utc};

/// Which table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Table {
    /// Activations per day.
    Activations,
    /// The busiest groups or people.
    Busiest,
    /// Approval times per day.
    Approvals,
    /// Refusals by reason.
    Refusals,
    /// Standing against just-in-time access.
    Standing,
    /// Unused eligibilities.
    Unused,
    /// Where nobody can approve.
    Gaps,
}

impl Table {
    /// All, in the order of the page.
    pub const ALL: [Table; 7] = [
        Table::Activations,
        Table::Approvals,
        Table::Standing,
        Table::Unused,
        Table::Busiest,
        Table::Refusals,
        Table::Gaps,
    ];

    /// The word in addresses and names of files.
    pub const fn wire(self) -> &'static str {
        match self {
            Table::Activations => "activations",
            Table::Busiest => "busiest",
            Table::Approvals => "approvals",
            Table::Refusals => "refusals",
            Table::Standing => "standing",
            Table::Unused => "unused",
            Table::Gaps => "gaps",
        }
    }

    /// From the word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|table| table.wire() == word)
    }
}

/// The file for whoever may read the report, and the database's time of it.
///
/// # Errors
/// Unknown or not for this person, alike.
pub async fn csv(
    engine: &Engine,
    ctx: &Ctx,
    scope: &Scope,
    asked: Asked,
    table: Table,
) -> Result<(String, DateTime<Utc>)> {
    let report = insights(engine, ctx, scope, Asked { limit: Limit::File, ..asked }).await?;
    Ok((write(&report, table), report.now))
}

fn write(report: &Insights, table: Table) -> String {
    let (headings, rows) = match table {
        Table::Activations => activations(report),
        Table::Busiest => busiest(report),
        Table::Approvals => approvals(report),
        Table::Refusals => refusals(report),
        Table::Standing => standing(report),
        Table::Unused => unused(report),
        Table::Gaps => gaps(report),
    };
    let headings: Vec<String> = headings.iter().map(|heading| (*heading).to_owned()).collect();
    std::iter::once(headings).chain(rows).map(|cells| line(&cells)).collect()
}

type Sheet = (&'static [&'static str], Vec<Vec<String>>);

fn activations(report: &Insights) -> Sheet {
    let rows = report.days.iter().zip(&report.activations);
    let rows =
        rows.map(|(day, times)| vec![day.date.to_string(), report.zone.to_string(), times.to_string()]);
    (&["day", "time_zone", "activations"], rows.collect())
}

fn approvals(report: &Insights) -> Sheet {
    let or_empty = |minutes: Option<u32>| minutes.map(|minutes| minutes.to_string()).unwrap_or_default();
    let rows = report.weeks().into_iter().map(|(week, answers)| {
        vec![
            week.first.to_string(),
            week.last.to_string(),
            report.zone.to_string(),
            or_empty(answers.waits.median()),
            or_empty(answers.waits.ninth_tenth()),
            answers.approved.to_string(),
            answers.denied.to_string(),
            answers.lapsed.to_string(),
        ]
    });
    (
        &[
            "first_day",
            "last_day",
            "time_zone",
            "median_minutes",
            "ninth_tenth_minutes",
            "approved",
            "denied",
            "lapsed",
        ],
        rows.collect(),
    )
}

fn standing(report: &Insights) -> Sheet {
    let rows = report.holders.iter().map(|count| {
        let share = count.share().map(|share| share.to_string()).unwrap_or_default();
        vec![count.at.to_rfc3339(), count.standing.to_string(), count.eligible.to_string(), share]
    });
    (&["at", "people_standing", "people_just_in_time", "just_in_time_per_cent"], rows.collect())
}

fn unused(report: &Insights) -> Sheet {
    match &report.unused.rows {
        Rows::Things(things) => {
            let rows = things.iter().map(|row| {
                let (thing, kind) = (&row.thing, row.thing.kind().wire().to_owned());
                let [eligible, unused] = [row.eligible, row.unused].map(|n| n.to_string());
                vec![thing.name.clone(), thing.key.clone(), kind, eligible, unused]
            });
            (&["name", "key", "access", "eligible", "unused"], rows.collect())
        }
        Rows::Holders(holders) => {
            let rows = holders.iter().map(|row| {
                vec![
                    row.name.clone(),
                    row.handle.clone(),
                    row.access.clone(),
                    row.since.to_rfc3339(),
                    row.last_used.map(|at| at.to_rfc3339()).unwrap_or_default(),
                    row.idle_days(report.now).to_string(),
                ]
            });
            (&["name", "user_name", "access", "eligible_since", "last_used", "idle_days"], rows.collect())
        }
    }
}

fn gaps(report: &Insights) -> Sheet {
    let rows = report.gaps.iter().map(|row| {
        let (thing, kind) = (&row.thing, row.thing.kind().wire().to_owned());
        let [able, needed] = [row.able.to_string(), row.needed.to_string()];
        vec![thing.name.clone(), thing.key.clone(), kind, row.gap.wire().to_owned(), able, needed]
    });
    (&["name", "key", "access", "why", "able", "needed"], rows.collect())
}

fn busiest(report: &Insights) -> Sheet {
    match &report.busiest {
        Busiest::Things(things) => {
            let rows = things.iter().map(|row| {
                let (name, key) = (row.thing.name.clone(), row.thing.key.clone());
                vec![
                    name,
                    key,
                    row.thing.kind().wire().to_owned(),
                    row.times.to_string(),
                    row.last.to_rfc3339(),
                ]
            });
            (&["name", "key", "access", "activations", "last"], rows.collect())
        }
        Busiest::People(people) => {
            let rows = people.iter().map(|row| {
                let (name, user_name) = (row.who.name.clone(), row.who.user_name.clone());
                vec![name, user_name, row.times.to_string(), row.last.to_rfc3339()]
            });
            (&["name", "user_name", "activations", "last"], rows.collect())
        }
    }
}

fn refusals(report: &Insights) -> Sheet {
    let rows = report.refusals.iter();
    let rows = rows.map(|row| vec![row.code.clone(), row.words().to_owned(), row.times.to_string()]);
    (&["code", "reason", "times"], rows.collect())
}
