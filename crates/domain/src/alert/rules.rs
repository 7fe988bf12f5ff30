//! What is worth an alert: from what was counted to facts, or nothing. Each is asked only where its kind is on.

use super::facts::{Facts, share};
use super::settings::Settings;
use super::{Kind, Unit};
use crate::approval::supply::Gap;
use crate::policy::{ActivationRules, ProofRule};
use chrono::{DateTime, TimeDelta, Utc};

/// Who holds a target now.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Held {
    /// With standing access.
    pub standing: i64,
    /// Eligible, and without standing access.
    pub eligible: i64,
}

/// How the eligibilities of a target are used.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Used {
    /// Not for the days of the threshold.
    pub unused: i64,
    /// All of them.
    pub eligible: i64,
}

fn limit(settings: &Settings, kind: Kind, unit: Unit) -> i64 {
    i64::from(settings.limit(kind, unit))
}

/// Too many have standing access: both thresholds are reached, as in the reference.
pub fn standing(held: Held, settings: &Settings) -> Option<Facts> {
    let Held { standing, eligible } = held;
    let of = |unit| limit(settings, Kind::TooManyStanding, unit);
    (standing >= of(Unit::Count) && share(standing, eligible) >= of(Unit::Share))
        .then_some(Facts::Standing { standing, eligible })
}

/// Eligibilities lie unused.
pub fn stale(used: Used, settings: &Settings) -> Option<Facts> {
    let Used { unused, eligible } = used;
    let days = settings.limit(Kind::StaleEligibility, Unit::Days);
    let least = limit(settings, Kind::StaleEligibility, Unit::Count);
    (unused >= least).then_some(Facts::Unused { unused, eligible, days })
}

/// One person activates the same again and again.
pub fn often(times: i64, settings: &Settings) -> Option<Facts> {
    let days = settings.limit(Kind::ActivatedOften, Unit::Days);
    (times >= limit(settings, Kind::ActivatedOften, Unit::Times)).then_some(Facts::Often { times, days })
}

/// Something sensitive is activated without a second factor, by whoever is eligible. The one of the sign-in counts.
pub fn no_second_factor(policy: &ActivationRules, eligible: i64) -> Option<Facts> {
    (eligible > 0 && policy.proof == ProofRule::None).then_some(Facts::NoSecondFactor { eligible })
}

/// Something sensitive is activated without approval, by whoever is eligible.
pub fn no_approval(policy: &ActivationRules, eligible: i64) -> Option<Facts> {
    (eligible > 0 && policy.approval.is_none()).then_some(Facts::NoApproval { eligible })
}

/// Nobody can approve.
pub fn gap(gap: Gap, able: u32, needed: u8) -> Facts {
    Facts::Gap { gap, able, needed }
}

/// Standing access from the directory that nobody decided on since the group was brought in. There is time to do so.
pub fn outside(
    found: i64,
    managed_at: DateTime<Utc>,
    now: DateTime<Utc>,
    settings: &Settings,
) -> Option<Facts> {
    let grace = TimeDelta::days(limit(settings, Kind::FoundOutside, Unit::Days));
    (found > 0 && now - managed_at >= grace).then_some(Facts::Outside { found })
}

/// The clock of a server.
pub fn skew(millis: i64, settings: &Settings) -> Option<Facts> {
    (millis.abs() >= limit(settings, Kind::ClockSkew, Unit::Seconds) * 1_000)
        .then_some(Facts::Skew { millis })
}

/// No worker has been seen. Where one never was, nobody waits for it any longer than for one that went.
pub fn no_worker(since: Option<DateTime<Utc>>, now: DateTime<Utc>, settings: &Settings) -> Option<Facts> {
    let patience = TimeDelta::minutes(limit(settings, Kind::NoWorker, Unit::Minutes));
    since.is_none_or(|since| now - since >= patience).then_some(Facts::NoWorker { since })
}

/// A webhook fails, or was switched off for that.
pub fn hook(off: bool, failures: u32, settings: &Settings) -> Option<Facts> {
    (off || failures >= settings.limit(Kind::HookFailing, Unit::Times))
        .then_some(Facts::Hook { off, failures })
}

/// An application has people in its groups whom nobody put there, as its last comparison found.
pub fn drift(found: i64, settings: &Settings) -> Option<Facts> {
    (found >= limit(settings, Kind::DriftFound, Unit::Count)).then_some(Facts::Drift { found })
}

/// Mails were given up.
pub fn mails(failed: i64, settings: &Settings) -> Option<Facts> {
    let hours = settings.limit(Kind::MailFailing, Unit::Hours);
    (failed >= limit(settings, Kind::MailFailing, Unit::Count)).then_some(Facts::Mails { failed, hours })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::duration::Minutes;
    use crate::policy::{ApprovalRule, Policy};

    fn first() -> Settings {
        Settings::default()
    }

    fn at() -> DateTime<Utc> {
        DateTime::from_timestamp(1_773_324_000, 0).unwrap()
    }

    #[test]
    fn standing_access_is_too_much_by_number_and_share_together() {
        let held = |standing, eligible| standing_of(standing, eligible).is_some();
        assert!(held(5, 5) && held(100, 0));
        assert!(!held(4, 0), "a few always have it");
        assert!(!held(5, 6), "most have to activate");
        assert!(!held(0, 0));
    }

    fn standing_of(standing: i64, eligible: i64) -> Option<Facts> {
        super::standing(Held { standing, eligible }, &first())
    }

    #[test]
    fn one_unused_eligibility_is_enough_and_none_is_not() {
        let facts = stale(Used { unused: 1, eligible: 4 }, &first());
        assert_eq!(facts, Some(Facts::Unused { unused: 1, eligible: 4, days: 90 }));
        assert_eq!(stale(Used { unused: 0, eligible: 4 }, &first()), None);
    }

    #[test]
    fn ten_activations_are_many_and_nine_are_not() {
        assert_eq!(often(9, &first()), None);
        assert_eq!(often(10, &first()), Some(Facts::Often { times: 10, days: 7 }));
    }

    #[test]
    fn a_policy_is_judged_where_somebody_can_use_it() {
        let mut rules = Policy::default().activation;
        assert_eq!(no_second_factor(&rules, 3), None, "the first policy asks for one");
        rules.proof = ProofRule::Session;
        assert_eq!(no_second_factor(&rules, 3), None);
        rules.proof = ProofRule::None;
        assert_eq!(no_second_factor(&rules, 3), Some(Facts::NoSecondFactor { eligible: 3 }));
        assert_eq!(no_second_factor(&rules, 0), None, "nobody can activate it");
        assert_eq!(no_approval(&rules, 1), Some(Facts::NoApproval { eligible: 1 }));
        let rule =
            ApprovalRule { approvers: Vec::new(), needed: 1, wait: Minutes::hours(24), escalation: None };
        rules.approval = Some(rule);
        assert_eq!(no_approval(&rules, 1), None);
    }

    #[test]
    fn what_was_found_in_the_directory_may_be_decided_on_for_two_weeks() {
        let after = |days| outside(2, at(), at() + TimeDelta::days(days), &first());
        assert_eq!(after(13), None);
        assert_eq!(after(14), Some(Facts::Outside { found: 2 }));
        assert_eq!(outside(0, at(), at() + TimeDelta::days(99), &first()), None);
    }

    #[test]
    fn two_seconds_are_much_for_a_clock_either_way() {
        assert_eq!(skew(1_999, &first()), None);
        assert_eq!(skew(2_000, &first()), Some(Facts::Skew { millis: 2_000 }));
        assert_eq!(skew(-2_000, &first()), Some(Facts::Skew { millis: -2_000 }));
    }

    #[test]
    fn a_worker_is_missed_after_five_minutes_or_when_there_never_was_one() {
        let after = |minutes| no_worker(Some(at()), at() + TimeDelta::minutes(minutes), &first());
        assert_eq!(after(4), None);
        assert!(after(5).is_some());
        assert_eq!(no_worker(None, at(), &first()), Some(Facts::NoWorker { since: None }));
    }

    #[test]
    fn a_webhook_fails_by_tries_or_by_being_off_and_mail_by_what_was_given_up() {
        assert_eq!(hook(false, 4, &first()), None);
        assert!(hook(false, 5, &first()).is_some() && hook(true, 0, &first()).is_some());
        assert_eq!(mails(0, &first()), None);
        assert_eq!(mails(1, &first()), Some(Facts::Mails { failed: 1, hours: 24 }));
    }
}
