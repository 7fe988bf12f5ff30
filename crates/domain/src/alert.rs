//! Alerts: what somebody should look at before it hurts. The worker counts [`facts`], [`rules`] say what is worth an alert
//! under the [`settings`] in force, and [`course`] says what becomes of one from count to count.
//!
//! Names and severities follow the reference where it has the alert (entra-pim-groups.md section 15).

pub mod course;
pub mod due;
pub mod facts;
pub mod rules;
pub mod settings;

use serde::{Deserialize, Serialize};

/// How grave it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Act now.
    High,
    /// Something may be wrong.
    Medium,
    /// Something could be better.
    Low,
}

impl Severity {
    /// All, the gravest first.
    pub const ALL: [Severity; 3] = [Severity::High, Severity::Medium, Severity::Low];

    /// As people read it.
    pub const fn words(self) -> &'static str {
        match self {
            Severity::High => "High",
            Severity::Medium => "Medium",
            Severity::Low => "Low",
        }
    }

    /// As stored, the gravest first.
    pub const fn rank(self) -> i16 {
        match self {
            Severity::High => 1,
            Severity::Medium => 2,
            Severity::Low => 3,
        }
    }
}

/// What a threshold counts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Percent.
    Share,
    /// People, eligibilities, mails.
    Count,
    /// Times.
    Times,
    /// Days.
    Days,
    /// Hours.
    Hours,
    /// Minutes.
    Minutes,
    /// Seconds.
    Seconds,
}

impl Unit {
    /// The stable word.
    pub const fn wire(self) -> &'static str {
        match self {
            Unit::Share => "share",
            Unit::Count => "count",
            Unit::Times => "times",
            Unit::Days => "days",
            Unit::Hours => "hours",
            Unit::Minutes => "minutes",
            Unit::Seconds => "seconds",
        }
    }
}

/// A threshold that can be set.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limit {
    /// What it counts; each once in a kind.
    pub unit: Unit,
    /// As people read it, with what it counts.
    pub words: &'static str,
    /// What holds before anything was set.
    pub first: u32,
    /// Least.
    pub min: u32,
    /// Most.
    pub max: u32,
}

const fn limit(unit: Unit, words: &'static str, first: u32, min: u32, max: u32) -> Limit {
    Limit { unit, words, first, min, max }
}

/// Which part of the count finds it: what is read at once, or what takes a walk over everything that is managed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part {
    /// A few rows, found by indexes.
    Swift,
    /// Every group and role under management.
    Whole,
}

impl Part {
    /// Both.
    pub const ALL: [Part; 2] = [Part::Swift, Part::Whole];

    /// The stable word.
    pub const fn wire(self) -> &'static str {
        match self {
            Part::Swift => "swift",
            Part::Whole => "whole",
        }
    }
}

macro_rules! kinds {
    ($($variant:ident = $wire:literal, $severity:ident, $part:ident, $words:literal, $says:literal;)*) => {
        /// What an alert is about. The wire word is stable.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
        pub enum Kind { $(#[doc = $words] #[serde(rename = $wire)] $variant),* }

        impl Kind {
            /// The whole list.
            pub const ALL: &'static [Kind] = &[$(Kind::$variant),*];

            /// The stable word, as stored.
            pub const fn wire(self) -> &'static str { match self { $(Kind::$variant => $wire),* } }

            /// As people read it.
            pub const fn words(self) -> &'static str { match self { $(Kind::$variant => $words),* } }

            /// When it opens, in a sentence.
            pub const fn says(self) -> &'static str { match self { $(Kind::$variant => $says),* } }

            /// How grave it is.
            pub const fn severity(self) -> Severity { match self { $(Kind::$variant => Severity::$severity),* } }

            /// Which part of the count finds it.
            pub const fn part(self) -> Part { match self { $(Kind::$variant => Part::$part),* } }
        }
    };
}

kinds! {
    ApproverMissing = "approver-missing", High, Swift, "Nobody can approve, or is here to",
        "A policy asks for approval, and too few people can give it.";
    GlassOpen = "break-glass-open", High, Swift, "Break glass not reviewed",
        "Somebody switched something on in an emergency, and nobody else has reviewed it.";
    FoundOutside = "assigned-outside", High, Whole, "Assigned outside Pimento",
        "Somebody has standing access that came from the directory, and nobody here has decided on it for a while after the group was brought in.";
    NoWorker = "no-worker", High, Swift, "No worker at work",
        "No worker has been seen: mail, planned starts and the signing of the audit wait.";
    NotAnchored = "audit-not-anchored", High, Swift, "Audit not anchored",
        "What was written into the audit more than five minutes ago is not signed.";
    RemovalUnconfirmed = "removal-unconfirmed", High, Swift, "Removal not confirmed",
        "Access ended, and an application has not confirmed for some minutes that it is gone there.";
    ApplicationQuarantined = "application-quarantined", High, Swift, "Application in quarantine",
        "An application can’t be provisioned, or holds accounts back: nothing is given there until that is over.";
    GrantFailing = "grant-failing", Medium, Swift, "Access not given in an application",
        "Somebody has access here, and an application has refused it, or not answered, for a while.";
    DriftFound = "drift-found", Medium, Swift, "Access in an application that nobody gave",
        "The last comparison found people in groups of an application without a grant here.";
    TooManyStanding = "too-many-standing", Medium, Whole, "Too many with standing access",
        "So many have access without activating it, of all who are assigned: in a group or role, or over everything.";
    NoSecondFactor = "no-second-factor", Medium, Whole, "No second factor on activation",
        "A sensitive membership, ownership or role that somebody is eligible for can be activated without a second factor.";
    ClockSkew = "clock-skew", Medium, Swift, "Clocks differ",
        "The clock of a server differs from the database’s. Decisions don’t: they use the database’s clock alone.";
    StreamBehind = "audit-stream-behind", Medium, Swift, "Audit stream behind",
        "The receiver of the audit’s stream has not got what happened some minutes ago.";
    HookFailing = "webhook-failing", Medium, Swift, "Webhook failing",
        "A webhook was switched off because it failed, or has failed several times in a row.";
    MailFailing = "mail-failing", Medium, Swift, "Mail failing",
        "Mails were given up for good.";
    StaleEligibility = "stale-eligibility", Low, Whole, "Potential stale eligibility",
        "Somebody is eligible and has not activated it for many days.";
    ActivatedOften = "activated-too-often", Low, Whole, "Activated too frequently",
        "One person activated the same many times within a few days.";
    NoApproval = "no-approval", Low, Whole, "No approval on activation",
        "A sensitive membership, ownership or role that somebody is eligible for can be activated without approval.";
}

impl Kind {
    /// From the stable word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.wire() == word)
    }

    /// Its thresholds.
    pub const fn limits(self) -> &'static [Limit] {
        const STANDING: &[Limit] = &[
            limit(Unit::Share, "percent with standing access, at least", 50, 1, 100),
            limit(Unit::Count, "people and groups with standing access, at least", 5, 2, 100),
        ];
        const STALE: &[Limit] = &[
            limit(Unit::Days, "days without an activation", 90, 1, 365),
            limit(Unit::Count, "such eligibilities in a group or role, at least", 1, 1, 1_000),
        ];
        const OFTEN: &[Limit] = &[
            limit(Unit::Times, "activations by one person, at least", 10, 2, 100),
            limit(Unit::Days, "days within which they are counted", 7, 1, 30),
        ];
        const OUTSIDE: &[Limit] = &[limit(Unit::Days, "days after the group was brought in", 14, 0, 365)];
        const SKEW: &[Limit] = &[limit(Unit::Seconds, "seconds of difference, at least", 2, 1, 3_600)];
        const WORKER: &[Limit] = &[limit(Unit::Minutes, "minutes without a sign of any worker", 5, 2, 1_440)];
        const STREAM: &[Limit] = &[limit(Unit::Minutes, "minutes since it happened", 5, 1, 1_440)];
        const HOOK: &[Limit] = &[limit(Unit::Times, "failed tries in a row, at least", 5, 1, 100)];
        const MAIL: &[Limit] = &[
            limit(Unit::Count, "mails given up, at least", 1, 1, 1_000),
            limit(Unit::Hours, "hours within which they are counted", 24, 1, 168),
        ];
        const REMOVAL: &[Limit] = &[limit(Unit::Minutes, "minutes since the access ended", 5, 1, 1_440)];
        const GRANT: &[Limit] =
            &[limit(Unit::Minutes, "minutes since the first try that failed", 15, 1, 1_440)];
        const DRIFT: &[Limit] =
            &[limit(Unit::Count, "people in groups without a grant, at least", 1, 1, 10_000)];
        match self {
            Kind::RemovalUnconfirmed => REMOVAL,
            Kind::GrantFailing => GRANT,
            Kind::DriftFound => DRIFT,
            Kind::TooManyStanding => STANDING,
            Kind::StaleEligibility => STALE,
            Kind::ActivatedOften => OFTEN,
            Kind::FoundOutside => OUTSIDE,
            Kind::ClockSkew => SKEW,
            Kind::NoWorker => WORKER,
            Kind::StreamBehind => STREAM,
            Kind::HookFailing => HOOK,
            Kind::MailFailing => MAIL,
            Kind::ApproverMissing | Kind::GlassOpen | Kind::NotAnchored => &[],
            Kind::ApplicationQuarantined => &[],
            Kind::NoSecondFactor | Kind::NoApproval => &[],
        }
    }

    /// Whether it may be switched off. What shows that the product itself does not keep its word may not.
    pub const fn may_be_off(self) -> bool {
        !matches!(self, Kind::GlassOpen | Kind::NoWorker | Kind::NotAnchored | Kind::RemovalUnconfirmed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_kind_is_found_by_its_word_and_the_gravest_come_first() {
        for kind in Kind::ALL {
            assert_eq!(Kind::parse(kind.wire()), Some(*kind));
        }
        assert_eq!(Kind::parse("unknown"), None);
        assert!(Kind::ALL.is_sorted_by_key(|kind| kind.severity()));
        assert!(
            Severity::High.rank() < Severity::Medium.rank() && Severity::Medium.rank() < Severity::Low.rank()
        );
    }

    #[test]
    fn every_threshold_lies_within_its_bounds_and_counts_something_else() {
        for kind in Kind::ALL {
            let units: BTreeSet<Unit> = kind.limits().iter().map(|limit| limit.unit).collect();
            assert_eq!(units.len(), kind.limits().len(), "{}", kind.wire());
            for limit in kind.limits() {
                assert!((limit.min..=limit.max).contains(&limit.first), "{}", kind.wire());
            }
        }
    }
}
