//! One piece of work in a database: after its turn, in a session of its own, and written down.

use crate::outbound::stream::Closed;
use crate::provision::line::{Again, Key, Line, Stop};
use crate::provision::log::{self, Attempt};
use crate::provision::{health, record};
use domain::provision::answer::Meaning;
use domain::provision::database::{self, Address};
use domain::provision::sqlstate;
use domain::provision::steps::Step;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use std::time::{Duration, Instant};
use tokio::net::TcpStream;
use tokio::task::AbortHandle;
use tokio::time::timeout;
use tokio_postgres::config::SslMode;
use tokio_postgres::tls::{MakeTlsConnect, NoTls};
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Config, Row};
use tokio_postgres_rustls::MakeRustlsConnect;
use uuid::Uuid;

/// What the session insists on, whatever the database says: its owner may be somebody who is governed, and must neither put catalogs of
/// her own before the real ones nor keep us from revoking. And no statement keeps locks of a busy database for long.
const OPTIONS: &str = "-c search_path=pg_catalog,pg_temp -c default_transaction_read_only=off -c statement_timeout=10000 \
     -c lock_timeout=5000 -c row_security=off";
/// Longest wait for the answer to one statement, beyond those limits.
const BEYOND: Duration = Duration::from_secs(12);

/// What is done, for the log.
pub(super) struct What<'a> {
    pub step: Step,
    pub action: &'static str,
    pub group: Option<Uuid>,
    pub remote: Option<&'a str>,
    /// Name of what it is about.
    pub name: String,
    /// The statement that matters.
    pub statement: String,
}

/// What went wrong.
#[derive(Clone, Debug)]
pub(super) struct Fault {
    pub meaning: Meaning,
    /// It is not known whether it was done.
    lost: bool,
    code: String,
    says: String,
    /// The words are ours.
    ours: bool,
}

impl Fault {
    fn of(meaning: Meaning, lost: bool, says: impl Into<String>) -> Self {
        Self { meaning, lost, code: String::new(), says: says.into(), ours: false }
    }

    fn lost(says: impl Into<String>) -> Self {
        Self::of(Meaning::Unknown, true, says)
    }

    /// Nobody answered before anything was said.
    fn unreached(why: &str) -> Self {
        Self {
            lost: true,
            ..Self::found(Meaning::Unknown, format!("The server of the database does not answer: {why}."))
        }
    }

    /// Found by us, in words of ours.
    pub(super) fn found(meaning: Meaning, says: impl Into<String>) -> Self {
        Self { ours: true, ..Self::of(meaning, false, says) }
    }

    /// As people read it.
    pub(super) fn words(&self) -> String {
        let words = match self.meaning {
            _ if self.ours => return self.says.clone(),
            Meaning::Credentials => "The database does not let Pimento in.",
            Meaning::Elsewhere => "There is no such database.",
            Meaning::Pause(_) => "The database has no room for another connection.",
            Meaning::Moved => "The database was busy with something else.",
            Meaning::Wrong => "The database does not allow it.",
            Meaning::Unknown if !self.lost => "The database can't do that now.",
            other => other.words(),
        };
        format!("{words} {}", self.says)
    }

    /// Why the work stops here.
    pub(super) fn stop(&self) -> Stop {
        match self.meaning {
            Meaning::Pause(seconds) => Stop::Pause(seconds as f64),
            Meaning::Wrong => Stop::Failed(self.words(), Again::Later),
            _ => Stop::Failed(self.words(), Again::Soon),
        }
    }

    /// The same of something that is taken away: it is never put off for long.
    pub(super) fn stop_soon(&self) -> Stop {
        match self.stop() {
            Stop::Failed(why, _) => Stop::Failed(why, Again::Soon),
            stop => stop,
        }
    }
}

impl From<tokio_postgres::Error> for Fault {
    fn from(error: tokio_postgres::Error) -> Self {
        if let Some(said) = error.as_db_error() {
            let code = said.code().code().to_owned();
            let says =
                [Some(said.message()), said.detail()].into_iter().flatten().collect::<Vec<_>>().join(" ");
            return Self { code: code.clone(), ..Self::of(sqlstate::meaning(&code), false, says) };
        }
        let mut says = error.to_string();
        let mut cause = std::error::Error::source(&error);
        while let Some(error) = cause {
            says = format!("{says}: {error}");
            cause = error.source();
        }
        match () {
            () if says.contains("certificate") => Self::of(Meaning::Certificate, false, says),
            () if says.contains("authentication") => Self::of(Meaning::Credentials, false, says),
            () if says.contains("does not support TLS") => Self::found(
                Meaning::Forbidden,
                "The server of the database knows no TLS: nothing was sent to it.",
            ),
            () => Self::lost(says),
        }
    }
}

/// What drives a connection; it ends with this. What the server does at that moment goes on there all the same.
struct Driver(AbortHandle);

impl Drop for Driver {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// A session, and what it is for.
pub(super) struct Work<'a> {
    line: &'a Line,
    pub what: What<'a>,
    entered: Result<(Client, Driver), Fault>,
    begun: Instant,
}

impl<'a> Work<'a> {
    /// Waits for its turn and enters.
    pub(super) async fn begin(line: &'a Line, what: What<'a>) -> Result<Work<'a>, Stop> {
        line.wait_for_turn().await?;
        let begun = Instant::now();
        let mut entered = enter(line, &line.app.token).await;
        // while a new password is not set there yet, the one before goes on
        if let (Err(Fault { meaning: Meaning::Credentials, .. }), Some(old)) = (&entered, &line.app.old_token)
        {
            line.hold_now().await?;
            entered = enter(line, old).await;
        }
        Ok(Work { line, what, entered, begun })
    }

    /// Right before a role is given: that has to be wanted still, and to be what the group stands for. Entering may have taken long.
    pub(super) async fn give(&self, key: &Key, group: Uuid, role: &str) -> Result<(), Stop> {
        self.hold().await?;
        record::begin(self.line, key, group, role).await
    }

    /// Keeps the key for as long as the next statements can take.
    pub(super) async fn hold(&self) -> Result<(), Stop> {
        self.line.hold_now().await
    }

    /// Statements without an answer.
    pub(super) async fn run(&self, sql: &str) -> Result<(), Fault> {
        let (client, _) = self.entered.as_ref().map_err(Fault::clone)?;
        match timeout(BEYOND, client.batch_execute(sql)).await {
            Ok(done) => Ok(done?),
            Err(_) => Err(Fault::lost("no answer in time")),
        }
    }

    /// Rows.
    pub(super) async fn rows(&self, sql: &str, with: &[&(dyn ToSql + Sync)]) -> Result<Vec<Row>, Fault> {
        let (client, _) = self.entered.as_ref().map_err(Fault::clone)?;
        match timeout(BEYOND, client.query(sql, with)).await {
            Ok(rows) => Ok(rows?),
            Err(_) => Err(Fault::lost("no answer in time")),
        }
    }

    /// Writes down what came of it.
    pub(super) async fn end<T>(self, came: Result<T, Fault>) -> Result<Result<T, Fault>, Stop> {
        let line = self.line;
        // before anything is shortened or shown: half a secret is still one
        let came =
            came.map_err(|fault| Fault { says: log::short(&line.app.scrubbed(&fault.says), 300), ..fault });
        let (meaning, lost, code, words) = match &came {
            Ok(_) => (Meaning::Done, false, "", String::new()),
            Err(fault) => (fault.meaning, fault.lost, fault.code.as_str(), fault.words()),
        };
        let tried = Attempt {
            id: crate::ids::new(),
            meaning,
            group: self.what.group,
            remote: self.what.remote,
            name: &self.what.name,
            step: self.what.step,
            action: self.what.action,
            changed: &Value::Array(Vec::new()),
            request: self.what.statement.clone(),
            body: String::new(),
            status: None,
            code,
            answer: "",
            problem: words.clone(),
            took: self.begun.elapsed(),
        };
        log::write(line, &tried).await?;
        health::note(line, meaning, lost, &words).await?;
        Ok(came)
    }
}

async fn enter(line: &Line, password: &SecretString) -> Result<(Client, Driver), Fault> {
    let outbound = &line.engine.settings.outbound;
    let address = database::read(line.app.base(), outbound.rules().http);
    let address = address.map_err(|refusal| Fault::found(Meaning::Forbidden, refusal.text.to_string()))?;
    let stream = outbound.connect(&address.host, address.port).await.map_err(|closed| match closed {
        Closed::Forbidden(why) => Fault::of(Meaning::Forbidden, false, why),
        Closed::Lost(why) => Fault::unreached(&why),
    })?;
    let wait = outbound.patience();
    let entered = timeout(wait, session(line, &address, stream, password)).await;
    entered.unwrap_or_else(|_| Err(Fault::unreached(&format!("nothing within {} s", wait.as_secs()))))
}

async fn session(
    line: &Line,
    address: &Address,
    stream: TcpStream,
    password: &SecretString,
) -> Result<(Client, Driver), Fault> {
    let mut config = Config::new();
    config.user(&address.user).dbname(&address.database).password(password.expose_secret()).options(OPTIONS);
    config.application_name("Pimento").ssl_mode(if address.plain {
        SslMode::Disable
    } else {
        SslMode::Require
    });
    let (client, driver) = if address.plain {
        let (client, connection) = config.connect_raw(stream, NoTls).await?;
        (client, Driver(tokio::spawn(async move { drop(connection.await) }).abort_handle()))
    } else {
        let tls =
            line.engine.settings.outbound.tls().map_err(|why| Fault::of(Meaning::Certificate, false, why))?;
        let mut tls = MakeRustlsConnect::new(tls);
        let tls = <MakeRustlsConnect as MakeTlsConnect<TcpStream>>::make_tls_connect(&mut tls, &address.host);
        let tls = tls.map_err(|error| Fault::of(Meaning::Certificate, false, error.to_string()))?;
        let (client, connection) = config.connect_raw(stream, tls).await?;
        (client, Driver(tokio::spawn(async move { drop(connection.await) }).abort_handle()))
    };
    // what a copy shows may be over already, and nothing can be taken there
    if client.query_one("select pg_is_in_recovery()", &[]).await?.get(0) {
        return Err(Fault::found(
            Meaning::Unknown,
            "The address leads to a standby: nothing can be given or taken there.",
        ));
    }
    Ok((client, driver))
}
