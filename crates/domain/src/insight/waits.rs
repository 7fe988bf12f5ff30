//! How long people waited, and what most of them did.

use std::collections::BTreeMap;

/// Waits of whole minutes, rounded down, and how often each was met.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Waits(BTreeMap<u32, u64>);

impl Waits {
    /// Takes `times` more waits of so many minutes in.
    pub fn add(&mut self, minutes: u32, times: u64) {
        if times > 0 {
            *self.0.entry(minutes).or_default() += times;
        }
    }

    /// Takes all of another's in.
    pub fn merge(&mut self, other: &Waits) {
        for (minutes, times) in &other.0 {
            self.add(*minutes, *times);
        }
    }

    /// How many there are.
    pub fn count(&self) -> u64 {
        self.0.values().sum()
    }

    /// The shortest wait that at least `percent` of a hundred did not exceed (nearest rank), in minutes. Always a wait
    /// that somebody had; `None` where nobody waited.
    pub fn percentile(&self, percent: u8) -> Option<u32> {
        let rank = (self.count() * u64::from(percent.min(100))).div_ceil(100).max(1);
        let mut seen = 0;
        self.0.iter().find_map(|(minutes, times)| {
            seen += times;
            (seen >= rank).then_some(*minutes)
        })
    }

    /// Half waited no longer than this.
    pub fn median(&self) -> Option<u32> {
        self.percentile(50)
    }

    /// Nine in ten waited no longer than this.
    pub fn ninth_tenth(&self) -> Option<u32> {
        self.percentile(90)
    }
}
