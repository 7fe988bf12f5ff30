//! The files of a sealed part: each is written beside its place and moved there when all of it is on the disk, so that a file is whole
//! or not there. An operator's command works with them; nobody else waits meanwhile.

use super::{Unsealed, refused};
use crate::audit::file::{First, Last};
use crate::audit::verify::{self, Failed};
use crate::audit::{named, stored};
use crate::{Error, Result};
use domain::audit::anchor::Anchor;
use domain::audit::canonical::Hash;
use domain::audit::chain::{Fault, Head, Wrong};
use domain::audit::seal::Seal;
use serde::Serialize;
use sqlx::{AssertSqlSafe, PgConnection};
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// Events read at a time.
const BATCH: i64 = 1_000;

/// Where they are.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Files {
    /// The events.
    pub events: PathBuf,
    /// The anchors that prove them.
    pub anchors: PathBuf,
    /// The signed seal.
    pub seal: PathBuf,
}

impl Files {
    /// In this folder, of these positions.
    pub fn new(folder: &Path, first: i64, last: i64) -> Self {
        Self::beside(folder.join(Seal::file_name(first, last)))
    }

    /// Of a file of events that is there.
    pub fn beside(events: PathBuf) -> Self {
        let (anchors, seal) = (events.with_extension("anchors.jsonl"), events.with_extension("seal.json"));
        Self { events, anchors, seal }
    }
}

/// Writes events and anchors, unless they are there from a try before, and verifies what is on the disk then.
pub(super) async fn write(
    conn: &mut PgConnection,
    files: &Files,
    start: Head,
    end: i64,
    anchors: &[Anchor],
) -> Result<Head, Unsealed> {
    let hash = stored::hash_at(conn, end).await?;
    let hash = hash.ok_or_else(|| Failed::from(Fault::at(end, Wrong::Gap(end))))?;
    let head = Head { position: end, hash, chained_at: None };
    let old = files.events.exists();
    if old {
        // it may have been copied here: what is removed next must be on the disk
        let synced = File::open(&files.events).and_then(|file| file.sync_all());
        synced.map_err(|error| at(&files.events, error))?;
    } else {
        let mut draft = Draft::of(&files.events)?;
        events(conn, &mut draft, start, head).await?;
        draft.keep()?;
    }
    let mut draft = Draft::of(&files.anchors)?;
    anchors.iter().try_for_each(|anchor| draft.line(anchor))?;
    draft.keep()?;
    let reread = File::open(&files.anchors).map_err(|error| at(&files.anchors, error))?;
    let anchors = verify::read_anchors(BufReader::new(reread))?;
    let reread = File::open(&files.events).map_err(|error| at(&files.events, error))?;
    let proof = match verify::part(BufReader::new(reread), anchors) {
        Err(Failed::Fault(fault)) if old => return other(files, &fault.to_string()),
        proof => proof?,
    };
    let same =
        (proof.after, proof.head.position, proof.head.hash) == (start.position, head.position, head.hash);
    if !same || !proof.sealed || proof.anchored == 0 {
        return other(files, "it holds other events");
    }
    Ok(proof.head)
}

fn other<T>(files: &Files, why: &str) -> Result<T, Unsealed> {
    refused(format!("{} is there and is not this part: {why}. Move it away", files.events.display()))
}

async fn events(conn: &mut PgConnection, draft: &mut Draft, start: Head, head: Head) -> Result<(), Unsealed> {
    draft.line(&First { sealed: true, ..First::new(true, start, head) })?;
    let sql = format!(
        "{} where c.position > $1 and c.position <= $2 order by c.position limit {BATCH}",
        named::select()
    );
    let (mut after, mut count) = (start.position, 0);
    while after < head.position {
        let rows: Vec<named::Row> = sqlx::query_as(AssertSqlSafe(sql.clone()))
            .bind(after)
            .bind(head.position)
            .fetch_all(&mut *conn)
            .await?;
        if rows.is_empty() {
            return Err(Failed::from(Fault::at(after + 1, Wrong::Gap(after + 1))).into());
        }
        for row in rows {
            let event = row.named()?;
            (after, count) = (event.entry.position, count + 1);
            draft.text(&event.json()?)?;
        }
    }
    draft.line(&Last { events: count })
}

/// The SHA-256 of a file as it is on the disk.
pub(super) fn hash(path: &Path) -> Result<Hash, Unsealed> {
    verify::hash_of(path).map_err(|error| at(path, error))
}

/// Writes the seal.
pub(super) fn write_seal(files: &Files, seal: &Seal) -> Result<(), Unsealed> {
    let mut draft = Draft::of(&files.seal)?;
    draft.line(seal)?;
    draft.keep()
}

fn at(path: &Path, error: io::Error) -> Unsealed {
    Unsealed::File(path.to_owned(), error)
}

/// A file that is not in its place yet.
struct Draft {
    place: PathBuf,
    draft: PathBuf,
    file: BufWriter<File>,
}

impl Draft {
    /// For this place. Who may read the audit reads it elsewhere: it is for its owner alone.
    fn of(place: &Path) -> Result<Self, Unsealed> {
        let mut draft = place.as_os_str().to_owned();
        draft.push(format!(".{}.part", crate::ids::new().simple()));
        let draft = PathBuf::from(draft);
        let mut options = OpenOptions::new();
        options.write(true).create_new(true).mode(0o600);
        let file = options.open(&draft).map_err(|error| at(&draft, error))?;
        Ok(Self { place: place.to_owned(), file: BufWriter::new(file), draft })
    }

    fn line(&mut self, what: &impl Serialize) -> Result<(), Unsealed> {
        let text = serde_json::to_string(what);
        self.text(&text.map_err(|error| Error::Internal(format!("a line of a sealed part: {error}")))?)
    }

    fn text(&mut self, line: &str) -> Result<(), Unsealed> {
        writeln!(self.file, "{line}").map_err(|error| at(&self.draft, error))
    }

    /// Puts it in its place, once it and its name would survive a crash.
    fn keep(mut self) -> Result<(), Unsealed> {
        let folder = self.place.parent().unwrap_or(Path::new("."));
        let kept = self
            .file
            .flush()
            .and_then(|()| self.file.get_ref().sync_all())
            .and_then(|()| fs::rename(&self.draft, &self.place))
            .and_then(|()| File::open(folder)?.sync_all());
        kept.map_err(|error| at(&self.place, error))
    }
}
