//! Which pages are open here, and the one task that looks what changed.

use crate::session_store::Sessions;
use chrono::{DateTime, Utc};
use engine::live::{Feed, Followed, MOST as MOST_EVENTS, Watcher, told};
use engine::{Ctx, Engine};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{mpsc, watch};

/// How often it is looked for changes while somebody listens.
const EVERY: Duration = Duration::from_millis(250);
/// So many looks are one when nobody listens: pages that are made meanwhile must still know how far they are.
const IDLE: u32 = 4;
/// After so many looks every session is looked at again: a stream ends at most ten seconds after its session.
const SESSIONS: u32 = 40;
/// Streams of one session: the tabs that are visible at the same time.
pub const MOST: usize = 4;

/// Everything that is open here. Clones are the same hub.
#[derive(Clone)]
pub struct Hub(Arc<Inner>);

struct Inner {
    engine: Engine,
    sessions: Sessions,
    /// The open streams by their number.
    open: Mutex<BTreeMap<u64, Open>>,
    /// The number of the next one: never given twice, since a stream takes itself off the list.
    next: AtomicU64,
    /// No more streams: the server stops.
    over: AtomicBool,
    /// Up to where in the audit this server has looked.
    mark: AtomicI64,
    /// When it looked last, by the database's clock.
    looked: watch::Sender<Option<DateTime<Utc>>>,
}

struct Open {
    session: Vec<u8>,
    watcher: Watcher,
    /// Room for one: who has not been told yet is told once.
    tell: mpsc::Sender<()>,
}

/// As many streams as one session may have are open already, or the server stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Full;

/// One stream's side of the hub. Dropping it takes the stream off the list.
pub struct Heard {
    hub: Hub,
    number: u64,
    /// Says that there is something to look at; over when the stream has to end.
    pub told: mpsc::Receiver<()>,
    /// When the server looked last.
    pub looked: watch::Receiver<Option<DateTime<Utc>>>,
}

impl Drop for Heard {
    fn drop(&mut self) {
        self.hub.open().remove(&self.number);
    }
}

impl Hub {
    /// A hub that nobody runs yet.
    pub fn new(engine: Engine, sessions: Sessions) -> Self {
        let (looked, _) = watch::channel(None);
        Self(Arc::new(Inner {
            engine,
            sessions,
            open: Mutex::default(),
            next: AtomicU64::new(0),
            over: AtomicBool::new(false),
            mark: AtomicI64::new(0),
            looked,
        }))
    }

    /// Up to where in the audit this server has looked: what a page that is made from now on certainly holds.
    pub fn mark(&self) -> i64 {
        self.0.mark.load(Ordering::Acquire)
    }

    /// How many pages listen here now.
    pub fn listening(&self) -> usize {
        self.open().len()
    }

    /// Listens for a page that was made when the hub was at `since`; it is told at once if it is behind already.
    ///
    /// # Errors
    /// The session has too many streams.
    pub async fn listen(&self, ctx: &Ctx, watcher: Watcher, since: i64) -> Result<Heard, Full> {
        let (tell, told) = mpsc::channel(1);
        let number = self.enter(Open {
            session: ctx.session.hash.clone(),
            watcher: watcher.clone(),
            tell: tell.clone(),
        })?;
        let heard = Heard { hub: self.clone(), number, told, looked: self.0.looked.subscribe() };
        // entered first, so that what happens meanwhile is not missed
        if self.behind(&watcher, since).await.unwrap_or(true) {
            // full: it has been told
            let _ = tell.try_send(());
        }
        Ok(heard)
    }

    fn enter(&self, entry: Open) -> Result<u64, Full> {
        let mut open = self.open();
        let same = open.values().filter(|other| other.session == entry.session).count();
        if same >= MOST || self.0.over.load(Ordering::Acquire) {
            return Err(Full);
        }
        let number = self.0.next.fetch_add(1, Ordering::Relaxed);
        open.insert(number, entry);
        Ok(number)
    }

    async fn behind(&self, watcher: &Watcher, since: i64) -> engine::Result<bool> {
        let mut conn = self.0.engine.pool.acquire().await?;
        let events = engine::live::since(&mut conn, since).await?;
        let all = events.len() < MOST_EVENTS;
        Ok(!all || !told(&mut conn, &events, std::slice::from_ref(watcher)).await?.is_empty())
    }

    fn open(&self) -> MutexGuard<'_, BTreeMap<u64, Open>> {
        self.0.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks for changes until `stop` says so, then ends every stream.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        let (mut feed, mut followed) = (None, Followed::default());
        let mut round = 0_u32;
        self.0.engine.pulse.begin("live-pages");
        while !*stop.borrow() {
            if round.is_multiple_of(IDLE) || !self.open().is_empty() {
                let looked = self.look(&mut feed, &mut followed, round.is_multiple_of(SESSIONS)).await;
                self.0.engine.pulse.note("live-pages", &looked);
                if let Err(error) = looked {
                    tracing::error!(?error, "live pages: can't look for changes; trying again");
                }
            }
            round = round.wrapping_add(1);
            tokio::select! {
                () = tokio::time::sleep(EVERY) => {}
                changed = stop.changed() => if changed.is_err() { break },
            }
        }
        self.0.over.store(true, Ordering::Release);
        self.open().clear();
    }

    async fn look(
        &self,
        feed: &mut Option<Feed>,
        followed: &mut Followed,
        sessions: bool,
    ) -> engine::Result<()> {
        if sessions {
            self.end_with_sessions().await?;
        }
        let mut conn = self.0.engine.pool.acquire().await?;
        let feed = match feed {
            Some(feed) => feed,
            None => feed.insert(Feed::start(&mut conn).await?),
        };
        let found = feed.look(&mut conn).await?;
        let (numbers, watchers): (Vec<u64>, Vec<Watcher>) =
            self.open().iter().map(|(number, open)| (*number, open.watcher.clone())).unzip();
        // what was found and can't be sorted out now concerns everybody
        let mut told = match told(&mut conn, &found.events, &watchers).await {
            Ok(told) => told,
            Err(error) => {
                tracing::error!(?error, "live pages: can't tell whom it concerns; telling everybody");
                (0..numbers.len()).collect()
            }
        };
        // her own pages show it, those of groups don't
        let own: Vec<_> = watchers.iter().filter(|one| one.place.is_none()).map(|one| one.person).collect();
        let answered = followed.look(&mut conn, &own).await?;
        let hers = |one: &Watcher| one.place.is_none() && answered.contains(&one.person);
        told.extend((0..watchers.len()).filter(|at| hers(&watchers[*at])));
        for number in told.iter().filter_map(|at| numbers.get(*at)) {
            if let Some(open) = self.open().get(number) {
                // full: it has been told and has not looked yet
                let _ = open.tell.try_send(());
            }
        }
        self.0.mark.store(feed.mark(), Ordering::Release);
        self.0.looked.send_replace(Some(found.now));
        Ok(())
    }

    /// Ends the streams whose session is over.
    async fn end_with_sessions(&self) -> engine::Result<()> {
        let open: Vec<Vec<u8>> = self.open().values().map(|open| open.session.clone()).collect();
        if open.is_empty() {
            return Ok(());
        }
        let alive = self.0.sessions.alive(&open).await?;
        // one that was opened since is looked at the next time
        self.open().retain(|_, stream| alive.contains(&stream.session) || !open.contains(&stream.session));
        Ok(())
    }
}
