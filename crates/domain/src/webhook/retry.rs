//! What an answer means, and when a delivery that failed is tried again.

/// Gaps before the next try, in seconds; after the last it is given up, a day after the first.
const GAPS: [i64; 11] = [5, 30, 120, 600, 1_800, 3_600, 7_200, 10_800, 14_400, 21_600, 28_800];
/// Longest wait that a receiver can ask for.
const MOST: i64 = 43_200;
/// Longest rest of a hook whose deliveries fail, in seconds.
const LONGEST_REST: i64 = 300;
/// A delivery that waits for so many seconds is given up, however few tries it had: a little longer than all gaps take.
pub const LONGEST: i64 = 108_000;
/// Days without any success, and tries in them, after which a receiver is taken for gone.
pub const HOPELESS: (i64, i32) = (7, 20);

/// What came of a try.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// Taken.
    Delivered,
    /// The receiver is in trouble. To be tried again, not before so many seconds if it said so.
    Again(Option<i64>),
    /// The receiver does not take this one: to be tried again in the same way, and the others go on.
    NotThis(Option<i64>),
    /// The receiver wants nothing any more.
    Gone,
}

/// What an answer with this status means. Redirects are not followed, so they are failures.
pub fn verdict(status: u16, retry_after: Option<i64>) -> Verdict {
    match status {
        200..=299 => Verdict::Delivered,
        410 => Verdict::Gone,
        408 | 425 | 429 => Verdict::Again(retry_after),
        400..=499 => Verdict::NotThis(retry_after),
        _ => Verdict::Again(retry_after),
    }
}

/// Seconds until the next try after so many, or `None` to give it up. `dice` is between 0 and 1: gaps differ by up to a fifth,
/// so that what failed together does not come back together.
pub fn gap(tries: i32, dice: f64, retry_after: Option<i64>) -> Option<i64> {
    let usual = usize::try_from(tries - 1).ok().and_then(|tried| GAPS.get(tried))?;
    Some(spread(*usual, dice).max(asked(retry_after)))
}

/// Seconds for which nothing is sent to a hook whose last so many tries failed, whatever waits: a receiver in trouble is left
/// alone, and tried with one delivery at a time.
pub fn rest(failures: i32, dice: f64, retry_after: Option<i64>) -> i64 {
    let doubled = u32::try_from(failures - 1).ok().and_then(|times| 5_i64.checked_shl(times.min(10)));
    spread(doubled.unwrap_or(5).min(LONGEST_REST), dice).max(asked(retry_after))
}

/// Whether a receiver that took nothing for so many days, at so many tries, is taken for gone.
pub fn hopeless(days: i64, tries: i32) -> bool {
    days >= HOPELESS.0 && tries >= HOPELESS.1
}

fn asked(retry_after: Option<i64>) -> i64 {
    retry_after.unwrap_or(0).clamp(0, MOST)
}

fn spread(seconds: i64, dice: f64) -> i64 {
    let moved = (seconds as f64 * (0.8 + 0.4 * dice.clamp(0.0, 1.0))).round() as i64;
    moved.max(1)
}
