//! From what people paste and upload to lines: lists of addresses in the ways mail programs write them, and sheets as
//! spreadsheets save them.

use super::{Cells, Line, MOST_LINES, Unread};
use chrono::{DateTime, Utc};
use domain::assignment::{Kind, Wanted};
use domain::refusal::{Code, Refusal};
use domain::target::TargetKind;
use std::collections::HashSet;

/// Largest sheet, in bytes.
pub const LARGEST: usize = 1024 * 1024;

/// Which end of a window a moment is: a day alone begins with its first second and ends with its last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edge {
    /// From when on.
    Start,
    /// Until when.
    End,
}

/// Reads a moment as the reader's own clock shows it.
pub type Moment<'a> = dyn Fn(&str, Edge) -> Option<DateTime<Utc>> + 'a;

/// The addresses of a pasted list, each once: one a line, or parted by semicolons or commas, with or without names:
/// `Ann Berg <ann.berg@larkfield.example>`.
pub fn addresses(text: &str) -> Vec<String> {
    let mut seen = HashSet::new();
    let pieces = text.lines().flat_map(|line| {
        // Outlook parts with semicolons, and its names have commas
        let marks: &[char] = if line.contains(';') { &[';', '\t'] } else { &[',', '\t'] };
        outside_quotes(line, marks)
    });
    pieces
        .map(|piece| address(&piece))
        .filter(|who| !who.is_empty() && seen.insert(who.to_lowercase()))
        .collect()
}

/// Parts a line at these marks, but not inside quotation marks.
fn outside_quotes(line: &str, marks: &[char]) -> Vec<String> {
    let (mut pieces, mut quoted) = (vec![String::new()], false);
    for letter in line.chars() {
        quoted ^= letter == '"';
        match pieces.last_mut() {
            Some(piece) if quoted || !marks.contains(&letter) => piece.push(letter),
            _ => pieces.push(String::new()),
        }
    }
    pieces
}

fn address(piece: &str) -> String {
    let piece = piece.trim();
    let inner =
        piece.strip_suffix('>').and_then(|rest| rest.rsplit_once('<')).map_or(piece, |(_, inner)| inner);
    let plain = inner.trim().trim_matches('"').trim();
    plain.strip_prefix("mailto:").unwrap_or(plain).to_owned()
}

/// Everybody to everything, all in the same way: the people of one target stand together. A bare key means `kind` of
/// that group.
///
/// # Errors
/// Nobody or nothing is named, or more than [`MOST_LINES`] pairs.
pub fn cross(who: &str, what: &str, kind: TargetKind, wanted: &Wanted) -> Result<Vec<Line>, Vec<Refusal>> {
    let (people, things) = (addresses(who), addresses(what));
    let mut missing = Vec::new();
    if people.is_empty() {
        missing.push(Refusal::new(Code::Missing, "Name at least one person or group.").at("who"));
    }
    if things.is_empty() {
        missing.push(Refusal::new(Code::Missing, "Name at least one group or role.").at("what"));
    }
    if !missing.is_empty() {
        return Err(missing);
    }
    let pairs = people.len().saturating_mul(things.len());
    if pairs > MOST_LINES {
        let text = format!("That makes {pairs} assignments; {MOST_LINES} are possible at once. Name fewer.");
        return Err(Refusal::new(Code::TooLarge, text.as_str()).at("who").into());
    }
    let pairs = things.iter().flat_map(|thing| people.iter().map(move |who| (who, thing)));
    let line = |(at, (who, thing)): (usize, (&String, &String))| Line {
        number: at + 1,
        who: who.clone(),
        what: pick(thing, kind.wire()),
        wanted: Ok(wanted.clone()),
    };
    Ok(pairs.enumerate().map(line).collect())
}

/// `key.member` is what it says; a bare key is a group's. Keys have no capitals.
fn pick(written: &str, kind: &str) -> String {
    let written = written.to_lowercase();
    if written.contains('.') { written } else { format!("{written}.{kind}") }
}

/// The lines of a sheet. Its first line names the columns, in any order: `principal`, `target`, `kind`, and if needed
/// `role`, `start`, `end`, `reason`; further ones are left alone. Without an end an assignment has none.
///
/// # Errors
/// There is no sheet, it has no such columns, or too many lines. What is wrong with one line is in that line.
pub fn sheet(text: &str, moment: &Moment<'_>) -> Result<Vec<Line>, Vec<Refusal>> {
    let at = |code, text: &str| vec![Refusal::new(code, text).at("sheet")];
    let text = text.trim_start_matches('\u{feff}');
    if text.trim().is_empty() {
        return Err(at(Code::Missing, "Choose a file, or paste its lines."));
    }
    if text.len() > LARGEST || text.contains('\0') {
        return Err(at(
            Code::BadInput,
            "This is no sheet: save it as CSV, encoded in UTF-8, with at most 1 MiB.",
        ));
    }
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(mark(text))
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let heads = reader.headers().map_err(|_| at(Code::BadInput, "The first line can't be read."))?;
    let columns = Columns::of(heads)?;
    let mut lines = Vec::new();
    for (index, record) in reader.records().enumerate() {
        let record = record.map_err(|_| at(Code::BadInput, "A line of this sheet can't be read as CSV."))?;
        if record.iter().all(str::is_empty) {
            continue;
        }
        if lines.len() == MOST_LINES {
            let text = format!("The sheet has more than {MOST_LINES} assignments. Divide it.");
            return Err(at(Code::TooLarge, &text));
        }
        // as spreadsheets number their rows, the one with the names of the columns included
        lines.push(columns.line(index + 2, &record, moment));
    }
    if lines.is_empty() {
        return Err(at(Code::Missing, "The sheet has no line below the names of the columns."));
    }
    Ok(lines)
}

/// What parts the cells: spreadsheets write what the language of the computer wants.
fn mark(text: &str) -> u8 {
    let first = text.lines().next().unwrap_or_default();
    let count = |mark: &u8| first.bytes().filter(|byte| byte == mark).count();
    [b',', b';', b'\t'].into_iter().max_by_key(|mark| (count(mark), *mark == b',')).unwrap_or(b',')
}

/// Where each cell stands.
struct Columns {
    who: usize,
    what: usize,
    kind: usize,
    role: Option<usize>,
    start: Option<usize>,
    end: Option<usize>,
    reason: Option<usize>,
}

impl Columns {
    fn of(heads: &csv::StringRecord) -> Result<Self, Vec<Refusal>> {
        let heads: Vec<String> =
            heads.iter().map(|head| cell(head).to_lowercase().replace(['_', '-'], " ")).collect();
        let find = |names: &[&str]| heads.iter().position(|head| names.contains(&head.as_str()));
        let who = find(&["principal", "person", "user", "user name", "username", "mail", "email", "address"]);
        let what = find(&["target", "group"]);
        let kind = find(&["kind", "assignment"]);
        let (Some(who), Some(what), Some(kind)) = (who, what, kind) else {
            let named = [("principal", who), ("target", what), ("kind", kind)];
            let lacking: Vec<_> =
                named.iter().filter(|(_, at)| at.is_none()).map(|(name, _)| *name).collect();
            let text = format!(
                "The first line has to name the columns principal, target and kind. Missing: {}.",
                lacking.join(", ")
            );
            return Err(Refusal::new(Code::BadInput, text.as_str()).at("sheet").into());
        };
        let role = find(&["role", "access"]);
        let (start, end) = (find(&["start", "from"]), find(&["end", "until"]));
        Ok(Self { who, what, kind, role, start, end, reason: find(&["reason", "justification"]) })
    }

    fn line(&self, number: usize, record: &csv::StringRecord, moment: &Moment<'_>) -> Line {
        let get = |at: usize| cell(record.get(at).unwrap_or_default());
        let maybe = |at: Option<usize>| at.map(get).unwrap_or_default();
        let mut wrong = Vec::new();
        let role = maybe(self.role).to_lowercase();
        let role = if role.is_empty() { TargetKind::Member.wire() } else { &role };
        if TargetKind::parse(role).is_none() {
            wrong.push(Refusal::new(Code::BadValue, "The role is member, owner or role.").at("role"));
        }
        let kind = Kind::parse(&get(self.kind).to_lowercase());
        if kind.is_none() {
            wrong.push(Refusal::new(Code::BadValue, "The kind is eligible or active.").at("kind"));
        }
        let mut when = |at: Option<usize>, edge, name: &str, none: &[&str]| {
            let typed = maybe(at);
            if typed.is_empty() || none.contains(&typed.to_lowercase().as_str()) {
                return None;
            }
            let read = moment(typed, edge);
            if read.is_none() {
                let text = format!("The {name} is no moment: write 2026-12-31 or 2026-12-31 18:00.");
                wrong.push(Refusal::new(Code::BadValue, text.as_str()).at(name));
            }
            read
        };
        let start = when(self.start, Edge::Start, "start", &["now"]);
        let end = when(self.end, Edge::End, "end", &["never", "permanent"]);
        let reason = maybe(self.reason).to_owned();
        let wanted = match kind {
            Some(kind) if wrong.is_empty() => Ok(Wanted { kind, start, end, reason }),
            _ => Err(Unread { cells: self.cells(record), refusals: wrong }),
        };
        let what = pick(get(self.what), role);
        Line { number, who: get(self.who).to_owned(), what, wanted }
    }

    fn cells(&self, record: &csv::StringRecord) -> Cells {
        let get = |at: Option<usize>| cell(at.and_then(|at| record.get(at)).unwrap_or_default()).to_owned();
        let [kind, start, end, reason] = [Some(self.kind), self.start, self.end, self.reason].map(get);
        Cells { kind, start, end, reason }
    }
}

/// A cell without the apostrophe that a spreadsheet, or an export of ours, put before what looks like a formula.
fn cell(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if crate::spreadsheet::is_dangerous(rest) => rest,
        _ => text,
    }
}

#[cfg(test)]
mod tests;
