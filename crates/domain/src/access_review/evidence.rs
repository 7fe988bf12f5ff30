//! What speaks for keeping an assignment or taking it away: real use, as far as it is known.

use super::Fate;
use crate::assignment::Kind;
use chrono::{DateTime, TimeDelta, Utc};

/// For so long nobody used it before a review recommends to take it away.
pub const IDLE: TimeDelta = TimeDelta::days(30);

/// How often it was used is counted over so many days.
pub const COUNTED_DAYS: i64 = 90;

/// What is known of one assignment when a round begins.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Evidence {
    /// Eligible, or standing.
    pub kind: Kind,
    /// A group holds it.
    pub is_group: bool,
    /// Held since.
    pub since: DateTime<Utc>,
    /// Last activated; of a group by anybody through it.
    pub last_used: Option<DateTime<Utc>>,
    /// The person signed in last.
    pub last_sign_in: Option<DateTime<Utc>>,
}

/// What it speaks for, and why in a few words. Standing access leaves no trace when it is used, so there signing in counts;
/// of a group with standing access nothing is known, which speaks for nothing.
pub fn recommend(evidence: &Evidence, now: DateTime<Utc>) -> (Fate, &'static str) {
    let fresh = |at: Option<DateTime<Utc>>| at.is_some_and(|at| now - at < IDLE);
    if now - evidence.since < IDLE {
        return (Fate::Keep, "Assigned less than 30 days ago");
    }
    match (evidence.kind, evidence.is_group) {
        (Kind::Eligible, _) if fresh(evidence.last_used) => (Fate::Keep, "Activated in the last 30 days"),
        (Kind::Eligible, _) => (Fate::Remove, "Not activated for 30 days"),
        (Kind::Active, true) => (Fate::Keep, "Use by a group is not known"),
        (Kind::Active, false) if fresh(evidence.last_sign_in) => {
            (Fate::Keep, "Signed in within the last 30 days")
        }
        (Kind::Active, false) => (Fate::Remove, "Not signed in for 30 days"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lay_idle_for_thirty_days_and_was_given_before_is_recommended_to_go() {
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let ago = |days: i64| now - TimeDelta::days(days);
        let old = Evidence {
            kind: Kind::Eligible,
            is_group: false,
            since: ago(30),
            last_used: None,
            last_sign_in: Some(ago(1)),
        };
        let of = |evidence: Evidence| recommend(&evidence, now).0;
        assert_eq!(of(old), Fate::Remove, "signing in is not using it");
        assert_eq!(
            of(Evidence { since: ago(30) + TimeDelta::seconds(1), ..old }),
            Fate::Keep,
            "too new to tell"
        );
        assert_eq!(of(Evidence { last_used: Some(ago(30)), ..old }), Fate::Remove);
        assert_eq!(of(Evidence { last_used: Some(ago(29)), ..old }), Fate::Keep);
        let standing = Evidence { kind: Kind::Active, ..old };
        assert_eq!(of(standing), Fate::Keep);
        assert_eq!(of(Evidence { last_sign_in: Some(ago(31)), ..standing }), Fate::Remove);
        assert_eq!(of(Evidence { last_sign_in: None, ..standing }), Fate::Remove);
        assert_eq!(of(Evidence { is_group: true, last_sign_in: None, ..standing }), Fate::Keep);
        assert_eq!(of(Evidence { is_group: true, ..old }), Fate::Remove);
    }
}
