//! `pimento audit`: proves that the audit is as it was written, or says where it is not.

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
use ed25519_dalek::VerifyingKey;
use engine::audit::anchors::Signing;
use engine::audit::verify::{self, Failed, Proof};
use engine::audit::{check, stored};
use std::fs::{self, File};
use std::io::{BufReader, stdin};
use std::path::{Path, PathBuf};

/// What to do with the audit.
#[derive(Subcommand, Clone, Debug)]
pub enum Audit {
    /// Recomputes every hash and names the first bad event
    Verify(Verify),
    /// Prints the public half of the key that signs anchors
    PublicKey,
}

/// What to verify, and against what.
#[derive(Args, Clone, Debug)]
pub struct Verify {
    /// An export in JSON lines (- for standard input): verified without any database
    #[arg(required_unless_present = "database")]
    export: Option<PathBuf>,
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
        Audit::Verify(what) if what.export.is_some() => export(settings, &what).await,
        Audit::Verify(what) => database(settings, &what).await,
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
    let path = what.export.as_deref().context("which file?")?;
    let anchors = read_anchors(what)?;
    let (given, signed) = (anchors.len(), check_signatures(what, &anchors)?);
    let open = || File::open(path).map(BufReader::new).with_context(|| path.display().to_string());
    let found = if path == Path::new("-") {
        ensure!(!what.database, "what comes by standard input can't be read twice: give a file");
        verify::file(stdin().lock(), anchors)
    } else {
        verify::file(open()?, anchors)
    };
    let proof = found.map_err(named)?;
    tell(&proof, given, signed);
    if what.database {
        let database = Database::open(settings)?;
        let events = verify::in_chain(&mut database.owner().await?, open()?).await.map_err(named)?;
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

async fn database(settings: &Settings, what: &Verify) -> Result<()> {
    let database = Database::open(settings)?;
    let mut owner = database.owner().await?;
    let mut anchors = read_anchors(what)?;
    anchors.extend(stored::anchors(&mut owner, 0).await?);
    let (given, signed) = (anchors.len(), check_signatures(what, &anchors)?);
    let proof = verify::database(&mut owner, anchors).await.map_err(named)?;
    check::reset(&mut owner).await?;
    tell(&proof, given, signed);
    database.close();
    Ok(())
}

fn read_anchors(what: &Verify) -> Result<Vec<Anchor>> {
    let Some(path) = &what.anchors else { return Ok(Vec::new()) };
    let name = || path.display().to_string();
    let file = File::open(path).with_context(name)?;
    verify::read_anchors(BufReader::new(file)).with_context(name)
}

/// Whether there was a key to look at signatures with.
fn check_signatures(what: &Verify, anchors: &[Anchor]) -> Result<bool> {
    if what.public_key.is_empty() {
        return Ok(false);
    }
    let keys = what.public_key.iter().map(|given| read_key(given)).collect::<Result<Vec<_>>>()?;
    verify::signatures(anchors, &keys).map_err(|fault| named(fault.into()))?;
    Ok(true)
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

fn tell(proof: &Proof, anchors: usize, signed: bool) {
    let Proof { complete, events, anchored, head } = *proof;
    match complete {
        true => println!("Whole: {events} events, none missing, up to position {}", head.position),
        false => {
            println!(
                "Consistent in itself: {events} events. A selection: whether others are missing can't be seen"
            )
        }
    }
    println!("Hash of the last: {}", head.hash);
    let signatures = match (anchors, signed) {
        (0, _) => "; without any, a chain that was made anew can't be told from the first",
        (_, false) => "; their signatures were not looked at: give --public-key",
        (_, true) => ", signatures right",
    };
    println!("Anchors: {anchored} of {anchors} agree{signatures}");
}
