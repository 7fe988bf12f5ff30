//! Reads a directory export into the directory here: first what it would do, then all of it or nothing.

use crate::act::set_person_state;
use crate::audit::{self, About};
use crate::ctx::By;
use crate::import::facts;
use crate::import::plan::{self, Plan};
use crate::import::read::{self, File};
use crate::import::record::Records;
use crate::import::report::{Outcome, Report, Thing};
use crate::import::write;
use crate::{Ctx, Engine, Error, Result, Tx, authority, grounds, guard, nesting};
use domain::audit::Event;
use domain::authz::Action;
use domain::refusal::{Code, Refusal};
use serde_json::{Map, Value, json};

/// What is wanted.
#[derive(Clone, Debug)]
pub struct Input {
    /// The files, in any order.
    pub files: Vec<File>,
    /// The digest of the report that was shown and agreed to, when there was one: if anything would be different by
    /// now, nothing is written.
    pub agreed: Option<String>,
}

/// Says what an import would do, and does nothing.
///
/// # Errors
/// Not allowed; a file can't be read; nobody would be left to administrate.
pub async fn preview(engine: &Engine, ctx: &Ctx, input: &Input) -> Result<Report> {
    authority::require(ctx, &Action::Import)?;
    preview_as(engine, &ctx.by(), input).await
}

/// The same for the command line, which is trusted as the operator.
///
/// # Errors
/// A file can't be read; nobody would be left to administrate.
pub async fn preview_as(engine: &Engine, by: &By, input: &Input) -> Result<Report> {
    let records = read::read(&input.files)?;
    // written and thrown away: what the dry run says, the import does
    let (tx, plan) = run(engine, by, &records).await?;
    tx.rollback().await?;
    Ok(plan.report)
}

/// Imports: all of it or nothing.
///
/// # Errors
/// Not allowed; a file can't be read; something changed since the report that was agreed to; nobody would be left to
/// administrate.
pub async fn import_directory(engine: &Engine, ctx: &Ctx, input: &Input) -> Result<Report> {
    authority::require(ctx, &Action::Import)?;
    import_directory_as(engine, &ctx.by(), input).await
}

/// The same for the command line, which is trusted as the operator.
///
/// # Errors
/// As [`import_directory`].
pub async fn import_directory_as(engine: &Engine, by: &By, input: &Input) -> Result<Report> {
    match import(engine, by, input).await {
        Err(Error::Refused(refusals)) => {
            Err(audit::refused(engine, by, Event::DirectoryImported, About::default(), refusals).await)
        }
        other => other,
    }
}

async fn import(engine: &Engine, by: &By, input: &Input) -> Result<Report> {
    let records = read::read(&input.files)?;
    let (mut tx, plan) = run(engine, by, &records).await?;
    let report = plan.report;
    if input.agreed.as_ref().is_some_and(|agreed| *agreed != report.digest()) {
        let text = "The directory changed since this report was made. Look at the new one.";
        return Err(Refusal::new(Code::ChangedMeanwhile, text).into());
    }
    if report.changes_something() {
        let about = About { facts: Some(counts(&report)), ..About::default() };
        audit::done(&mut tx, by, Event::DirectoryImported, &about).await?;
    }
    tx.commit().await?;
    Ok(report)
}

/// Holds the directory still, plans, and writes into a transaction that the caller commits or throws away.
async fn run(engine: &Engine, by: &By, records: &Records) -> Result<(Tx, Plan)> {
    let mut tx = engine.begin().await?;
    // nobody nests, creates, renames or brings in a group meanwhile
    nesting::lock(&mut tx).await?;
    sqlx::query("lock table groups in share row exclusive mode").execute(&mut *tx).await?;
    let plan = plan::plan(&facts::load(&mut tx).await?, records);
    grounds::loosen(&mut tx, plan.leaves.iter().map(|(group, _, _)| *group)).await?;
    for person in &plan.disabled {
        set_person_state::lock(&mut tx, *person).await?;
    }
    let watch = guard::watch_all(&mut tx).await?;
    write::write(&mut tx, by, &plan).await?;
    watch.check(&mut tx).await?;
    Ok((tx, plan))
}

/// Numbers for the audit: per kind of thing, per outcome.
fn counts(report: &Report) -> Value {
    let mut facts = Map::new();
    for thing in Thing::ALL {
        let numbers: Map<String, Value> = Outcome::ALL
            .iter()
            .map(|outcome| (outcome.words().to_owned(), json!(report.count(thing, *outcome))))
            .filter(|(_, number)| *number != json!(0))
            .collect();
        if !numbers.is_empty() {
            facts.insert(thing.words().to_lowercase(), Value::Object(numbers));
        }
    }
    Value::Object(facts)
}
