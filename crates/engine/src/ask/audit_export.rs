//! The audit as a file, batch by batch, so that a long one never lies in memory: CSV for spreadsheets, JSON lines that
//! prove themselves ([`crate::audit::file`]).

mod csv;
mod lines;

use crate::ask::audit_page::sight::{Sight, sight};
use crate::ask::audit_page::{self, Filter, Scope};
use crate::audit::file::First;
use crate::audit::{self, About, seals, stored};
use crate::{Ctx, Engine, Error, Result, clock, step_up};
use domain::audit::Event;
use domain::audit::chain::Head;
use serde_json::json;

/// Events of one batch.
const BATCH: i64 = 500;

/// How it is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// Comma-separated, one event a line, with a line of headings.
    Csv,
    /// One JSON object a line: what follows, the events in the order of the chain, their number.
    Ndjson,
}

impl Format {
    /// The stable word, which is the ending of the file as well.
    pub const fn wire(self) -> &'static str {
        match self {
            Format::Csv => "csv",
            Format::Ndjson => "ndjson",
        }
    }

    /// From the stable word.
    pub fn parse(word: &str) -> Option<Self> {
        [Format::Csv, Format::Ndjson].into_iter().find(|format| format.wire() == word)
    }
}

/// An export that is under way.
#[derive(Clone)]
pub struct Export {
    engine: Engine,
    sight: Sight,
    filter: Filter,
    format: Format,
    /// Where the chain ended when the export began: what comes later is not in it.
    head: Head,
    /// Behind what was sealed.
    start: Head,
    /// The day of it, in UTC.
    day: String,
    next: Next,
    events: u64,
}

/// What is to be written next.
#[derive(Clone, Copy)]
enum Next {
    First,
    /// Events behind this number or position.
    After(i64),
    Last,
    Nothing,
}

/// Begins an export for whoever may read this scope and gives a code for it, and writes down who took it.
///
/// # Errors
/// Unknown or not for this person, alike; the code is not right; the audit can't be written.
pub async fn begin(
    engine: &Engine,
    ctx: &Ctx,
    scope: &Scope,
    filter: Filter,
    format: Format,
    code: &str,
) -> Result<Export> {
    let mut tx = engine.begin().await?;
    let sight = sight(&mut tx, ctx, scope).await?;
    let (head, start) = (stored::head(&mut tx).await?, seals::start(&mut tx).await?);
    let now = clock::now(&mut tx).await?;
    // who took the history out of here is part of it, and so is who tried (security.md 6.8)
    let facts = json!({
        "format": format.wire(), "everything": sight.everything, "filtered": !filter.is_open(), "head": head.position,
    });
    let about = About { facts: Some(facts), ..About::default() };
    let subject = format!("{format:?}|{scope:?}|{filter:?}");
    let proof = match step_up::demand(engine, &mut tx, ctx, code, step_up::EXPORT, &[subject], now).await {
        Ok(proofs) => proofs.first().copied(),
        Err(Error::Refused(refusals)) => {
            tx.rollback().await?;
            return Err(audit::refused(engine, &ctx.by(), Event::AuditExported, about, refusals).await);
        }
        Err(error) => return Err(error),
    };
    audit::done(&mut tx, &ctx.by(), Event::AuditExported, &About { proof, ..about }).await?;
    tx.commit().await?;
    let day = now.format("%Y-%m-%d").to_string();
    Ok(Export {
        engine: engine.clone(),
        sight,
        filter,
        format,
        head,
        start,
        day,
        next: Next::First,
        events: 0,
    })
}

impl Export {
    /// How it is written.
    pub fn format(&self) -> Format {
        self.format
    }

    /// What the file is called.
    pub fn file_name(&self) -> String {
        format!("pimento-audit-{}.{}", self.day, self.format.wire())
    }

    /// The next piece of the file; `None` at its end.
    ///
    /// # Errors
    /// The database can't be reached.
    pub async fn next(&mut self) -> Result<Option<String>> {
        let (piece, next) = match (self.next, self.format) {
            (Next::Nothing, _) => return Ok(None),
            (Next::First, Format::Csv) => (csv::headings(), Next::After(0)),
            (Next::First, Format::Ndjson) => (self.first()?, Next::After(0)),
            (Next::After(after), Format::Csv) => self.rows(after).await?,
            (Next::After(after), Format::Ndjson) => self.lines(after).await?,
            (Next::Last, Format::Csv) => (String::new(), Next::Nothing),
            (Next::Last, Format::Ndjson) => (self.last().await?, Next::Nothing),
        };
        // what was sealed meanwhile would be missing, and a file that is short would say that it is not
        let mut conn = self.engine.pool.acquire().await?;
        if seals::start(&mut conn).await?.position != self.start.position {
            return Err(Error::Internal("a part of the audit was sealed while it was exported".into()));
        }
        self.next = next;
        Ok(Some(piece))
    }

    /// Every event of the chain, so that a gap is a fault.
    fn complete(&self) -> bool {
        self.sight.everything && self.filter.is_open()
    }

    fn first(&self) -> Result<String> {
        lines::line(&First::new(self.complete(), self.start, self.head))
    }

    async fn rows(&mut self, after: i64) -> Result<(String, Next)> {
        let mut conn = self.engine.pool.acquire().await?;
        let rows = audit_page::batch(&mut conn, &self.sight, &self.filter, after, BATCH).await?;
        let piece = rows.iter().map(csv::event).collect();
        Ok((piece, self.behind(rows.last().map(|row| row.seq), rows.len())))
    }

    async fn lines(&mut self, after: i64) -> Result<(String, Next)> {
        let mut conn = self.engine.pool.acquire().await?;
        let until = self.head.position;
        let batch = lines::batch(&mut conn, &self.sight, &self.filter, after..until, BATCH).await?;
        let (count, last) = (batch.len(), batch.last().map(|(position, _)| *position));
        let piece = batch.into_iter().map(|(_, line)| line).collect();
        Ok((piece, self.behind(last, count)))
    }

    fn behind(&mut self, last: Option<i64>, count: usize) -> Next {
        self.events += u64::try_from(count).unwrap_or_default();
        let full = count == usize::try_from(BATCH).unwrap_or(usize::MAX);
        last.filter(|_| full).map_or(Next::Last, Next::After)
    }

    async fn last(&self) -> Result<String> {
        let mut conn = self.engine.pool.acquire().await?;
        lines::last(&mut conn, self.complete(), self.events).await
    }
}

/// What can't be said in JSON; there is no such thing among what we write.
fn unwritable(error: serde_json::Error) -> Error {
    Error::Internal(format!("a line of the export: {error}"))
}
