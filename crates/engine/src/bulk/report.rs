//! What would come, or came, of each line.

use super::{Cells, Line};
use crate::spreadsheet;
use chrono::{DateTime, Utc};
use domain::assignment::Kind;
use domain::refusal::{Code, Refusal};
use domain::span::Span;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// One line and its outcome. Names are empty where nobody or nothing like that is known to the reader.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// Line of the sheet.
    pub number: usize,
    /// To whom, as written.
    pub who: String,
    /// What, as written: `key.member`.
    pub what: String,
    /// Name of the person or group.
    pub name: String,
    /// Name of the group or role.
    pub thing: String,
    /// Eligible or active, where that could be read.
    pub kind: Option<Kind>,
    /// When it was to begin; `None` for at once.
    pub start: Option<DateTime<Utc>>,
    /// When it was to end; `None` for never.
    pub end: Option<DateTime<Utc>>,
    /// Justification.
    pub reason: String,
    /// What could not be read of kind, window and reason, as written.
    #[serde(default)]
    pub unread: Option<Cells>,
    /// The window that is given, or why not.
    pub result: Result<Span, Vec<Refusal>>,
}

impl Row {
    /// A line with what is known of it and what came of it.
    pub(crate) fn of(line: &Line, name: &str, thing: &str, result: Result<Span, Vec<Refusal>>) -> Self {
        let wanted = line.wanted.as_ref().ok();
        Self {
            number: line.number,
            who: line.who.clone(),
            what: line.what.clone(),
            name: name.to_owned(),
            thing: thing.to_owned(),
            kind: wanted.map(|wanted| wanted.kind),
            start: wanted.and_then(|wanted| wanted.start),
            end: wanted.and_then(|wanted| wanted.end),
            reason: wanted.map(|wanted| wanted.reason.clone()).unwrap_or_default(),
            unread: line.wanted.as_ref().err().map(|unread| unread.cells.clone()),
            result,
        }
    }

    /// What decides whether a report still says the same: everything but the moment that "at once" means.
    fn essence(&self) -> String {
        let codes =
            |refusals: &Vec<Refusal>| refusals.iter().map(|refusal| refusal.code).collect::<Vec<Code>>();
        let result = self.result.as_ref().map(|span| span.end).map_err(codes);
        format!("{:?}", (&self.who, &self.what, &self.name, &self.thing, self.kind, &self.reason, result))
    }
}

/// All lines.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// In the order of the sheet.
    pub rows: Vec<Row>,
    /// Whether a code of the second factor confirms some of them.
    pub asks_code: bool,
}

impl Report {
    /// How many pass.
    pub fn given(&self) -> usize {
        self.rows.iter().filter(|row| row.result.is_ok()).count()
    }

    /// How many are refused.
    pub fn refused(&self) -> usize {
        self.rows.len() - self.given()
    }

    /// What somebody agrees to who agrees to this report; the code that confirms it is bound to this.
    pub fn digest(&self) -> String {
        let hash = self
            .rows
            .iter()
            .fold(Sha256::new(), |hash, row| hash.chain_update(row.essence()).chain_update([0]));
        hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// As a file with a line for each row, whose columns [`super::read::sheet`] reads again: mend what was refused, and
    /// upload it once more.
    pub fn csv(&self) -> String {
        let heads =
            ["line", "principal", "target", "kind", "start", "end", "reason", "outcome", "code", "why"];
        let mut file = spreadsheet::line(&heads.map(str::to_owned));
        for row in &self.rows {
            file.push_str(&spreadsheet::line(&cells(row)));
        }
        file
    }
}

fn cells(row: &Row) -> [String; 10] {
    let given = row.result.is_ok();
    let refusals = row.result.as_ref().err().cloned().unwrap_or_default();
    let join = |words: Vec<String>| words.join(" ");
    let Cells { kind, start, end, reason } = row.unread.clone().unwrap_or_else(|| read(row));
    [
        row.number.to_string(),
        row.who.clone(),
        row.what.clone(),
        kind,
        start,
        end,
        reason,
        if given { "assigned" } else { "refused" }.to_owned(),
        join(refusals.iter().map(|refusal| refusal.code.wire().to_owned()).collect()),
        join(refusals.iter().map(|refusal| refusal.text.to_string()).collect()),
    ]
}

/// What was read, written out again.
fn read(row: &Row) -> Cells {
    let written = |at: Option<DateTime<Utc>>| at.map(|at| at.to_rfc3339()).unwrap_or_default();
    let span = row.result.as_ref().ok();
    Cells {
        kind: row.kind.map(|kind| kind.wire().to_owned()).unwrap_or_default(),
        // what was refused keeps what was asked, so that a mended line means the same
        start: written(span.map_or(row.start, |span| Some(span.start))),
        end: written(span.map_or(row.end, |span| span.end)),
        reason: row.reason.clone(),
    }
}
