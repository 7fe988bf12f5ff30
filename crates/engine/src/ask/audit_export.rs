//! The audit as a file, batch by batch, so that a long one never lies in memory: CSV for spreadsheets, NDJSON for
//! machines.

use crate::ask::audit_facts::Fact;
use crate::ask::audit_page::{self, Filter, Row, Scope, Sight};
use crate::spreadsheet::line;
use crate::{Ctx, Engine, Result};
use serde_json::{Map, Value, json};

/// Events of one batch.
const BATCH: i64 = 500;

/// How it is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// Comma-separated, one event a line, with a line of headings.
    Csv,
    /// One JSON object a line.
    Ndjson,
}

/// An export that is under way.
#[derive(Clone)]
pub struct Export {
    engine: Engine,
    sight: Sight,
    filter: Filter,
    format: Format,
    after: Option<i64>,
    headed: bool,
}

/// Begins an export for whoever may read this scope.
///
/// # Errors
/// Unknown or not for this person, alike.
pub async fn begin(
    engine: &Engine,
    ctx: &Ctx,
    scope: &Scope,
    filter: Filter,
    format: Format,
) -> Result<Export> {
    let mut conn = engine.pool.acquire().await?;
    let sight = audit_page::sight(&mut conn, ctx, scope).await?;
    Ok(Export { engine: engine.clone(), sight, filter, format, after: Some(0), headed: false })
}

impl Export {
    /// The next piece of the file; `None` at its end.
    ///
    /// # Errors
    /// The database can't be reached.
    pub async fn next(&mut self) -> Result<Option<String>> {
        let Some(after) = self.after else { return Ok(None) };
        let mut conn = self.engine.pool.acquire().await?;
        let rows = audit_page::batch(&mut conn, &self.sight, &self.filter, after, BATCH).await?;
        let full = rows.len() == usize::try_from(BATCH).unwrap_or(usize::MAX);
        self.after = rows.last().filter(|_| full).map(|row| row.seq);
        let mut piece = String::new();
        if self.format == Format::Csv && !self.headed {
            piece.push_str(&line(&HEADINGS.map(str::to_owned)));
        }
        self.headed = true;
        for row in &rows {
            piece.push_str(&match self.format {
                Format::Csv => line(&cells(row)),
                Format::Ndjson => format!("{}\n", object(row)),
            });
        }
        Ok(Some(piece))
    }
}

const HEADINGS: [&str; 15] = [
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
];

fn cells(row: &Row) -> [String; 15] {
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
    ]
}

fn text(fact: &Fact) -> String {
    match fact {
        Fact::Words(words) => words.clone(),
        Fact::At(at) => at.to_rfc3339(),
        Fact::Changed { old, new } => format!("{old} → {new}"),
    }
}

fn object(row: &Row) -> Value {
    let facts: Map<String, Value> =
        row.facts.iter().map(|(label, fact)| (label.clone(), Value::String(text(fact)))).collect();
    json!({
        "number": row.seq,
        "at": row.at,
        "event": row.action,
        "outcome": if row.refused { "refused" } else { "done" },
        "by": row.actor.as_ref().map(|who| &who.handle),
        "about": row.principal.as_ref().map(|who| &who.handle),
        "group": row.group.as_ref().map(|group| &group.0),
        "access": row.access,
        "request": row.request.map(|number| format!("R-{number}")),
        "reason": row.reason,
        "ticket": row.ticket,
        "policyVersion": row.policy_version,
        "facts": facts,
    })
}
