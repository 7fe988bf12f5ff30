//! How the loops of this process do, and how long its use cases waited for a connection: for whoever measures it. Nothing is
//! decided by it, so it is kept by the machine's own stop watch and in memory.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Everything that is kept. Clones are the same.
#[derive(Clone, Default)]
pub struct Pulse(Arc<Inner>);

#[derive(Default)]
struct Inner {
    beats: Mutex<BTreeMap<&'static str, Beat>>,
    at_once: AtomicU64,
    late: AtomicU64,
    never: AtomicU64,
}

/// How one loop does.
#[derive(Clone, Copy, Debug)]
pub struct Beat {
    /// Rounds that went well.
    pub rounds: u64,
    /// What failed.
    pub failures: u64,
    /// The end of the last round that went well; before the first, when the loop began.
    pub well: Instant,
}

/// So long nobody should wait for a transaction to begin: it is a connection that lies there, and one statement.
const LATE: Duration = Duration::from_millis(100);

/// How transactions of use cases began.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Waits {
    /// As they should.
    pub at_once: u64,
    /// After more than [`LATE`]: there was no connection left, or the database is slow.
    pub late: u64,
    /// Not at all: no connection in time, or no database.
    pub never: u64,
}

impl Pulse {
    /// A loop begins: from now on somebody would miss it.
    pub fn begin(&self, name: &'static str) {
        self.beats().entry(name).or_insert(Beat { rounds: 0, failures: 0, well: Instant::now() });
    }

    /// Notes what came of a round.
    pub fn note<T, E: Display>(&self, name: &'static str, came: &Result<T, E>) {
        self.begin(name);
        if let Some(beat) = self.beats().get_mut(name) {
            match came {
                Ok(_) => (beat.rounds, beat.well) = (beat.rounds + 1, Instant::now()),
                Err(_) => beat.failures += 1,
            }
        }
    }

    /// The loops of this process by name.
    pub fn loops(&self) -> BTreeMap<&'static str, Beat> {
        self.beats().clone()
    }

    /// What waiting there was.
    pub fn waits(&self) -> Waits {
        let Inner { at_once, late, never, .. } = &*self.0;
        Waits { at_once: at_once.load(Relaxed), late: late.load(Relaxed), never: never.load(Relaxed) }
    }

    /// Notes how long a transaction waited to begin.
    pub(crate) fn waited(&self, since: Instant, well: bool) {
        let count = match (well, since.elapsed() > LATE) {
            (false, _) => &self.0.never,
            (true, true) => &self.0.late,
            (true, false) => &self.0.at_once,
        };
        count.fetch_add(1, Relaxed);
    }

    fn beats(&self) -> MutexGuard<'_, BTreeMap<&'static str, Beat>> {
        self.0.beats.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loop_that_fails_is_not_taken_for_one_that_does_well() {
        let pulse = Pulse::default();
        pulse.begin("mail");
        let begun = pulse.loops()["mail"].well;
        pulse.note("mail", &Err::<(), _>("no"));
        let beat = pulse.loops()["mail"];
        assert_eq!((beat.rounds, beat.failures, beat.well), (0, 1, begun));
        pulse.note("mail", &Ok::<_, String>(()));
        let beat = pulse.loops()["mail"];
        assert!(beat.rounds == 1 && beat.failures == 1 && beat.well > begun);
    }
}
