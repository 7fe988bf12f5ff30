//! Alerts: the worker counts what somebody should look at ([`swift`], [`whole`]), asks the rules in `domain::alert`, and opens and
//! closes ([`keep`]). Beside it, every worker gives a sign of life ([`workers`]).

pub(crate) mod keep;
pub mod notice;
mod swift;
mod whole;
pub mod workers;

use crate::audit::stream::Address;
use crate::db::alerts;
use crate::{Engine, Result, Tx, clock, worker};
use chrono::{DateTime, TimeDelta, Utc};
use domain::alert::facts::Facts;
use domain::alert::settings::Settings;
use domain::alert::{Kind, Part, due};
use tokio::sync::watch;
use uuid::Uuid;
use workers::Doing;

/// Rounds of about a second between two looks.
const LOOK: u32 = 15;

/// What was found of one subject.
#[derive(Clone, Debug)]
pub(crate) struct Finding {
    kind: Kind,
    subject: Subject,
    facts: Facts,
}

/// What an alert is about; all of it is empty where it is about the whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Subject {
    pub(crate) target: Option<Uuid>,
    pub(crate) person: Option<Uuid>,
    pub(crate) request: Option<Uuid>,
    pub(crate) hook: Option<Uuid>,
    pub(crate) application: Option<Uuid>,
    pub(crate) server: String,
}

impl Subject {
    fn target(target: Uuid) -> Self {
        Self { target: Some(target), ..Self::default() }
    }

    /// What makes it the same alert at the next count. A second use of break glass is another.
    pub(crate) fn key(&self) -> String {
        let ids = [self.target, self.person, self.request, self.hook, self.application].into_iter().flatten();
        let mut parts: Vec<String> = ids.map(|id| id.to_string()).collect();
        parts.extend((!self.server.is_empty()).then(|| self.server.clone()));
        parts.join(" ")
    }
}

/// Runs until `stop` says so. `server` names this machine; `stream` is where the audit is sent on to.
pub async fn run(engine: Engine, server: String, stream: Option<Address>, mut stop: watch::Receiver<bool>) {
    engine.pulse.begin("alerts");
    while !*stop.borrow() {
        if let Err(error) = workers::beat(&engine, &server, Doing::Work).await {
            tracing::error!(?error, "this worker could give no sign of life; trying again");
        }
        let counted = count(&engine, stream.as_ref()).await;
        engine.pulse.note("alerts", &counted);
        if let Err(error) = counted {
            tracing::error!(?error, "alerts could not be counted; trying again");
        }
        if worker::rest(LOOK, &mut stop).await.is_err() {
            return;
        }
    }
}

/// Runs on a server without a worker, until `stop` says so: somebody has to see that there is none anywhere.
pub async fn watch(engine: Engine, server: String, mut stop: watch::Receiver<bool>) {
    // a worker of its own on the same machine is another server
    let server = format!("{server} (web)");
    while !*stop.borrow() {
        if let Err(error) = workers::beat(&engine, &server, Doing::Answer).await {
            tracing::error!(?error, "this server could give no sign of life; trying again");
        }
        if let Err(error) = miss_worker(&engine).await {
            tracing::error!(?error, "whether there is a worker could not be seen; trying again");
        }
        if worker::rest(LOOK, &mut stop).await.is_err() {
            return;
        }
    }
}

/// Counts what is due, and says how many parts that were. Another server counts: none.
///
/// # Errors
/// The database can't be reached.
pub async fn count(engine: &Engine, stream: Option<&Address>) -> Result<usize> {
    let mut counted = 0;
    for part in Part::ALL {
        let mut tx = engine.begin().await?;
        let Some(settings) = turn(&mut tx).await? else { return Ok(counted) };
        let now = clock::now(&mut tx).await?;
        let last = last(&mut tx, part).await?;
        if !due::is_due(part, last, settings.saved_at, now) {
            // gives the turn back now: dropped, it would end some time after the next part asked for its own
            tx.rollback().await?;
            continue;
        }
        let settings = settings.settings;
        let found = match part {
            Part::Swift => swift::find(&mut tx, &settings, stream, now).await?,
            Part::Whole => whole::find(&mut tx, &settings, now).await?,
        };
        let kinds = Kind::ALL.iter().copied().filter(|kind| kind.part() == part).collect();
        let left_out = keep::keep(&mut tx, kinds, &settings, found, now).await?;
        done(&mut tx, part, now, left_out).await?;
        tx.commit().await?;
        counted += 1;
    }
    Ok(counted)
}

/// Looks for a worker, and for nothing else.
///
/// # Errors
/// The database can't be reached.
pub async fn miss_worker(engine: &Engine) -> Result<()> {
    let mut tx = engine.begin().await?;
    let Some(settings) = turn(&mut tx).await? else { return Ok(()) };
    let now = clock::now(&mut tx).await?;
    let found = workers::missing(&mut tx, &settings.settings, now).await?.into_iter().collect();
    keep::keep(&mut tx, [Kind::NoWorker].into(), &settings.settings, found, now).await?;
    tx.commit().await
}

/// One server at a time: with its turn it gets the settings in force.
async fn turn(tx: &mut Tx) -> Result<Option<alerts::Versioned>> {
    if !worker::alone(tx, "pimento alerts").await? {
        return Ok(None);
    }
    Ok(Some(alerts::settings(tx).await?))
}

async fn last(tx: &mut Tx, part: Part) -> Result<Option<(DateTime<Utc>, TimeDelta)>> {
    let last: Option<(DateTime<Utc>, i64)> =
        sqlx::query_as("select at, took_ms from alert_counts where part = $1")
            .bind(part.wire())
            .fetch_optional(&mut **tx)
            .await?;
    Ok(last.map(|(at, took)| (at, TimeDelta::milliseconds(took))))
}

async fn done(tx: &mut Tx, part: Part, now: DateTime<Utc>, left_out: usize) -> Result<()> {
    sqlx::query(
        "insert into alert_counts as c (part, at, took_ms, left_out) \
         values ($1, $2, greatest(extract(epoch from clock() - $2) * 1000, 0), $3) \
         on conflict (part) do update set at = excluded.at, took_ms = excluded.took_ms, left_out = excluded.left_out",
    )
    .bind(part.wire())
    .bind(now)
    .bind(i64::try_from(left_out).unwrap_or(i64::MAX))
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// What the rule says of this subject, if its kind is on.
fn judged(
    settings: &Settings,
    kind: Kind,
    subject: Subject,
    rule: impl FnOnce(&Settings) -> Option<Facts>,
) -> Option<Finding> {
    let facts = settings.on(kind).then(|| rule(settings)).flatten()?;
    Some(Finding { kind, subject, facts })
}
