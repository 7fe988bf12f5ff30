//! What people read calls nobody she or he: who reads it is anybody. Comments may.

#![cfg(test)]

use std::fs;
use std::path::{Path, PathBuf};

/// What nobody is called.
const WORDS: [&str; 8] = ["she", "her", "hers", "herself", "he", "his", "him", "himself"];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
}

/// The contents of the string literals of a source file, without its unit tests.
fn literals(source: &str) -> Vec<String> {
    let source = source.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    let mut found = Vec::new();
    let mut rest = source;
    while let Some(at) = rest.find(['"', '/', '\'']) {
        let (before, from) = rest.split_at(at);
        if from.starts_with("//") {
            rest = from.split_once('\n').map_or("", |(_, after)| after);
        } else if let Some(text) = from.strip_prefix('"') {
            let (text, after) = literal(text, before);
            found.push(text);
            rest = after;
        } else {
            // a character that is a quote would begin no text
            rest = from.strip_prefix("'\"'").unwrap_or(&from[1..]);
        }
    }
    found
}

/// A literal up to its end, and what follows it.
fn literal<'a>(from: &'a str, before: &str) -> (String, &'a str) {
    let hashes = before.len() - before.trim_end_matches('#').len();
    if before[..before.len() - hashes].ends_with('r') && (hashes > 0 || !from.contains('\\')) {
        let end = format!("\"{}", "#".repeat(hashes));
        let (text, after) = from.split_once(&end).unwrap_or((from, ""));
        return (text.into(), after);
    }
    let mut escaped = false;
    let end = from.find(|each: char| {
        let ends = each == '"' && !escaped;
        escaped = each == '\\' && !escaped;
        ends
    });
    let end = end.unwrap_or(from.len() - 1);
    (from[..end].into(), &from[end + 1..])
}

fn called(text: &str) -> Option<&str> {
    let mut words = text.split(|each: char| !(each.is_alphanumeric() || each == '_'));
    words.find(|word| WORDS.contains(&word.to_lowercase().as_str()))
}

#[test]
fn what_people_read_calls_nobody_she_or_he() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut files = Vec::new();
    for folder in ["app/src", "crates/domain/src", "crates/engine/src", "server/src", "frontend/src"] {
        sources(&root.join(folder), &mut files);
    }
    assert!(files.len() > 500, "the sources were found");
    let mut texts = 0;
    for file in files {
        for text in literals(&fs::read_to_string(&file).unwrap()) {
            assert_eq!(called(&text), None, "{}: “{text}”", file.display());
            texts += 1;
        }
    }
    assert!(texts > 5_000, "only {texts} texts were found");
}

#[test]
fn texts_are_found_where_they_are() {
    let source = "// \"she\"\nlet a = \"one \\\" two\"; let b = '\"'; let c = r#\"three \"he\" four\"#; let d = \"five\";";
    assert_eq!(literals(source), ["one \\\" two", "three \"he\" four", "five"]);
    assert_eq!(called("Ask for Her."), Some("Her"));
    assert_eq!(called("Others, there, the: where"), None);
}
