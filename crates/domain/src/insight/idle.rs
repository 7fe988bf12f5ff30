//! Eligibilities that nobody uses.

use chrono::{DateTime, TimeDelta, Utc};

/// For how long an eligibility was not used before a report names it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Idle {
    /// Thirty days.
    Thirty,
    /// Sixty days.
    Sixty,
    /// Ninety days.
    #[default]
    Ninety,
}

impl Idle {
    /// All, the shortest first.
    pub const ALL: [Idle; 3] = [Idle::Thirty, Idle::Sixty, Idle::Ninety];

    /// How many days.
    pub const fn days(self) -> u32 {
        match self {
            Idle::Thirty => 30,
            Idle::Sixty => 60,
            Idle::Ninety => 90,
        }
    }

    /// From a number of days in an address; anything else is ninety.
    pub fn parse(word: &str) -> Self {
        Self::ALL.into_iter().find(|idle| idle.days().to_string() == word).unwrap_or_default()
    }

    /// What lay idle since this moment or longer is named.
    pub fn limit(self, now: DateTime<Utc>) -> DateTime<Utc> {
        now - TimeDelta::days(i64::from(self.days()))
    }
}

/// Since when an eligibility lies idle: since its last use, or, never used, since it began. So a new one is not named
/// before somebody had the time to use it.
pub fn idle_since(since: DateTime<Utc>, last_used: Option<DateTime<Utc>>) -> DateTime<Utc> {
    last_used.map_or(since, |used| used.max(since))
}

/// For how many whole days.
pub fn idle_days(since: DateTime<Utc>, last_used: Option<DateTime<Utc>>, now: DateTime<Utc>) -> i64 {
    (now - idle_since(since, last_used)).num_days().max(0)
}
