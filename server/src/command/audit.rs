//! `pimento audit`: proves that the audit is as it was written, or says where it is not; seals what is old.

mod seal;

use crate::command::clean;
use crate::config::{Key, Settings};
use crate::database::Database;
use crate::installation::anchor_key;
use anyhow::{Context, Result, bail, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clap::{Args, Subcommand};
use domain::audit::anchor::Anchor;
use domain::audit::chain::Fault;
use domain::audit::seal::Seal;
use ed25519_dalek::VerifyingKey;
use engine::act::seal_audit::Files;
use engine::audit::anchors::Signing;
use engine::audit::verify::{self, Failed, Proof, Rests};
use engine::audit::{check, stored};
use std::fs::{self, File};
use std::io::{self, BufReader, stdin};
use std::path::{Path, PathBuf};

/// What to do with the audit.
#[derive(Subcommand, Clone, Debug)]
pub enum Audit {
    /// Recomputes every hash and names the first bad event
    Verify(Verify),
    /// Takes the oldest part out of the database, into files that prove themselves
    Seal(seal::What),
    /// Prints the public half of the key that signs anchors
    PublicKey,
}

/// What to verify, and against what.
#[derive(Args, Clone, Debug)]
pub struct Verify {
    /// An export in JSON lines (- for standard input): verified without any database. Sealed parts before it go first
    #[arg(required_unless_present = "database")]
    export: Vec<PathBuf>,
    /// The database itself, with the anchors that it keeps; beside an export, whether the database holds what that says
    #[arg(long)]
    database: bool,
    /// Anchors kept outside of the database, one JSON object a line
    #[arg(long)]
    anchors: Option<PathBuf>,
    /// Public key of the anchors, or a file with it (pimento audit public-key); several, if the key changed
    #[arg(long)]
    public_key: Vec<String>,
}

/// Does it.
///
/// # Errors
/// The first bad event; something can't be read.
pub async fn audit(settings: &Settings, what: Audit) -> Result<()> {
    match what {
        Audit::Verify(what) if !what.export.is_empty() => export(settings, &what).await,
        Audit::Verify(what) => database(settings, &what).await,
        Audit::Seal(what) => seal::seal(settings, &what).await,
        Audit::PublicKey => public_key(settings),
    }
}

fn public_key(settings: &Settings) -> Result<()> {
    let key: Option<Key> = anchor_key(settings)?;
    let key = key.context(
        "no key signs anchors: set PIMENTO_ANCHOR_KEY_FILE (make a key with: openssl rand -base64 32)",
    )?;
    let signing = Signing::new(&key.bytes(), None).map_err(anyhow::Error::msg)?;
    println!("{}", STANDARD.encode(signing.public().as_bytes()));
    Ok(())
}

async fn export(settings: &Settings, what: &Verify) -> Result<()> {
    let anchors = read_anchors(what)?;
    let keys = read_keys(what)?;
    let positions: Vec<i64> = anchors.iter().map(|anchor| anchor.position).collect();
    check_signatures(&anchors, &keys)?;
    let found = match what.export.as_slice() {
        [one] if one == Path::new("-") => {
            ensure!(!what.database, "what comes by standard input can't be read twice: give a file");
            verify::files([Ok((stdin().lock(), Rests::Nothing))], anchors, &keys)
        }
        several => {
            ensure!(
                several.iter().all(|path| path != Path::new("-")),
                "standard input is one file: give it alone"
            );
            verify::files(several.iter().map(|path| with_seal(path, &keys)), anchors, &keys)
        }
    };
    let proof = found.map_err(named)?;
    tell(&proof, &positions, !keys.is_empty());
    if what.database {
        let database = Database::open(settings)?;
        let mut events = 0;
        for path in &what.export {
            events += verify::in_chain(&mut database.owner().await?, open(path)?).await.map_err(named)?;
        }
        println!("The database holds all {events} of them as they are here");
        database.close();
    } else if !proof.complete {
        bail!(
            "a selection proves nothing by itself: whoever wrote it could have made its hashes anew\n  Compare it with the \
             database (--database), or verify an export of everything."
        );
    }
    Ok(())
}

fn open(path: &Path) -> io::Result<BufReader<File>> {
    let named = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
    File::open(path).map(BufReader::new).map_err(named)
}

/// A file, with the seal that lies beside it if it is a sealed part.
fn with_seal(path: &Path, keys: &[VerifyingKey]) -> Result<(BufReader<File>, Rests), Failed> {
    let beside = Files::beside(path.to_owned()).seal;
    if !beside.exists() || beside == *path {
        return Ok((open(path)?, Rests::Nothing));
    }
    let seal: Seal = serde_json::from_reader(open(&beside)?).map_err(|error| {
        io::Error::new(io::ErrorKind::InvalidData, format!("{}: {error}", beside.display()))
    })?;
    verify::seal(&seal, path, keys)?;
    let (first, last) = (seal.first, seal.last);
    println!("Sealed at {}: positions {first} to {last}, its SHA-256 is right", seal.sealed_at);
    Ok((open(path)?, Rests::Seal(seal)))
}

async fn database(settings: &Settings, what: &Verify) -> Result<()> {
    let database = Database::open(settings)?;
    let mut owner = database.owner().await?;
    let mut anchors = read_anchors(what)?;
    anchors.extend(stored::anchors(&mut owner, 0).await?);
    let keys = read_keys(what)?;
    let positions: Vec<i64> = anchors.iter().map(|anchor| anchor.position).collect();
    check_signatures(&anchors, &keys)?;
    let proof = verify::database(&mut owner, anchors, &keys).await.map_err(named)?;
    check::reset(&mut owner).await?;
    tell(&proof, &positions, !keys.is_empty());
    database.close();
    Ok(())
}

fn read_anchors(what: &Verify) -> Result<Vec<Anchor>> {
    let Some(path) = &what.anchors else { return Ok(Vec::new()) };
    let name = || path.display().to_string();
    let file = File::open(path).with_context(name)?;
    verify::read_anchors(BufReader::new(file)).with_context(name)
}

fn read_keys(what: &Verify) -> Result<Vec<VerifyingKey>> {
    what.public_key.iter().map(|given| read_key(given)).collect()
}

/// Without a key, signatures are not looked at.
fn check_signatures(anchors: &[Anchor], keys: &[VerifyingKey]) -> Result<()> {
    if keys.is_empty() {
        return Ok(());
    }
    verify::signatures(anchors, keys).map_err(|fault| named(fault.into()))
}

/// The key itself, or the file it is in.
fn read_key(given: &str) -> Result<VerifyingKey> {
    let text = match fs::read_to_string(given) {
        Ok(text) => text,
        Err(_) => given.to_owned(),
    };
    let bytes = STANDARD.decode(text.trim()).context("the public key is neither a file nor base64")?;
    let bytes: [u8; 32] = bytes.as_slice().try_into().context("the public key has not 32 bytes")?;
    VerifyingKey::from_bytes(&bytes).context("the public key is none")
}

/// The fault, for a terminal: what is in a file may be from anybody.
fn named(failed: Failed) -> anyhow::Error {
    match failed {
        Failed::Fault(fault) => bad(&fault),
        other => other.into(),
    }
}

fn bad(fault: &Fault) -> anyhow::Error {
    anyhow::anyhow!("the audit is not as it was written\n  {}", clean(&fault.to_string()))
}

fn tell(proof: &Proof, anchors: &[i64], signed: bool) {
    let Proof { complete, sealed, after, events, anchored, head } = *proof;
    match (complete, after) {
        (true, 0) => println!("Whole: {events} events, none missing, up to position {}", head.position),
        (true, _) => {
            println!(
                "Whole: {events} events, none missing, from position {} up to {}",
                after + 1,
                head.position
            );
            println!("What was before is sealed: verify its files too, before this one");
        }
        (false, _) => {
            println!(
                "Consistent in itself: {events} events. A selection: whether others are missing can't be seen"
            )
        }
    }
    if sealed {
        println!("It ends with a sealed part: what came later is elsewhere");
    }
    println!("Hash of the last: {}", head.hash);
    // others are of what is not here
    let of_these = anchors.iter().filter(|position| (after..=head.position).contains(position)).count();
    let signatures = match (of_these, signed) {
        (0, _) => "; without any, a chain that was made anew can't be told from the first",
        (_, false) => "; their signatures were not looked at: give --public-key",
        (_, true) => ", signatures right",
    };
    println!("Anchors: {anchored} of {of_these} agree{signatures}");
}
