//! A whole round for a spreadsheet: who, what was known, who decided what, what came of it. No formula.

use super::access_review_lines::Line;
use crate::db::access_reviews::RoundRow;
use crate::spreadsheet::line;
use chrono::{DateTime, SecondsFormat, Utc};

const HEADINGS: [&str; 23] = [
    "group",
    "review",
    "round",
    "name",
    "user_name",
    "department",
    "sort",
    "role",
    "kind",
    "since",
    "until",
    "given_by",
    "last_activated",
    "activated_in_90_days",
    "last_sign_in",
    "recommended",
    "because",
    "decision",
    "reason",
    "decided_by",
    "decided_at",
    "outcome",
    "outcome_because",
];

fn at(moment: Option<DateTime<Utc>>) -> String {
    moment.map(|at| at.to_rfc3339_opts(SecondsFormat::Secs, true)).unwrap_or_default()
}

pub(super) fn write(group: &str, round: &RoundRow, lines: &[Line]) -> String {
    let mut file = line(&HEADINGS.map(str::to_owned));
    for row in lines {
        let sort = if row.is_group { "group" } else { "person" };
        let kind = if row.kind == "active" { "standing" } else { "eligible" };
        let recommended = if row.recommended == "keep" { "approve" } else { "deny" };
        let text = |word: &Option<String>| word.clone().unwrap_or_default();
        file += &line(&[
            group.to_owned(),
            round.name.clone(),
            round.round.to_string(),
            row.name.clone(),
            row.handle.clone(),
            row.department.clone(),
            sort.to_owned(),
            row.access.clone(),
            kind.to_owned(),
            at(Some(row.starts_at)),
            at(row.ends_at),
            text(&row.given_by),
            at(row.last_used),
            row.used_90.to_string(),
            at(row.last_sign_in),
            recommended.to_owned(),
            row.because.clone(),
            text(&row.decision),
            row.reason.clone(),
            text(&row.decided_by),
            at(row.decided_at),
            text(&row.outcome),
            row.outcome_text.clone(),
        ]);
    }
    file
}
