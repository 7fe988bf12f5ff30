//! Tests an application, and keeps what was found.

use crate::audit::{self, About};
use crate::provision::connector::{Connector, Tested, of_kind};
use crate::provision::line::{Line, Stop};
use crate::provision::{app, health};
use crate::{Ctx, Engine, Error, Result, authority};
use domain::audit::Event;
use domain::authz::Action;
use domain::provision::Health;
use serde_json::json;
use uuid::Uuid;

/// Asks for nobody, and what it can do. That is written into its settings: whether it knows PATCH.
///
/// # Errors
/// Not for this person, or unknown. What the application answers is no error.
pub async fn test_connection(engine: &Engine, ctx: &Ctx, id: Uuid) -> Result<Tested> {
    authority::require(ctx, &Action::ManageApplications)?;
    let line = line(engine, ctx, id, "test of the connection").await?;
    let tested = told(of_kind!(line, connection(&line).await))?;
    let mut tx = engine.begin().await?;
    sqlx::query(
        "update applications set tested_at = clock(), test_says = $2, patches = coalesce($3, patches), \
           version = version + 1 where id = $1",
    )
    .bind(id)
    .bind(tested.lines.join("\n"))
    .bind(tested.patches)
    .execute(&mut *tx)
    .await?;
    if line.app.health == Health::Quarantined {
        health::tested(&mut tx, id, tested.well).await?;
    }
    note(&mut tx, ctx, &line, "connection", &tested).await?;
    tx.commit().await?;
    Ok(tested)
}

/// Makes and deletes users and a group of its own, and sets the switches by what it finds. The older dialect may be chosen only after it.
///
/// # Errors
/// Not for this person, or unknown. What the application answers is no error.
pub async fn test_write(engine: &Engine, ctx: &Ctx, id: Uuid) -> Result<Tested> {
    authority::require(ctx, &Action::ManageApplications)?;
    let line = line(engine, ctx, id, "test write").await?;
    let (tested, switches) = match of_kind!(line, rehearse(&line).await) {
        Ok(done) => (done.tested, done.switches),
        Err(stop) => (told(Err(stop))?, None),
    };
    let well = tested.well;
    // a way of writing that emptied a group is never used again, whatever else was found
    let emptied = switches.as_ref().is_some_and(|found| found.emptied);
    let legacy = switches.as_ref().map(|found| found.legacy && well);
    let switches = switches.filter(|_| well);
    let mut tx = engine.begin().await?;
    sqlx::query(
        "update applications set write_tested_at = clock(), write_says = $2, write_well = $3, patches = coalesce($4, patches), \
           probe = coalesce($5, probe), adds_twice = coalesce($6, adds_twice), delete_accept = coalesce($7, delete_accept), \
           legacy_well = coalesce($8, legacy_well), dialect = case when $9 then 'rfc' else dialect end, version = version + 1 where id = $1",
    )
    .bind(id)
    .bind(tested.lines.join("\n"))
    .bind(well)
    .bind(tested.patches.filter(|_| well))
    .bind(switches.as_ref().map(|found| found.probe.wire()))
    .bind(switches.as_ref().map(|found| found.adds_twice))
    .bind(switches.as_ref().map(|found| found.delete_accept))
    .bind(legacy)
    .bind(emptied)
    .execute(&mut *tx)
    .await?;
    note(&mut tx, ctx, &line, "write", &tested).await?;
    tx.commit().await?;
    Ok(tested)
}

pub(crate) async fn line(engine: &Engine, ctx: &Ctx, id: Uuid, why: &str) -> Result<Line> {
    let mut conn = engine.pool.acquire().await?;
    let app = app::load(&mut conn, &engine.settings, id).await?;
    Ok(Line { engine: engine.clone(), app, key: None, why: why.to_owned(), actor: Some(ctx.person().0) })
}

fn told(tested: Result<Tested, Stop>) -> Result<Tested> {
    match tested {
        Ok(tested) => Ok(tested),
        Err(Stop::Engine(error)) => Err(error),
        Err(Stop::Lost) => Err(Error::not_found()),
        Err(stop) => Ok(Tested { well: false, lines: vec![stop.words()], patches: None }),
    }
}

async fn note(tx: &mut crate::Tx, ctx: &Ctx, line: &Line, what: &str, tested: &Tested) -> Result<()> {
    let facts = json!({ "application": line.app.id, "name": line.app.name, "test": what, "well": tested.well, "says": tested.lines });
    let about = About { facts: Some(facts), ..About::default() };
    audit::done(tx, &ctx.by(), Event::ApplicationTested, &about).await
}
