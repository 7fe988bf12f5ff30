//! Verifies a whole audit: an exported file, without any database, or the database itself.

mod file;

pub(crate) use file::part;
pub use file::{Rests, file, files};

use super::file::{First, Line};
use super::{seals, stored};
use crate::Error;
use domain::audit::anchor::{Anchor, key_id};
use domain::audit::canonical::Hash;
use domain::audit::chain::{Fault, Head, Verifier, Wrong};
use domain::audit::seal::Seal;
use ed25519_dalek::VerifyingKey;
use sha2::{Digest, Sha256};
use sqlx::PgConnection;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

/// Events read from the database at a time.
const BATCH: i64 = 1_000;

/// What was found to be whole.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Proof {
    /// Every event up to `head` is there; otherwise those that are there are as written, and gaps say nothing.
    pub complete: bool,
    /// What was looked at ends with a sealed part: what follows is elsewhere.
    pub sealed: bool,
    /// What is up to this position is in sealed files that were not looked at; 0 if nothing is.
    pub after: i64,
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
    let start = seals::start(conn).await?.position;
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
            None if position <= start => return Err(Fault::at(position, Wrong::Sealed(start)).into()),
            None => return Err(Fault::at(position, Wrong::Gap(position)).into()),
        }
    }
    Ok(events)
}

/// Whether a seal is that of this file, which was verified; the signature with one of these keys, if there are any.
///
/// # Errors
/// It is not; the file can't be read.
pub fn seal(seal: &Seal, path: &Path, keys: &[VerifyingKey]) -> Result<(), Failed> {
    if seal.file_hash != hash_of(path)? {
        return Err(seal.fault("the file was changed: its seal has another SHA-256").into());
    }
    let mut first = String::new();
    BufReader::new(File::open(path)?).read_line(&mut first)?;
    let first: First = parse(1, &first)?;
    if (seal.first, seal.last, seal.last_hash) != (first.after + 1, first.head, first.head_hash) {
        return Err(seal.fault("its seal is of other events").into());
    }
    Ok(signed(seal, keys)?)
}

/// Looks at the signature of a seal, with the key that it names; not at all where there are no keys.
///
/// # Errors
/// It was signed with none of these keys, or not with the one that it names.
pub fn signed(seal: &Seal, keys: &[VerifyingKey]) -> Result<(), Fault> {
    match keys.iter().find(|key| key_id(key) == seal.key_id) {
        Some(key) => seal.check(key),
        None if keys.is_empty() => Ok(()),
        None => Err(Fault::at(seal.last, Wrong::Key(seal.key_id.clone()))),
    }
}

/// The SHA-256 of a file.
///
/// # Errors
/// It can't be read.
pub fn hash_of(path: &Path) -> io::Result<Hash> {
    let mut digest = Sha256::new();
    let mut file = File::open(path)?;
    let mut piece = vec![0; 64 * 1024];
    loop {
        match file.read(&mut piece)? {
            0 => return Ok(Hash(digest.finalize().into())),
            length => digest.update(piece.get(..length).unwrap_or_default()),
        }
    }
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

fn cut(what: &str) -> Fault {
    Fault::at(0, Wrong::Cut(what.to_owned()))
}

fn parse<T: serde::de::DeserializeOwned>(line: u64, text: &str) -> Result<T, Fault> {
    serde_json::from_str(text)
        .map_err(|error| Fault::at(0, Wrong::Unreadable { line, what: error.to_string() }))
}

/// Verifies everything that the database holds now, and what it says of what was sealed; that with the keys that are given.
///
/// # Errors
/// The first thing that is wrong, or the database can't be read.
pub async fn database(
    conn: &mut PgConnection,
    anchors: Vec<Anchor>,
    keys: &[VerifyingKey],
) -> Result<Proof, Failed> {
    loop {
        let start = seals::start(conn).await?;
        match walk(conn, start, anchors.clone(), keys).await {
            // the beginning was sealed meanwhile: nothing is missing, there is only less to look at
            Err(Failed::Fault(_)) if seals::start(conn).await?.position != start.position => {}
            came => return came,
        }
    }
}

async fn walk(
    conn: &mut PgConnection,
    start: Head,
    anchors: Vec<Anchor>,
    keys: &[VerifyingKey],
) -> Result<Proof, Failed> {
    let end = stored::head(conn).await?;
    seals::sound(conn, keys).await??;
    let mut verifier = Verifier::behind(start, anchors)?;
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
    Ok(Proof { complete: true, sealed: false, after: start.position, events, anchored, head })
}
