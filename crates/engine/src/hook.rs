//! Webhooks: the worker reads on in the audit for each hook and makes rows of what it is to be told ([`expand`]), and sends them
//! ([`deliver`]) in the format of the hook ([`payload`]). Acts know nothing of it. Whatever there is to do for one hook is done in
//! small parts, so that the others have their turn ([`tidy`] does the rest).

pub mod deliver;
pub mod expand;
pub mod input;
pub mod keys;
mod note;
pub mod payload;
mod slack;
pub(crate) mod switch;
mod teams;
pub mod tidy;

use crate::{Engine, Result, worker};
use std::collections::BTreeMap;
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use uuid::Uuid;

/// Old deliveries are looked for every so many rounds.
const FORGET: u32 = 60;

/// Runs until `stop` says so, beside everything else. Each hook is worked off by a task of its own, so that one that answers slowly
/// or not at all holds up itself only.
pub async fn run(engine: Engine, mut stop: watch::Receiver<bool>) {
    let mut busy = BTreeMap::new();
    let mut round = 0_u32;
    engine.pulse.begin("webhooks");
    while !*stop.borrow() {
        let looked = look(&engine, &mut busy, &stop, round.is_multiple_of(FORGET)).await;
        engine.pulse.note("webhooks", &looked);
        if let Err(error) = looked {
            tracing::error!(?error, "webhooks failed; trying again");
        }
        round = round.wrapping_add(1);
        if worker::pause(&mut stop).await.is_err() {
            break;
        }
    }
    for (hook, task) in busy {
        if let Err(error) = task.await {
            tracing::error!(%error, %hook, "a webhook was not finished");
        }
    }
}

async fn look(
    engine: &Engine,
    busy: &mut BTreeMap<Uuid, JoinHandle<()>>,
    stop: &watch::Receiver<bool>,
    forget: bool,
) -> Result<()> {
    busy.retain(|_, task| !task.is_finished());
    // most installations have none
    if !sqlx::query_scalar::<_, bool>("select exists (select from hooks)").fetch_one(&engine.pool).await? {
        return Ok(());
    }
    if forget {
        tidy::forget(engine).await?;
    }
    tidy::tidy(engine, stop).await?;
    expand::expand(engine, stop).await?;
    for hook in deliver::due(engine).await? {
        busy.entry(hook).or_insert_with(|| tokio::spawn(drain(engine.clone(), hook, stop.clone())));
    }
    Ok(())
}

async fn drain(engine: Engine, hook: Uuid, stop: watch::Receiver<bool>) {
    if let Err(error) = deliver::drain(&engine, hook, &stop).await {
        tracing::error!(?error, %hook, "a webhook failed; trying again");
    }
}

/// Everything that is due, until nothing is.
///
/// # Errors
/// The database can't be reached.
pub async fn once(engine: &Engine) -> Result<()> {
    let (_keep, stop) = watch::channel(false);
    tidy::forget(engine).await?;
    while tidy::tidy(engine, &stop).await? | expand::expand(engine, &stop).await? {}
    let mut tasks = JoinSet::new();
    for hook in deliver::due(engine).await? {
        let (engine, stop) = (engine.clone(), stop.clone());
        tasks.spawn(async move { deliver::drain(&engine, hook, &stop).await });
    }
    tasks.join_all().await.into_iter().collect()
}
