//! How an application does, from what it answered lately.

use super::Health;

/// Transport failures in a row that open the circuit: then nothing is sent for [`OPEN_SECONDS`], and one call tries it.
pub const STRAIGHT: i32 = 5;
/// For so long.
pub const OPEN_SECONDS: i64 = 30;
/// A circuit that is open for so long, in seconds, is a quarantine.
pub const OPEN_TOO_LONG: i64 = 30 * 60;

/// Calls that counted, and those of them that found the application in trouble.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Calls {
    /// All.
    pub all: i64,
    /// Failed.
    pub failed: i64,
}

impl Calls {
    /// Whether more than this share failed.
    fn more_than(self, per_cent: i64) -> bool {
        self.failed * 100 > self.all * per_cent
    }
}

/// Judges by the last 5 and the last 30 minutes, and by since how many seconds the circuit is open. What is grave is judged at once,
/// not here; a quarantine is left by [`leaves`] only.
pub fn judge(five: Calls, thirty: Calls, open: Option<i64>) -> Health {
    if open.is_some_and(|seconds| seconds > OPEN_TOO_LONG) || (thirty.all >= 50 && thirty.more_than(40)) {
        Health::Quarantined
    } else if five.failed >= 5 && five.more_than(20) {
        Health::Degraded
    } else {
        Health::Healthy
    }
}

/// A quarantine ends after one good test call and one good removal; where none waits, the test call is enough.
pub fn leaves(tested: bool, removal_went_well: bool, removals_wait: bool) -> bool {
    tested && (removal_went_well || !removals_wait)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calls(failed: i64, all: i64) -> Calls {
        Calls { all, failed }
    }

    #[test]
    fn five_failures_of_less_than_twenty_five_degrade() {
        assert_eq!(judge(calls(4, 4), calls(4, 4), None), Health::Healthy);
        assert_eq!(judge(calls(5, 25), calls(5, 25), None), Health::Healthy);
        assert_eq!(judge(calls(5, 24), calls(5, 24), None), Health::Degraded);
    }

    #[test]
    fn more_than_forty_per_cent_of_fifty_quarantine() {
        assert_eq!(judge(calls(0, 0), calls(20, 50), None), Health::Healthy);
        assert_eq!(judge(calls(0, 0), calls(21, 50), None), Health::Quarantined);
        assert_eq!(judge(calls(0, 0), calls(40, 49), None), Health::Healthy, "too few to say");
        assert_eq!(judge(calls(0, 0), calls(0, 0), Some(1800)), Health::Healthy);
        assert_eq!(judge(calls(0, 0), calls(0, 0), Some(1801)), Health::Quarantined);
    }

    #[test]
    fn a_quarantine_ends_when_what_matters_works_again() {
        assert!(leaves(true, false, false) && leaves(true, true, true));
        assert!(!leaves(true, false, true) && !leaves(false, true, true));
    }
}
