//! The audit for a spreadsheet: names instead of ids, facts in words, no formula.

use crate::ask::audit_facts::Fact;
use crate::ask::audit_page::Row;
use crate::spreadsheet::line;

const HEADINGS: [&str; 17] = [
    "number",
    "at",
    "event",
    "outcome",
    "by",
    "by_user_name",
    "about",
    "about_user_name",
    "group",
    "access",
    "request",
    "reason",
    "ticket",
    "policy_version",
    "facts",
    "position",
    "hash",
];

/// The first line.
pub(super) fn headings() -> String {
    line(&HEADINGS.map(str::to_owned))
}

/// The line of an event.
pub(super) fn event(row: &Row) -> String {
    line(&cells(row))
}

fn cells(row: &Row) -> [String; 17] {
    let actor = row.actor.clone();
    let principal = row.principal.clone();
    [
        row.seq.to_string(),
        row.at.to_rfc3339(),
        row.event.map_or_else(|| row.action.clone(), |event| event.words().to_owned()),
        if row.refused { "refused" } else { "done" }.to_owned(),
        actor.as_ref().map_or("Pimento", |who| &who.name).to_owned(),
        actor.map(|who| who.handle).unwrap_or_default(),
        principal.as_ref().map(|who| who.name.clone()).unwrap_or_default(),
        principal.map(|who| who.handle).unwrap_or_default(),
        row.group.as_ref().map(|group| group.0.clone()).unwrap_or_default(),
        row.access.clone().unwrap_or_default(),
        row.request.map(|number| format!("R-{number}")).unwrap_or_default(),
        row.reason.clone(),
        row.ticket.clone(),
        row.policy_version.map(|version| version.to_string()).unwrap_or_default(),
        row.facts
            .iter()
            .map(|(label, fact)| format!("{label}: {}", text(fact)))
            .collect::<Vec<_>>()
            .join("; "),
        row.place.map(|place| place.position.to_string()).unwrap_or_default(),
        row.place.map(|place| place.hash.to_string()).unwrap_or_default(),
    ]
}

fn text(fact: &Fact) -> String {
    match fact {
        Fact::Words(words) => words.clone(),
        Fact::At(at) => at.to_rfc3339(),
        Fact::Changed { old, new } => format!("{old} → {new}"),
    }
}
