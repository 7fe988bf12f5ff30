//! How fast an application is asked: a token bucket, kept as the moment at which it would be full again.

use chrono::{DateTime, TimeDelta, Utc};

/// The pace of an application.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Pace {
    /// Requests a second.
    pub per_second: f64,
    /// So many at once after a rest.
    pub burst: u32,
    /// The share of `per_second` that is used since the application asked for less; 1 is all.
    pub share: f64,
    /// When that was.
    pub slowed_at: Option<DateTime<Utc>>,
}

/// The least share: it never stands still for good.
const LEAST: f64 = 0.05;

impl Pace {
    /// The share in force: it comes back by a tenth a minute.
    pub fn share_now(&self, now: DateTime<Utc>) -> f64 {
        let Some(since) = self.slowed_at else { return 1.0 };
        let minutes = (now - since).num_seconds().max(0) as f64 / 60.0;
        (self.share + 0.1 * minutes).clamp(LEAST, 1.0)
    }

    /// The share after the application asked for less: half of what it is now.
    pub fn slower(&self, now: DateTime<Utc>) -> f64 {
        (self.share_now(now) / 2.0).max(LEAST)
    }

    /// Takes a place: from the moment at which the bucket is full to that moment now, and how long to wait before sending.
    pub fn take(&self, full_at: DateTime<Utc>, now: DateTime<Utc>) -> (DateTime<Utc>, TimeDelta) {
        let every = 1.0 / (self.per_second * self.share_now(now)).max(0.01);
        let every = TimeDelta::microseconds((every * 1_000_000.0) as i64);
        let next = full_at.max(now) + every;
        let depth = every * i32::try_from(self.burst.max(1)).unwrap_or(i32::MAX);
        (next, (next - now - depth).max(TimeDelta::zero()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at() -> DateTime<Utc> {
        DateTime::from_timestamp(1_773_324_000, 0).unwrap()
    }

    fn pace() -> Pace {
        Pace { per_second: 10.0, burst: 20, share: 1.0, slowed_at: None }
    }

    /// When each of so many requests that come at once is sent, in milliseconds.
    fn sent(pace: &Pace, requests: usize) -> Vec<i64> {
        let mut full_at = at();
        let waits = (0..requests).map(|_| {
            let (next, wait) = pace.take(full_at, at());
            full_at = next;
            wait.num_milliseconds()
        });
        waits.collect()
    }

    #[test]
    fn a_burst_goes_at_once_and_the_rest_at_the_pace() {
        let sent = sent(&pace(), 40);
        assert!(sent[..20].iter().all(|wait| *wait == 0), "{sent:?}");
        assert_eq!([sent[20], sent[21], sent[39]], [100, 200, 2000]);
    }

    #[test]
    fn after_a_rest_the_bucket_is_full_and_never_fuller() {
        let (next, wait) = pace().take(at() - TimeDelta::hours(9), at());
        assert_eq!((next - at(), wait), (TimeDelta::milliseconds(100), TimeDelta::zero()));
    }

    #[test]
    fn half_the_pace_comes_back_by_a_tenth_a_minute() {
        let slowed = Pace { share: pace().slower(at()), slowed_at: Some(at()), ..pace() };
        assert_eq!(slowed.share_now(at()), 0.5);
        assert_eq!(sent(&slowed, 21)[20], 200);
        let share = |minutes| slowed.share_now(at() + TimeDelta::minutes(minutes));
        assert!((share(3) - 0.8).abs() < 1e-9);
        assert_eq!(share(5), 1.0);
        let mut least = slowed;
        for _ in 0..20 {
            least.share = least.slower(at());
        }
        assert_eq!(least.share, LEAST);
    }
}
