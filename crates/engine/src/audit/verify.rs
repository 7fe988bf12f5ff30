//! Verifies a whole audit: an exported file, without any database, or the database itself.

use super::file::{FORMAT, First, Last, Line, Outside};
use super::stored;
use crate::Error;
use domain::audit::anchor::{Anchor, key_id};
use domain::audit::chain::{Fault, Head, Verifier, Wrong};
use ed25519_dalek::VerifyingKey;
use sqlx::PgConnection;
use std::io::{self, BufRead};

/// Events read from the database at a time.
const BATCH: i64 = 1_000;

/// What was found to be whole.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Proof {
    /// Every event up to `head` is there; otherwise those that are there are as written, and gaps say nothing.
    pub complete: bool,
    /// How many events.
    pub events: u64,
    /// How many anchors agree.
    pub anchored: u64,
    /// The last event.
    pub head: Head,
}

/// Why there is no proof.
#[derive(Debug, thiserror::Error)]
pub enum Failed {
    /// The audit is not as it was written.
    #[error("{0}")]
    Fault(#[from] Fault),
    /// The file can't be read.
    #[error("the file can't be read: {0}")]
    Io(#[from] io::Error),
    /// The database can't be read.
    #[error(transparent)]
    Database(#[from] Error),
}

/// Looks at the signature of every anchor, with the key that it names: keys change over the years.
///
/// # Errors
/// The first that was signed with none of these keys, or not with the one that it names.
pub fn signatures(anchors: &[Anchor], keys: &[VerifyingKey]) -> Result<(), Fault> {
    anchors.iter().try_for_each(|anchor| match keys.iter().find(|key| key_id(key) == anchor.key_id) {
        Some(key) => anchor.check(key),
        None => Err(Fault::at(anchor.position, Wrong::Key(anchor.key_id.clone()))),
    })
}

/// Whether the chain in the database holds every event of an exported selection as it stands there: a selection proves
/// nothing by itself, since whoever wrote it could have made its hashes anew.
///
/// # Errors
/// The first event that the chain holds otherwise or not at all; something can't be read.
pub async fn in_chain(conn: &mut PgConnection, source: impl BufRead) -> Result<u64, Failed> {
    let mut events = 0;
    for (place, line) in (1..).zip(source.lines()) {
        let line = line?;
        if place == 1 || line.starts_with("{\"events\"") {
            continue;
        }
        let link = parse::<Line>(place, &line)?.link();
        let position = link.entry.position;
        match stored::hash_at(conn, position).await? {
            Some(hash) if hash == link.hash => events += 1,
            Some(_) => return Err(Fault::at(position, Wrong::Hash).into()),
            None => return Err(Fault::at(position, Wrong::Gap(position)).into()),
        }
    }
    Ok(events)
}

/// Reads a file of anchors: one JSON object a line.
///
/// # Errors
/// A line that is none, or the file can't be read.
pub fn read_anchors(source: impl BufRead) -> Result<Vec<Anchor>, Failed> {
    let mut anchors = Vec::new();
    for (place, line) in (1..).zip(source.lines()) {
        let line = line?;
        if !line.trim().is_empty() {
            anchors.push(parse(place, &line)?);
        }
    }
    Ok(anchors)
}

/// Verifies an exported file, line by line.
///
/// # Errors
/// The first thing that is wrong, or the file can't be read.
pub fn file(source: impl BufRead, anchors: Vec<Anchor>) -> Result<Proof, Failed> {
    let mut lines = (1..).zip(source.lines());
    let first: First = match lines.next() {
        Some((place, line)) => parse(place, &line?)?,
        None => return Err(cut("it is empty").into()),
    };
    if first.format != FORMAT {
        let what = format!("this program reads {FORMAT}, not {}", first.format);
        return Err(Fault::at(0, Wrong::Unreadable { line: 1, what }).into());
    }
    let mut verifier = match first.complete {
        true => Verifier::after(Head::START, anchors),
        false => Verifier::selection(anchors),
    };
    let mut last = None;
    for (place, line) in lines {
        let line = line?;
        if last.is_some() {
            return Err(cut("something follows its last line").into());
        }
        if line.starts_with("{\"events\"") {
            last = Some(parse::<Last>(place, &line)?);
        } else if line.starts_with("{\"outsideChain\"") {
            let event: Outside = parse(place, &line)?;
            return Err(Fault::at(0, Wrong::Outside(event.outside_chain)).into());
        } else {
            verifier.take(&parse::<Line>(place, &line)?.link())?;
        }
    }
    finish(&first, last, &verifier)?;
    let (events, anchored, head) = (verifier.events(), verifier.anchored(), verifier.head());
    Ok(Proof { complete: first.complete, events, anchored, head })
}

/// Whether the file holds what it says. What an anchor has seen is looked at first: it says more.
fn finish(first: &First, last: Option<Last>, verifier: &Verifier) -> Result<(), Fault> {
    verifier.end()?;
    let Some(last) = last else { return Err(cut("it has no last line")) };
    if last.events != verifier.events() {
        return Err(cut(&format!("it says {} events and has {}", last.events, verifier.events())));
    }
    let head = verifier.head();
    if first.complete && (head.position, head.hash) != (first.head, first.head_hash) {
        return Err(cut(&format!(
            "it should go up to position {} and ends at {}",
            first.head, head.position
        )));
    }
    Ok(())
}

fn cut(what: &str) -> Fault {
    Fault::at(0, Wrong::Cut(what.to_owned()))
}

fn parse<T: serde::de::DeserializeOwned>(line: u64, text: &str) -> Result<T, Fault> {
    serde_json::from_str(text)
        .map_err(|error| Fault::at(0, Wrong::Unreadable { line, what: error.to_string() }))
}

/// Verifies everything that the database holds now.
///
/// # Errors
/// The first thing that is wrong, or the database can't be read.
pub async fn database(conn: &mut PgConnection, anchors: Vec<Anchor>) -> Result<Proof, Failed> {
    let end = stored::head(conn).await?;
    let mut verifier = Verifier::after(Head::START, anchors);
    while verifier.head().position < end.position {
        let links = stored::links(conn, verifier.head().position, BATCH).await?;
        for link in &links {
            verifier.take(link)?;
        }
        if links.is_empty() {
            let missing = verifier.head().position + 1;
            return Err(Fault::at(missing, Wrong::Gap(missing)).into());
        }
    }
    verifier.end()?;
    if let Some(seq) = stored::outside(conn, 1).await?.first() {
        return Err(Fault::at(0, Wrong::Outside(*seq)).into());
    }
    let (events, anchored, head) = (verifier.events(), verifier.anchored(), verifier.head());
    Ok(Proof { complete: true, events, anchored, head })
}
