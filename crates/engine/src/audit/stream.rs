//! Sends the audit on to a SIEM while it is written: syslog over TCP, with TLS or without (`domain::audit::syslog`).
//!
//! Syslog answers nothing, so nobody can know what was read. Events are sent in the order of the chain. How far it has
//! come is kept once the connection has stood for half a minute after it, longer than it takes to notice that a machine is
//! gone; a new connection begins there. So an event may come twice, with the same position, and what a connection took
//! with it comes again; what a receiver took in and then lost by itself does not. A new receiver gets the chain from its
//! beginning.

mod wire;

pub use wire::Address;

use super::named::{self, Named};
use crate::{Engine, Error, Result, ids, worker};
use domain::audit::syslog::{Told, frame};
use sqlx::{AssertSqlSafe, PgConnection};
use std::collections::VecDeque;
use std::time::{Duration, Instant};
use tokio::sync::watch;
use uuid::Uuid;
use wire::Wire;

/// Events of one batch.
const BATCH: i64 = 200;

/// How long a connection must stand after events before they count as sent.
const SETTLES: Duration = Duration::from_secs(30);

/// Rounds of about a second that are left out after a failure, at most.
const LONGEST: u32 = 60;

/// Who is sent to, and in which words.
#[derive(Clone, Debug)]
pub struct Receiver {
    /// Where it listens.
    pub address: Address,
    /// How an event is written.
    pub format: Format,
    /// The name of the sender: where people reach this installation.
    pub host: String,
    /// Of the program.
    pub version: &'static str,
}

/// How an event is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// Common Event Format.
    Cef,
    /// The JSON of an export's line (`docs/audit.md`).
    Json,
}

impl Receiver {
    fn message(&self, event: Named) -> Result<String> {
        let (entry, names) = (&event.entry, &event.names);
        let told = Told {
            entry,
            hash: &event.hash,
            by: names.by.as_deref(),
            about: names.about.as_deref(),
            group: names.group.as_deref(),
            access: names.access.as_deref(),
            request: names.request.as_deref(),
        };
        let text = match self.format {
            Format::Cef => told.cef(self.version),
            Format::Json => event.json()?,
        };
        Ok(frame(&told.message(&self.host, &text)))
    }
}

/// Runs until `stop` says so. One server at a time sends; another takes over when it is gone.
pub async fn run(engine: Engine, receiver: Option<Receiver>, mut stop: watch::Receiver<bool>) {
    let Some(receiver) = receiver else { return };
    let pulse = engine.pulse.clone();
    let mut sender = Sender::new(engine, receiver);
    let mut failures = 0_u32;
    pulse.begin("audit-stream");
    while !*stop.borrow() {
        let sent = sender.round().await;
        pulse.note("audit-stream", &sent);
        let rest = match sent {
            Ok(true) => continue,
            Ok(false) => {
                failures = 0;
                1
            }
            Err(error) => {
                tracing::warn!(%error, "the stream of the audit is interrupted");
                failures = failures.saturating_add(1);
                2_u32.saturating_pow(failures).min(LONGEST)
            }
        };
        if worker::rest(rest, &mut stop).await.is_err() {
            return;
        }
    }
}

/// One that sends, with its connection while there is one.
pub struct Sender {
    engine: Engine,
    receiver: Receiver,
    lease: Uuid,
    settles: Duration,
    open: Option<Open>,
}

/// A connection, and what went over it.
struct Open {
    wire: Wire,
    /// The last position.
    sent: i64,
    /// What does not count as sent yet: up to which position, since when.
    under_way: VecDeque<(i64, Instant)>,
}

impl Sender {
    /// One that has not connected yet.
    pub fn new(engine: Engine, receiver: Receiver) -> Self {
        Self { engine, receiver, lease: ids::new(), settles: SETTLES, open: None }
    }

    /// For tests, which don't wait for half a minute.
    #[cfg(feature = "testkit")]
    #[must_use]
    pub fn settling(self, settles: Duration) -> Self {
        Self { settles, ..self }
    }

    /// Sends the next events, if it is this one's turn. `true`: there may be more.
    ///
    /// # Errors
    /// The receiver or the database can't be reached; the next round goes on where this one began.
    pub async fn round(&mut self) -> Result<bool> {
        let Some(position) = self.lease().await? else {
            self.open = None;
            return Ok(false);
        };
        let sent = self.send(position).await;
        if let Err(error) = &sent {
            self.open = None;
            self.complain(&error.to_string()).await?;
        }
        sent
    }

    /// How far it was sent, if this one sends now.
    async fn lease(&self) -> Result<Option<i64>> {
        let found = sqlx::query_scalar(
            "insert into audit_streams as s (receiver, lease, leased_until) values ($1, $2, clock() + interval '60 seconds') \
             on conflict (receiver) do update set lease = $2, leased_until = clock() + interval '60 seconds' \
               where s.lease = $2 or s.leased_until is null or s.leased_until < clock() \
             returning position",
        );
        let found = found.bind(self.receiver.address.to_string()).bind(self.lease);
        Ok(found.fetch_optional(&self.engine.pool).await?)
    }

    async fn send(&mut self, position: i64) -> Result<bool> {
        let mut open = match self.open.take() {
            Some(open) => open,
            None => {
                let wire = Wire::open(&self.receiver.address).await.map_err(Error::Internal)?;
                Open { wire, sent: position, under_way: VecDeque::new() }
            }
        };
        open.wire.stands().await.map_err(Error::Internal)?;
        if let Some(settled) = open.settled(self.settles) {
            self.keep(settled).await?;
        }
        let events = self.events(open.sent).await?;
        let full = i64::try_from(events.len()) == Ok(BATCH);
        if let Some(last) = events.last().map(|event| event.entry.position) {
            // nothing may be known outside that a crash of the database would take back
            self.engine.flush().await?;
            let messages: Vec<String> =
                events.into_iter().map(|event| self.receiver.message(event)).collect::<Result<_>>()?;
            open.wire.send(messages.concat().as_bytes()).await.map_err(Error::Internal)?;
            open.sent = last;
            open.under_way.push_back((last, Instant::now()));
        }
        self.open = Some(open);
        Ok(full)
    }

    async fn events(&self, after: i64) -> Result<Vec<Named>> {
        let sql = format!("{} where c.position > $1 order by c.position limit $2", named::select());
        let rows: Vec<named::Row> =
            sqlx::query_as(AssertSqlSafe(sql)).bind(after).bind(BATCH).fetch_all(&self.engine.pool).await?;
        rows.into_iter().map(named::Row::named).collect()
    }

    /// Only who still sends writes how far it came.
    async fn keep(&self, position: i64) -> Result<()> {
        let keep = "update audit_streams set position = greatest(position, $3), sent_at = clock(), problem = '', \
             problem_at = null where receiver = $1 and lease = $2";
        let keep = sqlx::query(keep).bind(self.receiver.address.to_string()).bind(self.lease).bind(position);
        keep.execute(&self.engine.pool).await?;
        Ok(())
    }

    async fn complain(&self, problem: &str) -> Result<()> {
        let complain = "update audit_streams set problem = $3, problem_at = coalesce(problem_at, clock()) \
             where receiver = $1 and lease = $2";
        let complain = sqlx::query(complain).bind(self.receiver.address.to_string()).bind(self.lease);
        complain.bind(problem).execute(&self.engine.pool).await?;
        Ok(())
    }
}

impl Open {
    /// Up to which position everything went out so long ago; once for each.
    fn settled(&mut self, settles: Duration) -> Option<i64> {
        let mut settled = None;
        while let Some((position, _)) = self.under_way.front().filter(|(_, since)| since.elapsed() >= settles)
        {
            settled = Some(*position);
            self.under_way.pop_front();
        }
        settled
    }
}

/// What keeps this receiver from getting what happened more than so long ago, in words; `None` if nothing does.
///
/// # Errors
/// The database can't be reached.
pub async fn behind(conn: &mut PgConnection, address: &Address, late: Duration) -> Result<Option<String>> {
    let waits: Option<(i64, Option<String>)> = sqlx::query_as(
        "select count(*), (select nullif(problem, '') from audit_streams where receiver = $1) from audit_chain \
         where position > coalesce((select position from audit_streams where receiver = $1), 0) \
           and chained_at < clock() - make_interval(secs => $2) having count(*) > 0",
    )
    .bind(address.to_string())
    .bind(late.as_secs_f64())
    .fetch_optional(conn)
    .await?;
    let why = |problem: Option<String>| problem.unwrap_or_else(|| "no server sends them".to_owned());
    Ok(waits.map(|(count, problem)| format!("{count} events wait to be sent: {}", why(problem))))
}
