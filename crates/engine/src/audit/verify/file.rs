//! Verifies exported files, without any database: one, or sealed parts and what follows them, in their order.

use super::{Failed, Proof, cut, parse, signed};
use crate::audit::file::{FORMAT, First, Last, Line, Outside};
use domain::audit::Event;
use domain::audit::anchor::Anchor;
use domain::audit::chain::{Fault, Head, Link, Verifier, Wrong};
use domain::audit::seal::Seal;
use ed25519_dalek::VerifyingKey;
use std::io::BufRead;

/// What a file that says of itself that it is a sealed part rests on. What it says is unsigned, and it would excuse a missing beginning
/// and end.
#[derive(Clone, Debug, Default)]
pub enum Rests {
    /// Nothing: then it is none.
    #[default]
    Nothing,
    /// It is being made, and what is in it is compared with the database.
    Making,
    /// On this seal, which was compared with the file ([`super::seal`]).
    Seal(Seal),
}

/// Verifies an exported file, line by line.
///
/// # Errors
/// The first thing that is wrong, or the file can't be read.
pub fn file(source: impl BufRead, anchors: Vec<Anchor>) -> Result<Proof, Failed> {
    files(std::iter::once(Ok((source, Rests::Nothing))), anchors, &[])
}

/// Verifies a sealed part that is being made.
///
/// # Errors
/// The first thing that is wrong, or the file can't be read.
pub(crate) fn part(source: impl BufRead, anchors: Vec<Anchor>) -> Result<Proof, Failed> {
    files(std::iter::once(Ok((source, Rests::Making))), anchors, &[])
}

/// Verifies files of which each goes on where the one before ended. What they say of a sealed beginning must be signed with one of these
/// keys, if there are any.
///
/// # Errors
/// The first thing that is wrong, or a file can't be read.
pub fn files<S: BufRead>(
    sources: impl IntoIterator<Item = Result<(S, Rests), Failed>>,
    anchors: Vec<Anchor>,
    keys: &[VerifyingKey],
) -> Result<Proof, Failed> {
    let mut anchors = Some(anchors);
    let mut so_far: Option<(Verifier, First)> = None;
    let mut after = 0;
    for source in sources {
        let (source, rests) = source?;
        let mut lines = (1..).zip(source.lines());
        let first: First = match lines.next() {
            Some((place, line)) => parse(place, &line?)?,
            None => return Err(cut("it is empty").into()),
        };
        sealed(&first, &rests)?;
        let mut reading = begin(&first, so_far.take(), &mut anchors, &mut after)?;
        for (place, line) in lines {
            reading.line(place, &line?, keys)?;
        }
        let verifier = reading.finish(&first)?;
        so_far = Some((verifier, first));
    }
    let Some((verifier, first)) = so_far else { return Err(cut("there is none").into()) };
    if first.sealed {
        verifier.end_of_part()?
    } else {
        verifier.end()?
    }
    let (events, anchored, head) = (verifier.events(), verifier.anchored(), verifier.head());
    Ok(Proof { complete: first.complete, sealed: first.sealed, after, events, anchored, head })
}

/// Whether what the first line says of a seal is so.
fn sealed(first: &First, rests: &Rests) -> Result<(), Fault> {
    let wrong = |what: &str| Err(Fault::at(first.head, Wrong::Seal(what.to_owned())));
    match rests {
        _ if !first.sealed => Ok(()),
        Rests::Making => Ok(()),
        Rests::Nothing => wrong("the file says that it is a sealed part, and its seal is not beside it"),
        Rests::Seal(seal)
            if (seal.first, seal.last, seal.last_hash) == (first.after + 1, first.head, first.head_hash) =>
        {
            Ok(())
        }
        Rests::Seal(_) => wrong("its seal is of other events"),
    }
}

/// Looks at the first line, and where the file begins.
fn begin(
    first: &First,
    before: Option<(Verifier, First)>,
    anchors: &mut Option<Vec<Anchor>>,
    after: &mut i64,
) -> Result<Reading, Fault> {
    if first.format != FORMAT {
        let what = format!("this program reads {FORMAT}, not {}", first.format);
        return Err(Fault::at(0, Wrong::Unreadable { line: 1, what }));
    }
    let start = Head { position: first.after, hash: first.after_hash, chained_at: None };
    // what was before is in a file that was verified, or there is none; a sealed part is one of several by itself
    let mut told = first.after == 0 || first.sealed;
    let verifier = match before {
        Some((verifier, before)) => {
            let head = verifier.head();
            if !before.complete
                || !first.complete
                || (head.position, head.hash) != (start.position, start.hash)
            {
                return Err(Fault::at(first.after, Wrong::Joint));
            }
            told = true;
            verifier
        }
        None if first.complete => {
            *after = first.after;
            Verifier::behind(start, anchors.take().unwrap_or_default())?
        }
        None => {
            told = true;
            Verifier::selection(anchors.take().unwrap_or_default())
        }
    };
    Ok(Reading { told, start, before: verifier.events(), verifier, last: None })
}

/// A file under way.
struct Reading {
    verifier: Verifier,
    start: Head,
    /// What says that everything before its start is sealed was found.
    told: bool,
    /// Events of the files before.
    before: u64,
    last: Option<Last>,
}

impl Reading {
    fn line(&mut self, place: u64, line: &str, keys: &[VerifyingKey]) -> Result<(), Fault> {
        if self.last.is_some() {
            return Err(cut("something follows its last line"));
        }
        if line.starts_with("{\"events\"") {
            self.last = Some(parse::<Last>(place, line)?);
        } else if line.starts_with("{\"outsideChain\"") {
            let event: Outside = parse(place, line)?;
            return Err(Fault::at(0, Wrong::Outside(event.outside_chain)));
        } else {
            let link = parse::<Line>(place, line)?.link();
            self.verifier.take(&link)?;
            // whoever can write an event can write one of this kind: only one that is signed says anything
            self.told |= tells(&link, &self.start).is_some_and(|seal| signed(&seal, keys).is_ok());
        }
        Ok(())
    }

    /// Whether the file holds what it says. What an anchor has seen is looked at first: it says more.
    fn finish(self, first: &First) -> Result<Verifier, Fault> {
        let Self { verifier, last, told, before, start } = self;
        if first.sealed {
            verifier.end_of_part()?
        } else {
            verifier.end()?
        }
        let Some(last) = last else { return Err(cut("it has no last line")) };
        let events = verifier.events() - before;
        if last.events != events {
            return Err(cut(&format!("it says {} events and has {events}", last.events)));
        }
        let head = verifier.head();
        if first.complete && (head.position, head.hash) != (first.head, first.head_hash) {
            let (should, is) = (first.head, head.position);
            return Err(cut(&format!("it should go up to position {should} and ends at {is}")));
        }
        if !told {
            return Err(Fault::at(start.position, Wrong::Beginning(start.position)));
        }
        Ok(verifier)
    }
}

/// What this event says of a seal of everything up to there. It is in the chain, so anchors cover it as they cover the rest.
fn tells(link: &Link, start: &Head) -> Option<Seal> {
    let entry = &link.entry;
    if entry.action != Event::AuditSealed.wire() || entry.outcome != "done" {
        return None;
    }
    let seal: Seal = serde_json::from_str(&entry.facts).ok()?;
    (seal.last == start.position && seal.last_hash == start.hash).then_some(seal)
}
