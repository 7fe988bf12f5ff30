//! Gives many assignments with one form: first what would come of each line, then, agreed to, exactly that. A dry run
//! does everything and throws it away, so that what it says is what happens, also where lines depend on each other. Each
//! line is decided by itself, by the rules that decide one alone ([`super::assign`]); what passes is written together.

use super::assign::{self, Given};
use crate::audit::{self, About};
use crate::bulk::report::{Report, Row};
use crate::bulk::resolve::{self, Named};
use crate::bulk::{Line, MOST_LINES};
use crate::db::admin_requests;
use crate::db::bulk_results;
use crate::db::principals::PrincipalRow;
use crate::db::targets::{self, Hold};
use crate::desk::{self, Desk};
use crate::{Ctx, Engine, Error, Result, Tx, authority, clock, nesting, step_up};
use chrono::{DateTime, Utc};
use domain::assignment::Wanted;
use domain::audit::Event;
use domain::ids::{PrincipalId, RequestKey};
use domain::refusal::{Code, Refusal};
use domain::span::Span;
use domain::text::Text;
use sqlx::{Connection, PgConnection};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// What the form says.
#[derive(Clone, Debug)]
pub struct Input {
    /// The lines.
    pub lines: Vec<Line>,
    /// The digest of the report that was shown and agreed to.
    pub agreed: String,
    /// Second-factor code, if one was asked.
    pub code: String,
    /// Of the form; the result is found under it.
    pub key: RequestKey,
}

/// Says what would come of each line, and does nothing.
///
/// # Errors
/// This person manages nothing; too many lines; the database can't be reached.
pub async fn preview(engine: &Engine, ctx: &Ctx, lines: &[Line]) -> Result<Report> {
    let mut tx = engine.begin().await?;
    let work = Work::open(&mut tx, ctx, lines).await?;
    let report = work.write(&mut tx, ctx, RequestKey(crate::ids::new()), None).await?;
    tx.rollback().await?;
    Ok(report)
}

/// Does what was agreed to. The same form sent again changes nothing more.
///
/// # Errors
/// As [`preview`]; something would be different by now; the code. Then nothing was changed, and a code that was given is
/// still good.
pub async fn assign_many(engine: &Engine, ctx: &Ctx, input: &Input) -> Result<()> {
    let mut tx = engine.begin().await?;
    match attempt(engine, &mut tx, ctx, input).await {
        Ok(()) => tx.commit().await,
        Err(Error::Refused(refusals)) => {
            tx.rollback().await?;
            if refusals.iter().any(|refusal| refusal.code == Code::NotFound) {
                return Err(Error::Refused(refusals));
            }
            // about nobody in particular: nothing was done to anybody
            Err(audit::refused(engine, &ctx.by(), Event::AssignmentMade, About::default(), refusals).await)
        }
        Err(error) => Err(error),
    }
}

async fn attempt(engine: &Engine, tx: &mut Tx, ctx: &Ctx, input: &Input) -> Result<()> {
    if !bulk_results::begin(tx, input.key, ctx.person()).await? {
        return Ok(()); // sent before
    }
    let work = Work::open(tx, ctx, &input.lines).await?;
    let proof = work.confirm(engine, tx, ctx, input).await?;
    let report = work.write(tx, ctx, input.key, proof).await?;
    agreed(&report, input)?;
    work.tell_refused(tx, ctx, &report).await?;
    bulk_results::finish(tx, input.key, &report).await
}

/// What comes of the lines must be what was shown and agreed to.
fn agreed(report: &Report, input: &Input) -> Result<()> {
    if report.digest() == input.agreed && report.given() > 0 {
        return Ok(());
    }
    let text =
        "Something changed since this was shown, so nothing was assigned. Look at what would happen now.";
    Err(Refusal::new(Code::ChangedMeanwhile, text).into())
}

/// A form whose locks are held.
struct Work<'a> {
    lines: &'a [Line],
    named: Named,
    desks: BTreeMap<String, Result<Desk, Vec<Refusal>>>,
    now: DateTime<Utc>,
}

/// A line of which it is known who, what and how.
type Known<'a> = (&'a PrincipalRow, &'a Desk, &'a Wanted);

impl<'a> Work<'a> {
    /// Finds who and what is meant, takes all locks in their order, and reads right, policies and clock behind them.
    async fn open(tx: &mut Tx, ctx: &Ctx, lines: &'a [Line]) -> Result<Self> {
        authority::require_assigns_many(tx, ctx).await?;
        if lines.len() > MOST_LINES {
            let text = format!("At most {MOST_LINES} assignments are possible at once.");
            return Err(Refusal::new(Code::TooLarge, text.as_str()).into());
        }
        let named = resolve::principals(tx, ctx, lines.iter().map(|line| line.who.as_str())).await?;
        let mut desks = BTreeMap::new();
        for what in lines.iter().map(|line| &line.what).collect::<BTreeSet<_>>() {
            desks.insert(what.clone(), open(tx, ctx, what).await?);
        }
        let mut work = Self { lines, named, desks, now: DateTime::UNIX_EPOCH };
        work.lock(tx, ctx).await?;
        work.now = clock::now(tx).await?;
        Ok(work)
    }

    /// The proof of a code, where a line that passes asks for one: which do is tried first. A code that was given is
    /// still good when something changed since.
    async fn confirm(&self, engine: &Engine, tx: &mut Tx, ctx: &Ctx, input: &Input) -> Result<Option<Uuid>> {
        if !self.lines.iter().filter_map(|line| self.known(line).ok()).any(|known| asks_code(&known)) {
            return Ok(None);
        }
        let mut trial = tx.begin().await?;
        let report = self.write(&mut trial, ctx, input.key, None).await?;
        trial.rollback().await?;
        agreed(&report, input)?;
        if !report.asks_code {
            return Ok(None);
        }
        let subject = [format!("bulk:{}", input.agreed)];
        let demanded = step_up::demand(engine, tx, ctx, &input.code, step_up::ASSIGN, &subject, self.now);
        Ok(demanded.await?.first().copied())
    }

    async fn lock(&mut self, tx: &mut Tx, ctx: &Ctx) -> Result<()> {
        let known: Vec<Known<'_>> = self.lines.iter().filter_map(|line| self.known(line).ok()).collect();
        if known.iter().any(|(principal, ..)| principal.kind == "group") {
            nesting::lock(tx).await?;
        }
        // in the order in which everybody locks slots
        let slots: BTreeSet<_> =
            known.iter().map(|(principal, desk, _)| (PrincipalId(principal.id), desk.target_id)).collect();
        for (principal, target) in slots {
            targets::lock_slot(tx, principal, target).await?;
        }
        let mut desks: Vec<_> = self.desks.values_mut().filter(|desk| desk.is_ok()).collect();
        desks.sort_by_key(|desk| desk.as_ref().map(|desk| desk.target_id).ok());
        for entry in desks {
            let Ok(desk) = entry else { continue };
            if let Err(refusals) = parted(desk.refresh(tx, ctx, Hold::Share).await)? {
                *entry = Err(refusals);
            }
        }
        Ok(())
    }

    /// Who, what and how; or everything that is wrong with the line as written.
    fn known(&self, line: &'a Line) -> Result<Known<'_>, Vec<Refusal>> {
        let who = &self.named[&line.who.to_lowercase()];
        let what = &self.desks[&line.what];
        match (who, what, &line.wanted) {
            (Ok(principal), Ok(desk), Ok(wanted)) => Ok((principal, desk, wanted)),
            _ => {
                let all = [
                    who.as_ref().err().map(|one| vec![one.clone()]),
                    what.as_ref().err().cloned(),
                    line.wanted.as_ref().err().map(|unread| unread.refusals.clone()),
                ];
                Err(all.into_iter().flatten().flatten().collect())
            }
        }
    }

    /// Decides and writes line by line, so that each finds what those before it did.
    async fn write(
        &self,
        conn: &mut PgConnection,
        ctx: &Ctx,
        form: RequestKey,
        proof: Option<Uuid>,
    ) -> Result<Report> {
        let mut report = Report::default();
        for (at, line) in self.lines.iter().enumerate() {
            let known = self.known(line);
            let asks = known.as_ref().is_ok_and(asks_code);
            let result = match known {
                Ok(known) => self.give(conn, ctx, known, key_of(form, at), proof).await?,
                Err(refusals) => Err(refusals),
            };
            report.asks_code |= asks && result.is_ok();
            let name = self.named[&line.who.to_lowercase()].as_ref().map(|who| who.display_name.as_str());
            let thing = self.desks[&line.what].as_ref().map(Desk::name);
            report.rows.push(Row::of(line, name.unwrap_or_default(), thing.unwrap_or_default(), result));
        }
        Ok(report)
    }

    async fn give(
        &self,
        conn: &mut PgConnection,
        ctx: &Ctx,
        (principal, desk, wanted): Known<'_>,
        key: RequestKey,
        proof: Option<Uuid>,
    ) -> Result<Result<Span, Vec<Refusal>>> {
        let span = match assign::decide(conn, ctx, desk, principal, wanted, self.now).await? {
            Ok(span) => span,
            Err(refusals) => return Ok(Err(refusals)),
        };
        let proof = proof.filter(|_| assign::asks_for_code(desk, wanted.kind));
        let given = Given {
            principal: PrincipalId(principal.id),
            kind: wanted.kind,
            span,
            reason: &wanted.reason,
            proof,
        };
        Ok(assign::write(conn, ctx, desk, &given, key, self.now).await?.map(|_| span).map_err(Into::into))
    }

    /// The history tells of those who were refused as well; what named nobody or nothing is not about anybody's access.
    async fn tell_refused(&self, tx: &mut Tx, ctx: &Ctx, report: &Report) -> Result<()> {
        for (line, row) in self.lines.iter().zip(&report.rows) {
            let (Err(refusals), Ok((principal, desk, wanted))) = (&row.result, self.known(line)) else {
                continue;
            };
            let about = About {
                principal: Some(PrincipalId(principal.id)),
                group: desk.group(),
                target: Some(desk.target_id),
                reason: wanted.reason.clone(),
                policy_version: Some(desk.policy.version),
                facts: Some(audit::reasons(refusals)),
                ..About::default()
            };
            audit::done_refused(tx, &ctx.by(), Event::AssignmentMade, &about).await?;
        }
        Ok(())
    }
}

/// Whether giving this asks for a code.
fn asks_code((_, desk, wanted): &Known<'_>) -> bool {
    assign::asks_for_code(desk, wanted.kind)
}

/// The key of one line, its own among those of the form.
fn key_of(form: RequestKey, at: usize) -> RequestKey {
    admin_requests::key_for(form, Uuid::from_u128(at as u128))
}

/// What is managed under this address; unknown and somebody else's look alike.
async fn open(tx: &mut Tx, ctx: &Ctx, what: &str) -> Result<Result<Desk, Vec<Refusal>>> {
    let Ok(pick) = what.parse() else { return Ok(Err(nothing(what).into())) };
    let desk = parted(desk::open(tx, ctx, &pick, &mut About::default()).await)?;
    Ok(desk.map_err(|refusals| {
        let hidden = refusals.iter().any(|refusal| refusal.code == Code::NotFound);
        if hidden { nothing(what).into() } else { refusals }
    }))
}

fn nothing(what: &str) -> Refusal {
    let text = Text::say("There is no ")
        .name(what)
        .then(" that you manage. Write the key of a group, as its address shows it.");
    Refusal::new(Code::NotFound, text).at("target")
}

/// What a line may be refused for, apart from what fails the whole.
fn parted<T>(result: Result<T>) -> Result<Result<T, Vec<Refusal>>> {
    match result {
        Ok(done) => Ok(Ok(done)),
        Err(Error::Refused(refusals)) => Ok(Err(refusals)),
        Err(error) => Err(error),
    }
}
