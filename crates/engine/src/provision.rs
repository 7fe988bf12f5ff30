//! Provisioning: brings membership to applications by SCIM, and takes it away there.
//!
//! Acts know nothing of it: triggers write marks beside the assignments (`migrations/0026_provisioning.sql`), in the same transaction.
//! The worker makes keys of them ([`marks`]): an application and a person. A key is taken under a lease ([`keys`]), what is wanted is
//! read then, compared with what the application confirmed last, and what differs is sent ([`person`]) by the [`connector`] of its kind, one
//! request after the other through the application's bucket ([`line`]). [`health`] watches over it, [`check`] tests it, [`drift`] compares it.

pub(crate) mod app;
mod breaker;
mod check;
pub mod connector;
pub(crate) mod drift;
mod group;
pub(crate) mod health;
pub mod input;
pub(crate) mod keys;
pub(crate) mod line;
pub(crate) mod log;
pub(crate) mod marks;
pub(crate) mod person;
pub(crate) mod postgres;
mod record;
pub(crate) mod scim;

use crate::{Engine, Result, worker};
use line::{Key, Line, Stop};
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use uuid::Uuid;

/// Old attempts are looked for every so many rounds.
const FORGET: u32 = 60;
/// Pages of marks that are read before it is looked again at what is due.
const PAGES: usize = 8;
/// How often it is looked for more, while something is under way.
const TICK: Duration = Duration::from_secs(1);

/// What is done for an application beside everything else.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Task {
    /// Marks of groups and of whole applications are followed.
    Groups,
    /// Its keys are worked off.
    Keys,
    /// It is in quarantine, and tried.
    Test,
    /// It is compared.
    Sweep,
}

/// Runs until `stop` says so, beside everything else. Each application is worked off by a task of its own, so that one that answers
/// slowly or not at all holds up itself only.
pub async fn run(engine: Engine, mut stop: watch::Receiver<bool>) {
    let mut busy = BTreeMap::new();
    let mut round = 0_u32;
    engine.pulse.begin("provisioning");
    while !*stop.borrow() {
        let looked = look(&engine, &mut busy, &stop, round.is_multiple_of(FORGET)).await;
        engine.pulse.note("provisioning", &looked);
        if let Err(error) = looked {
            tracing::error!(?error, "provisioning failed; trying again");
        }
        round = round.wrapping_add(1);
        if worker::pause(&mut stop).await.is_err() {
            break;
        }
    }
    for ((app, what), task) in busy {
        // what compares and tries can be left at any moment; what gives and takes is finished
        if what != Task::Keys {
            task.abort();
        }
        match task.await {
            Err(error) if !error.is_cancelled() => {
                tracing::error!(%error, %app, ?what, "an application was not finished")
            }
            _ => {}
        }
    }
}

async fn look(
    engine: &Engine,
    busy: &mut BTreeMap<(Uuid, Task), JoinHandle<()>>,
    stop: &watch::Receiver<bool>,
    forget: bool,
) -> Result<()> {
    busy.retain(|_, task| !task.is_finished());
    // most installations have none
    if !sqlx::query_scalar::<_, bool>("select exists (select from applications)")
        .fetch_one(&engine.pool)
        .await?
    {
        return Ok(());
    }
    if forget {
        log::forget(engine).await?;
    }
    // what ended is taken away also while something is wrong with the marks, and groups are followed beside people
    if let Err(error) = dispatch(engine).await {
        tracing::error!(?error, "what acts marked could not be read; trying again");
    }
    let every = engine.clone();
    beside(busy, Uuid::nil(), Task::Groups, async move { marks::groups(&every).await });
    for app in keys::due(engine).await? {
        let (engine, stop) = (engine.clone(), stop.clone());
        beside(busy, app, Task::Keys, async move { drain(&engine, app, &stop).await });
    }
    for app in check::due(engine).await? {
        beside(busy, app, Task::Test, check::quarantined(engine.clone(), app));
    }
    for app in drift::due(engine).await? {
        beside(busy, app, Task::Sweep, drift::sweep(engine.clone(), app));
    }
    Ok(())
}

/// Does it in a task of its own, unless one does it already.
fn beside(
    busy: &mut BTreeMap<(Uuid, Task), JoinHandle<()>>,
    app: Uuid,
    task: Task,
    act: impl Future<Output = Result<()>> + Send + 'static,
) {
    busy.entry((app, task)).or_insert_with(|| {
        tokio::spawn(async move {
            if let Err(error) = act.await {
                tracing::error!(?error, %app, ?task, "an application failed; trying again");
            }
        })
    });
}

/// Reads marks of people, for as long as nothing else waits longer than a moment for it.
async fn dispatch(engine: &Engine) -> Result<()> {
    for _ in 0..PAGES {
        if !marks::people(engine).await? {
            break;
        }
    }
    Ok(())
}

/// Works off what is due in an application, until nothing is, or `stop` says so. What was begun is finished.
async fn drain(engine: &Engine, app: Uuid, stop: &watch::Receiver<bool>) -> Result<()> {
    let mut under_way: JoinSet<Result<()>> = JoinSet::new();
    loop {
        if !*stop.borrow() {
            match keys::claim(engine, app).await {
                Ok(keys) => keys.into_iter().for_each(|key| {
                    let engine = engine.clone();
                    under_way.spawn(async move { one(&engine, app, key).await });
                }),
                Err(error) if under_way.is_empty() => return Err(error),
                Err(error) => {
                    tracing::error!(?error, %app, "no more could be taken; what is under way goes on")
                }
            }
        }
        // not only when one is done: what became due meanwhile does not wait for somebody who takes long
        let done = tokio::select! {
            done = under_way.join_next() => done,
            () = tokio::time::sleep(TICK) => continue,
        };
        match done {
            None => return Ok(()),
            Some(Ok(Ok(()))) => {}
            // of this person only: it is tried again, and the others go on
            Some(Ok(Err(error))) => tracing::error!(?error, %app, "a person could not be worked on"),
            Some(Err(error)) => tracing::error!(%error, %app, "the work on a person broke off"),
        }
    }
}

async fn one(engine: &Engine, app: Uuid, key: Key) -> Result<()> {
    let mut conn = engine.pool.acquire().await?;
    let app = app::load(&mut conn, &engine.settings, app).await?;
    drop(conn);
    let why = key.why.clone();
    let line = Line { engine: engine.clone(), app, key: Some(key.clone()), why, actor: None };
    let worked = person::work(&line, &key).await;
    match &worked.came {
        Err(Stop::Failed(why, _)) => {
            tracing::warn!(app = %line.app.name, person = %key.user_id, %why, "provisioning")
        }
        Err(Stop::Lost) => {
            tracing::warn!(app = %line.app.name, person = %key.user_id, "another server went on")
        }
        _ => {}
    }
    keys::finish(&line, &key, worked).await
}

/// Everything that is due, until nothing is.
///
/// # Errors
/// The database can't be reached.
pub async fn once(engine: &Engine) -> Result<()> {
    let (_keep, stop) = watch::channel(false);
    while marks::people(engine).await? {}
    marks::groups(engine).await?;
    let mut tasks = JoinSet::new();
    for app in keys::due(engine).await? {
        let (engine, stop) = (engine.clone(), stop.clone());
        tasks.spawn(async move { drain(&engine, app, &stop).await });
    }
    tasks.join_all().await.into_iter().collect::<Result<()>>()?;
    for app in check::due(engine).await? {
        check::quarantined(engine.clone(), app).await?;
    }
    for app in drift::due(engine).await? {
        drift::sweep(engine.clone(), app).await?;
    }
    Ok(())
}
