//! One request to an application: its turn in the bucket, the fence of its key, the token, and what came of it in the log.

use super::app::App;
use super::{health, log, member};
use crate::outbound::exchange::Exchange;
use crate::{Engine, Error, Result};
use chrono::{DateTime, TimeDelta, Utc};
use domain::provision::answer::{Meaning, Outcome, meaning};
use domain::provision::bucket::Pace;
use domain::provision::steps::Step;
use reqwest::Method;
use reqwest::header::{
    ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, IF_MATCH, USER_AGENT,
};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use std::time::Duration;
use uuid::Uuid;

/// Nobody else takes a key for so long after each request of it began: longer than a request can take, and short enough that the
/// work of a server that died is taken up within a minute.
pub(crate) const LEASE: &str = "45 seconds";
/// Bytes of an answer that are read.
const MOST: usize = 1024 * 1024;
/// Bytes of one that holds a whole group.
const WHOLE: usize = 8 * MOST;
/// A turn that is further away than this is not waited for: others may have something to do.
const PATIENCE: TimeDelta = TimeDelta::seconds(20);
/// Longest time in which a transaction for a turn is begun without waiting for the disk.
const BEGIN: &str = "begin; set local synchronous_commit = off";

/// Why work on a key stops.
#[derive(Debug)]
pub(crate) enum Stop {
    /// The database.
    Engine(Error),
    /// Somebody else has the key now.
    Lost,
    /// The application is to be left alone for so many seconds.
    Pause(f64),
    /// There is something to give, and the application is in quarantine.
    Held,
    /// What is wanted changed meanwhile: it is read anew.
    Stale,
    /// It did not go well.
    Failed(String, Again),
    /// It waits for somebody to allow it.
    Blocked(String),
}

impl Stop {
    /// As people read it.
    pub(crate) fn words(&self) -> String {
        match self {
            Stop::Failed(why, _) | Stop::Blocked(why) => why.clone(),
            Stop::Pause(seconds) => format!("The application asked to be left alone for {seconds:.0} s."),
            Stop::Held => "The application is in quarantine: only removals go.".into(),
            Stop::Stale => "What is wanted changed meanwhile; it goes on with that.".into(),
            Stop::Lost => "Another server went on with it.".into(),
            Stop::Engine(_) => "It could not be worked on here; the log says why.".into(),
        }
    }
}

/// When what failed is tried again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Again {
    /// In seconds, then minutes.
    Soon,
    /// In hours: the data or the settings have to change first.
    Later,
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Stop::Engine(error)
    }
}

impl From<sqlx::Error> for Stop {
    fn from(error: sqlx::Error) -> Self {
        Stop::Engine(error.into())
    }
}

/// Somebody's work on an application.
#[derive(Clone)]
pub(crate) struct Line {
    pub engine: Engine,
    pub app: App,
    /// Of which person, under which lease; tests and sweeps have none.
    pub key: Option<Key>,
    /// Why it is done, and by whom if somebody asked.
    pub why: String,
    pub actor: Option<Uuid>,
}

/// A key under a lease.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct Key {
    pub user_id: Uuid,
    pub generation: i64,
    pub lease: Uuid,
    pub fence: i64,
    pub attempts: i32,
    pub failing_since: Option<DateTime<Utc>>,
    pub why: String,
}

/// A request.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub method: Method,
    pub path: String,
    pub body: Option<Value>,
    pub step: Step,
    pub action: &'static str,
    pub group: Option<Uuid>,
    pub remote: Option<String>,
    /// Name of what it is about, as it is now.
    pub name: String,
    pub changed: Value,
    pub if_match: Option<String>,
    /// It gives membership of the group: right before it is sent, that has to be wanted still.
    pub gives: bool,
    /// The answer may be as large as a group is.
    pub whole: bool,
}

impl Call {
    pub(crate) fn get(path: String, step: Step, action: &'static str) -> Self {
        Self::of(Method::GET, path, None, step, action)
    }

    pub(crate) fn of(
        method: Method,
        path: String,
        body: Option<Value>,
        step: Step,
        action: &'static str,
    ) -> Self {
        let (name, changed) = (String::new(), Value::Array(Vec::new()));
        let (group, remote, if_match) = (None, None, None);
        Self {
            method,
            path,
            body,
            step,
            action,
            group,
            remote,
            name,
            changed,
            if_match,
            gives: false,
            whole: false,
        }
    }

    pub(crate) fn named(self, name: &str) -> Self {
        Self { name: name.to_owned(), ..self }
    }

    pub(crate) fn in_group(self, group: Uuid) -> Self {
        Self { group: Some(group), ..self }
    }

    pub(crate) fn on(self, remote: &str) -> Self {
        Self { remote: Some(remote.to_owned()), ..self }
    }
}

/// What came back.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub meaning: Meaning,
    pub exchange: Exchange,
}

impl Seen {
    /// The sentence for people; what the application said stands at its end.
    pub(crate) fn words(&self) -> String {
        let status = self.exchange.status.map(|status| format!(" ({status})")).unwrap_or_default();
        let said = [self.exchange.detail(), &self.exchange.problem].into_iter().find(|said| !said.is_empty());
        let said = said.map(|said| format!(" {}", super::log::short(said, 300))).unwrap_or_default();
        format!("{}{status}{said}", self.meaning.words())
    }

    /// Why the work stops here.
    pub(crate) fn stop(&self) -> Stop {
        match self.meaning {
            Meaning::Pause(seconds) => Stop::Pause(seconds as f64),
            Meaning::Wrong | Meaning::Unsupported | Meaning::TooMuch => {
                Stop::Failed(self.words(), Again::Later)
            }
            _ => Stop::Failed(self.words(), Again::Soon),
        }
    }
}

impl Line {
    /// Sends, waits for the answer, and writes both down.
    pub(crate) async fn send(&self, call: Call) -> Result<Seen, Stop> {
        let wait = self.turn().await?;
        if !wait.is_zero() {
            tokio::time::sleep(wait).await;
            self.hold_now().await?;
        }
        if let (true, Some(group), Some(key)) = (call.gives, call.group, &self.key) {
            member::begin(self, key, group).await?;
        }
        let id = crate::ids::new();
        let url = self.app.url(&call.path)?;
        let body = call.body.as_ref().map(|body| body.to_string().into_bytes());
        let outbound = &self.engine.settings.outbound;
        let most = if call.whole { WHOLE } else { MOST };
        let headers = self.headers(&call, id, &self.app.token)?;
        let mut exchange = outbound.exchange(call.method.clone(), &url, headers, body.clone(), most).await;
        // while a new token is not known there yet, the one before goes on
        if let (Meaning::Credentials, Some(old)) = (meaning(&exchange.outcome), &self.app.old_token) {
            self.hold_now().await?;
            let headers = self.headers(&call, id, old)?;
            exchange = outbound.exchange(call.method.clone(), &url, headers, body, most).await;
        }
        // before anything is read, kept or shortened: half a token is still one
        self.app.clean(&mut exchange);
        let seen = Seen { meaning: meaning(&exchange.outcome), exchange };
        log::write(self, id, &call, &seen).await?;
        health::note(self, &seen).await?;
        Ok(seen)
    }

    fn headers(&self, call: &Call, id: Uuid, token: &SecretString) -> Result<HeaderMap> {
        let odd = |error: reqwest::header::InvalidHeaderValue| Error::Internal(error.to_string());
        let mut headers = HeaderMap::new();
        let mut bearer = HeaderValue::from_str(&format!("Bearer {}", token.expose_secret())).map_err(odd)?;
        bearer.set_sensitive(true);
        headers.insert(AUTHORIZATION, bearer);
        headers.insert(USER_AGENT, HeaderValue::from_static(concat!("Pimento/", env!("CARGO_PKG_VERSION"))));
        let id = HeaderValue::from_str(&id.to_string()).map_err(odd)?;
        headers.insert(HeaderName::from_static("x-request-id"), id);
        if call.method != Method::DELETE || self.app.delete_accept {
            headers.insert(ACCEPT, HeaderValue::from_static("application/scim+json, application/json"));
        }
        if call.body.is_some() {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/scim+json"));
        }
        if let Some(tag) = &call.if_match {
            headers.insert(IF_MATCH, HeaderValue::from_str(tag).map_err(odd)?);
        }
        Ok(headers)
    }

    /// Keeps the key for as long as a request can take.
    async fn hold(&self, conn: &mut sqlx::PgConnection) -> Result<(), Stop> {
        let Some(key) = &self.key else { return Ok(()) };
        let held = format!(
            "update application_people set leased_until = clock() + interval '{LEASE}' \
             where application_id = $1 and user_id = $2 and lease = $3 and fence = $4"
        );
        let held = sqlx::query(sqlx::AssertSqlSafe(held))
            .bind(self.app.id)
            .bind(key.user_id)
            .bind(key.lease)
            .bind(key.fence)
            .execute(conn)
            .await?;
        if held.rows_affected() == 1 { Ok(()) } else { Err(Stop::Lost) }
    }

    pub(super) async fn hold_now(&self) -> Result<(), Stop> {
        let mut conn = self.engine.pool.acquire().await?;
        self.hold(&mut conn).await
    }

    /// Takes a place in the bucket, and holds the key for as long as a request can take: how long to wait before sending.
    async fn turn(&self) -> Result<Duration, Stop> {
        let mut tx = self.engine.pool.begin_with(BEGIN).await?;
        // the application first, as everybody does who holds it and keys of it
        let row: Option<Turn> = sqlx::query_as(
            "select full_at, per_second, burst, pace_share, slowed_at, paused_until, clock() as now from applications \
             where id = $1 and deleted_at is null for no key update",
        )
        .bind(self.app.id)
        .fetch_optional(&mut *tx)
        .await?;
        let held = self.hold(&mut tx).await;
        let (Some(row), Ok(())) = (row, &held) else {
            tx.rollback().await?;
            return Err(held.err().unwrap_or(Stop::Lost));
        };
        // somebody who tests wants to know at once
        if let Some(until) = row.paused_until.filter(|until| *until > row.now && self.key.is_some()) {
            tx.rollback().await?;
            return Err(Stop::Pause(seconds(until - row.now)));
        }
        let (full_at, wait) = row.pace().take(row.full_at, row.now);
        if wait > PATIENCE {
            tx.rollback().await?;
            return Err(Stop::Pause(seconds(wait)));
        }
        let taken = "update applications set full_at = $2 where id = $1";
        sqlx::query(taken).bind(self.app.id).bind(full_at).execute(&mut *tx).await?;
        tx.commit().await?;
        Ok(wait.to_std().unwrap_or_default())
    }

    /// Whether the base address answers as SCIM does: a 404 below it means what it says only then.
    pub(crate) async fn is_alive(&self) -> Result<bool, Stop> {
        let call = Call::get("/ServiceProviderConfig".into(), Step::Connect, "look").named(&self.app.name);
        let seen = self.send(call).await?;
        match seen.meaning {
            Meaning::Done if seen.exchange.body.is_object() => Ok(true),
            Meaning::Gone | Meaning::Done => {
                let call = Call::get(super::check::nobody(), Step::Connect, "look").named(&self.app.name);
                let seen = self.send(call).await?;
                let listed = domain::provision::listing::read(&seen.exchange.body).is_some();
                Ok(seen.meaning == Meaning::Done && listed)
            }
            _ => Err(seen.stop()),
        }
    }

    /// A 404 where the address itself is wrong says nothing about a user: then the application is left alone.
    pub(crate) async fn must_be_alive(&self) -> Result<(), Stop> {
        if self.is_alive().await? {
            return Ok(());
        }
        let why = "The address does not lead to SCIM: it answers 404.";
        health::quarantine(&self.engine, self.app.id, why).await?;
        Err(Stop::Failed(why.into(), Again::Soon))
    }
}

fn seconds(wait: TimeDelta) -> f64 {
    wait.num_milliseconds() as f64 / 1000.0
}

#[derive(sqlx::FromRow)]
struct Turn {
    full_at: DateTime<Utc>,
    per_second: i32,
    burst: i32,
    pace_share: f64,
    slowed_at: Option<DateTime<Utc>>,
    paused_until: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
}

impl Turn {
    fn pace(&self) -> Pace {
        Pace {
            per_second: f64::from(self.per_second),
            burst: self.burst.unsigned_abs(),
            share: self.pace_share,
            slowed_at: self.slowed_at,
        }
    }
}

/// Whether it is known what became of a request.
pub(crate) fn is_transport(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Lost)
}

/// The application refused a PATCH. Whole resources are written from now on only if it says that it knows none: one answer may be that
/// of something in between.
pub(crate) async fn no_patches(line: &Line, refused: &Seen) -> Result<(), Stop> {
    let call = Call::get("/ServiceProviderConfig".into(), Step::Connect, "look").named(&line.app.name);
    let about = line.send(call).await?;
    if about.meaning != Meaning::Done || about.exchange.body["patch"]["supported"] != false {
        return Err(refused.stop());
    }
    let sql = "update applications set patches = false where id = $1";
    sqlx::query(sql).bind(line.app.id).execute(&line.engine.pool).await?;
    Ok(())
}
