//! Comma-separated files that a spreadsheet opens without harm.

/// Whether a spreadsheet may take this cell for a formula (OWASP, CSV injection), full-width signs included.
pub fn is_dangerous(cell: &str) -> bool {
    cell.trim_start().starts_with(['=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'])
        || cell.starts_with(['\t', '\r', '\n'])
}

/// A cell that no spreadsheet takes for a formula: what begins like one gets an apostrophe in front, and everything is
/// quoted.
pub fn quoted(cell: &str) -> String {
    let guard = if is_dangerous(cell) { "'" } else { "" };
    format!("\"{guard}{}\"", cell.replace('"', "\"\""))
}

/// One line with its end.
pub fn line(cells: &[String]) -> String {
    let cells: Vec<String> = cells.iter().map(|cell| quoted(cell)).collect();
    format!("{}\r\n", cells.join(","))
}
