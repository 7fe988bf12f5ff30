//! Tests of an application: whether it answers as SCIM does, and, in quarantine, whether it does again.

use super::client::{Call, Line, Stop};
use super::{app, health};
use crate::{Engine, Result, ids};
use domain::provision::answer::Meaning;
use domain::provision::steps::Step;
use domain::provision::{filter, listing};
use uuid::Uuid;

/// A search that finds nobody.
pub(crate) fn nobody() -> String {
    format!("/Users?filter={}&startIndex=1&count=1", filter::eq("userName", &ids::new().to_string()))
}

/// What a test of the connection found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tested {
    /// It may be used.
    pub well: bool,
    /// What was found, one line each.
    pub lines: Vec<String>,
    /// It says that it knows PATCH; `None` where it says nothing.
    pub patches: Option<bool>,
}

/// Asks for nobody, and then for what it says about itself.
pub(crate) async fn connection(line: &Line) -> Result<Tested, Stop> {
    let seen = line.send(Call::get(nobody(), Step::Connect, "test").named(&line.app.name)).await?;
    let failed = |says: String| Tested { well: false, lines: vec![says], patches: None };
    if seen.meaning != Meaning::Done {
        return Ok(failed(line.app.scrubbed(&seen.words())));
    }
    let Some(listing) = listing::read(&seen.exchange.body) else {
        return Ok(failed("It answers, but not with a list as SCIM has it. Is the address right?".into()));
    };
    if listing.total > 0 || !listing.resources.is_empty() {
        return Ok(failed("It found somebody whom nobody asked for: it ignores filters.".into()));
    }
    let mut lines = vec!["It answers, and takes the token.".to_owned()];
    lines
        .extend(listing.deviations.iter().map(|deviation| format!("Not as the standard says: {deviation}.")));
    let call = Call::get("/ServiceProviderConfig".into(), Step::Connect, "test").named(&line.app.name);
    let about = line.send(call).await?;
    let patches =
        about.exchange.body["patch"]["supported"].as_bool().filter(|_| about.meaning == Meaning::Done);
    lines.push(match (about.meaning, patches) {
        (Meaning::Done, Some(true)) => "It says that it knows PATCH.".into(),
        (Meaning::Done, Some(false)) => "It says that it knows no PATCH: whole resources are written.".into(),
        _ => "It says nothing about what it can do.".into(),
    });
    Ok(Tested { well: true, lines, patches })
}

/// Those in quarantine whose next test call is due. They are taken by moving it on, so that no other server calls too.
///
/// # Errors
/// The database can't be reached.
pub(super) async fn due(engine: &Engine) -> Result<Vec<Uuid>> {
    let sql = "update applications set test_due_at = clock() + interval '5 minutes' where id in (select id from applications \
         where health = 'quarantined' and test_due_at <= clock() and off_at is null and deleted_at is null for update skip locked) \
       returning id";
    Ok(sqlx::query_scalar(sql).fetch_all(&engine.pool).await?)
}

/// Tries one in quarantine.
///
/// # Errors
/// The database can't be reached.
pub(super) async fn quarantined(engine: Engine, id: Uuid) -> Result<()> {
    let mut conn = engine.pool.acquire().await?;
    let app = app::load(&mut conn, &engine.settings, id).await?;
    drop(conn);
    let line = Line { engine: engine.clone(), app, key: None, why: "test in quarantine".into(), actor: None };
    let well = match connection(&line).await {
        Ok(tested) => tested.well,
        Err(Stop::Engine(error)) => return Err(error),
        Err(_) => false,
    };
    let mut tx = engine.begin().await?;
    health::tested(&mut tx, id, well).await?;
    tx.commit().await
}
