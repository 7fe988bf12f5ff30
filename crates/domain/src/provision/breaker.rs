//! Stops what looks like an accident: many accounts that would be disabled or deleted, many members that would be removed because
//! nobody here knows them. It is never asked about an access that ended.

/// Where it trips.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Threshold {
    /// So many,
    pub most: i32,
    /// or so many per cent of all linked accounts, whichever is more.
    pub per_cent: i32,
}

impl Default for Threshold {
    fn default() -> Self {
        Self { most: 20, per_cent: 10 }
    }
}

impl Threshold {
    /// The most that may go without somebody looking, of so many linked accounts.
    pub fn allows(self, linked: i64) -> i64 {
        i64::from(self.most).max(linked * i64::from(self.per_cent) / 100)
    }

    /// Whether it trips: `gone` went within the last sweep's time, and `going` would go now.
    pub fn trips(self, gone: i64, going: i64, linked: i64) -> bool {
        gone + going > self.allows(linked)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_trips_behind_the_greater_of_number_and_share() {
        let threshold = Threshold::default();
        assert!(!threshold.trips(19, 1, 100) && threshold.trips(20, 1, 100));
        assert!(!threshold.trips(0, 100, 1000) && threshold.trips(0, 101, 1000));
    }
}
