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
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_postgres::config::SslMode;
use tokio_postgres::tls::{MakeTlsConnect, NoTls};
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Config, Row};
use tokio_postgres_rustls::MakeRustlsConnect;
use uuid::Uuid;

/// No statement may keep locks of a busy database for long.
const LIMITS: &str = "set statement_timeout = '10s'; set lock_timeout = '5s'";
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
#[derive(Debug)]
pub(super) struct Fault {
    pub meaning: Meaning,
    /// It is not known whether it was done.
    lost: bool,
    code: String,
    says: String,
}

impl Fault {
    fn of(meaning: Meaning, lost: bool, says: impl Into<String>) -> Self {
        Self { meaning, lost, code: String::new(), says: says.into() }
    }

    fn lost(says: impl Into<String>) -> Self {
        Self::of(Meaning::Unknown, true, says)
    }

    /// As people read it.
    pub(super) fn words(&self) -> String {
        let words = match self.meaning {
            Meaning::Credentials => "The database does not let Pimento in.",
            Meaning::Elsewhere => "There is no such database.",
            Meaning::Pause(_) => "The database has no room for another connection.",
            Meaning::Moved => "The database was busy with something else.",
            Meaning::Wrong => "The database does not allow it.",
            other => other.words(),
        };
        format!("{words} {}", log::short(&self.says, 300))
    }

    /// Why the work stops here.
    pub(super) fn stop(&self) -> Stop {
        match self.meaning {
            Meaning::Pause(seconds) => Stop::Pause(seconds as f64),
            Meaning::Wrong => Stop::Failed(self.words(), Again::Later),
            _ => Stop::Failed(self.words(), Again::Soon),
        }
    }
}

impl From<tokio_postgres::Error> for Fault {
    fn from(error: tokio_postgres::Error) -> Self {
        if let Some(said) = error.as_db_error() {
            let code = said.code().code().to_owned();
            let says =
                [Some(said.message()), said.detail()].into_iter().flatten().collect::<Vec<_>>().join(" ");
            return Self { meaning: sqlstate::meaning(&code), lost: false, code, says };
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
            () if says.contains("does not support TLS") => Self::of(Meaning::Forbidden, false, says),
            () => Self::lost(says),
        }
    }
}

/// A session, and what it is for.
pub(super) struct Work<'a> {
    line: &'a Line,
    what: What<'a>,
    client: Result<Client, Fault>,
    begun: Instant,
    driver: Option<JoinHandle<()>>,
}

impl Drop for Work<'_> {
    fn drop(&mut self) {
        // whatever is under way there is over with the connection
        if let Some(driver) = self.driver.take() {
            driver.abort();
        }
    }
}

impl<'a> Work<'a> {
    /// Waits for its turn and enters. `gives` says whose membership of what it gives: right before, that has to be wanted still.
    pub(super) async fn begin(
        line: &'a Line,
        what: What<'a>,
        gives: Option<(&Key, Uuid)>,
    ) -> Result<Work<'a>, Stop> {
        line.wait_for_turn().await?;
        if let Some((key, group)) = gives {
            record::begin(line, key, group).await?;
        }
        let begun = Instant::now();
        let mut entered = enter(line, &line.app.token).await;
        // while a new password is not set there yet, the one before goes on
        if let (Err(Fault { meaning: Meaning::Credentials, .. }), Some(old)) = (&entered, &line.app.old_token)
        {
            entered = enter(line, old).await;
        }
        let (client, driver) = match entered {
            Ok((client, driver)) => (Ok(client), Some(driver)),
            Err(fault) => (Err(fault), None),
        };
        Ok(Work { line, what, client, begun, driver })
    }

    fn client(&self) -> Result<&Client, Fault> {
        match &self.client {
            Ok(client) => Ok(client),
            Err(Fault { meaning, lost, code, says }) => {
                Err(Fault { meaning: *meaning, lost: *lost, code: code.clone(), says: says.clone() })
            }
        }
    }

    /// Statements without an answer.
    pub(super) async fn run(&self, sql: &str) -> Result<(), Fault> {
        let client = self.client()?;
        match timeout(BEYOND, client.batch_execute(sql)).await {
            Ok(done) => Ok(done?),
            Err(_) => Err(Fault::lost("no answer in time")),
        }
    }

    /// Rows.
    pub(super) async fn rows(&self, sql: &str, with: &[&(dyn ToSql + Sync)]) -> Result<Vec<Row>, Fault> {
        let client = self.client()?;
        match timeout(BEYOND, client.query(sql, with)).await {
            Ok(rows) => Ok(rows?),
            Err(_) => Err(Fault::lost("no answer in time")),
        }
    }

    /// Writes down what came of it.
    pub(super) async fn end<T>(self, came: Result<T, Fault>) -> Result<Result<T, Fault>, Stop> {
        let line = self.line;
        let (meaning, lost, code, words) = match &came {
            Ok(_) => (Meaning::Done, false, "", String::new()),
            Err(fault) => (fault.meaning, fault.lost, fault.code.as_str(), line.app.scrubbed(&fault.words())),
        };
        let nothing = Value::Array(Vec::new());
        log::write(
            line,
            &Attempt {
                id: crate::ids::new(),
                meaning,
                group: self.what.group,
                remote: self.what.remote,
                name: &self.what.name,
                step: self.what.step,
                action: self.what.action,
                changed: &nothing,
                request: self.what.statement.clone(),
                body: String::new(),
                status: None,
                code,
                answer: "",
                problem: words.clone(),
                took: self.begun.elapsed(),
            },
        )
        .await?;
        health::note(line, meaning, lost, &words).await?;
        Ok(came)
    }
}

async fn enter(line: &Line, password: &SecretString) -> Result<(Client, JoinHandle<()>), Fault> {
    let outbound = &line.engine.settings.outbound;
    let address = database::read(line.app.base(), outbound.rules().http);
    let address =
        address.map_err(|refusal| Fault::of(Meaning::Forbidden, false, refusal.text.to_string()))?;
    let stream = outbound.connect(&address.host, address.port).await.map_err(|closed| match closed {
        Closed::Forbidden(why) => Fault::of(Meaning::Forbidden, false, why),
        Closed::Lost(why) => Fault::lost(why),
    })?;
    let entering = session(line, &address, stream, password);
    let wait = outbound.patience();
    let entered = timeout(wait, entering).await;
    entered.unwrap_or_else(|_| Err(Fault::lost(format!("no answer within {} s", wait.as_secs()))))
}

async fn session(
    line: &Line,
    address: &Address,
    stream: TcpStream,
    password: &SecretString,
) -> Result<(Client, JoinHandle<()>), Fault> {
    let mut config = Config::new();
    config.user(&address.user).dbname(&address.database).password(password.expose_secret());
    config.application_name("Pimento").ssl_mode(if address.plain {
        SslMode::Disable
    } else {
        SslMode::Require
    });
    let (client, driver) = if address.plain {
        let (client, connection) = config.connect_raw(stream, NoTls).await?;
        (client, tokio::spawn(async move { drop(connection.await) }))
    } else {
        let tls =
            line.engine.settings.outbound.tls().map_err(|why| Fault::of(Meaning::Certificate, false, why))?;
        let mut tls = MakeRustlsConnect::new(tls);
        let tls = <MakeRustlsConnect as MakeTlsConnect<TcpStream>>::make_tls_connect(&mut tls, &address.host);
        let tls = tls.map_err(|error| Fault::of(Meaning::Certificate, false, error.to_string()))?;
        let (client, connection) = config.connect_raw(stream, tls).await?;
        (client, tokio::spawn(async move { drop(connection.await) }))
    };
    if let Err(error) = client.batch_execute(LIMITS).await {
        driver.abort();
        return Err(error.into());
    }
    Ok((client, driver))
}
