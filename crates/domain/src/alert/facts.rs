//! What is known about an alert, as stored; in words; and when it got worse.

use crate::approval::supply::Gap;
use crate::insight::share::per_cent;
use crate::text::Text;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// The facts of one alert.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum Facts {
    /// How many have access without activating it, and how many have to.
    Standing {
        /// People and groups with standing access.
        standing: i64,
        /// People and groups that are only eligible.
        eligible: i64,
    },
    /// Eligibilities that nobody uses.
    Unused {
        /// Not used for so many days.
        unused: i64,
        /// All of them.
        eligible: i64,
        /// So many days.
        days: u32,
    },
    /// Somebody activates again and again.
    Often {
        /// So many times.
        times: i64,
        /// Within so many days.
        days: u32,
    },
    /// No second factor is asked.
    NoSecondFactor {
        /// How many are eligible.
        eligible: i64,
    },
    /// No approval is asked.
    NoApproval {
        /// How many are eligible.
        eligible: i64,
    },
    /// Nobody can approve.
    Gap {
        /// Why.
        gap: Gap,
        /// How many can.
        able: u32,
        /// How many must.
        needed: u8,
    },
    /// Standing access from the directory that nobody decided on.
    Outside {
        /// People and groups.
        found: i64,
    },
    /// A use of break glass.
    Glass {
        /// When.
        at: DateTime<Utc>,
    },
    /// A server's clock.
    Skew {
        /// Milliseconds that it is ahead of the database; below nought, behind.
        millis: i64,
    },
    /// No worker.
    NoWorker {
        /// When one was last seen.
        since: Option<DateTime<Utc>>,
    },
    /// The audit is not signed.
    NotAnchored {
        /// The first event that is not.
        since: DateTime<Utc>,
    },
    /// The stream is behind.
    Stream {
        /// What keeps it.
        why: String,
    },
    /// A webhook fails.
    Hook {
        /// It was switched off for it.
        off: bool,
        /// Tries in a row that failed.
        failures: u32,
    },
    /// Access ended, and is there still as far as is known.
    Removals {
        /// Of so many people.
        people: i64,
        /// Since when, of the first of them.
        since: DateTime<Utc>,
    },
    /// Access was given, and an application does not take it.
    Grants {
        /// Of so many people.
        people: i64,
        /// The first try that failed, of the first of them.
        since: DateTime<Utc>,
    },
    /// Access that nobody gave here.
    Drift {
        /// People in groups of the application.
        found: i64,
    },
    /// An application can't be provisioned.
    Quarantine {
        /// Why.
        why: String,
        /// So many people wait for something to be taken away.
        removals: i64,
    },
    /// Mails were given up.
    Mails {
        /// So many.
        failed: i64,
        /// Within so many hours.
        hours: u32,
    },
}

/// "1 person", "2 people".
fn many(count: i64, one: &str, more: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {more}") }
}

/// The share of `part` beside `rest`, in whole per cent; 0 of nothing.
pub fn share(part: i64, rest: i64) -> i64 {
    let [part, rest] = [part, rest].map(|count| u64::try_from(count).unwrap_or(0));
    let share = per_cent(part, part.saturating_add(rest)).unwrap_or(0);
    i64::try_from(share).unwrap_or(100)
}

impl Facts {
    /// In a sentence.
    pub fn words(&self) -> Text {
        match self {
            Facts::Standing { standing, eligible } => Text::say(format!(
                "{} standing access and {} to activate: {} %.",
                many(*standing, "has", "have"),
                many(*eligible, "has", "have"),
                share(*standing, *eligible)
            )),
            Facts::Unused { unused, eligible, days } => Text::say(format!(
                "{unused} of {} not used for {}.",
                many(*eligible, "eligibility was", "eligibilities were"),
                many(i64::from(*days), "day", "days")
            )),
            Facts::Often { times, days } => {
                let days = many(i64::from(*days), "day", "days");
                Text::say(format!("Activated {} within {days}.", many(*times, "time", "times")))
            }
            Facts::NoSecondFactor { eligible } => Text::say(format!(
                "The policy asks for no second factor, and {} eligible.",
                many(*eligible, "is", "are")
            )),
            Facts::NoApproval { eligible } => Text::say(format!(
                "The policy asks for no approval, and {} eligible.",
                many(*eligible, "is", "are")
            )),
            Facts::Gap { gap, able, needed } => {
                Text::say(gap.words(usize::try_from(*able).unwrap_or(usize::MAX), *needed))
            }
            Facts::Outside { found } => Text::say(format!(
                "{} standing access that came from the directory, and nobody has decided on it.",
                many(*found, "has", "have")
            )),
            Facts::Glass { at } => Text::say("Switched on without approval at ").at(*at).then("."),
            Facts::Skew { millis } => {
                let way = if *millis < 0 { "behind" } else { "ahead of" };
                let (whole, tenths) = (millis.abs() / 1_000, millis.abs() % 1_000 / 100);
                Text::say(format!("Its clock is {whole}.{tenths} s {way} the database’s."))
            }
            Facts::NoWorker { since: None } => "No worker was ever seen.".into(),
            Facts::NoWorker { since: Some(since) } => {
                Text::say("No worker was seen since ").at(*since).then(".")
            }
            Facts::NotAnchored { since } => Text::say("Nothing is signed since ").at(*since).then("."),
            Facts::Stream { why } => Text::default().name(why.clone()).then("."),
            Facts::Hook { off: true, .. } => "It was switched off because it failed.".into(),
            Facts::Hook { off: false, failures } => {
                Text::say(format!("{} in a row failed.", many(i64::from(*failures), "try", "tries")))
            }
            Facts::Removals { people, since } => Text::say(format!(
                "The end of access is not confirmed for {}, the first since ",
                many(*people, "person", "people")
            ))
            .at(*since)
            .then("."),
            Facts::Grants { people, since } => Text::say(format!(
                "{} given there, since ",
                many(*people, "person’s access can’t be", "people’s access can’t be")
            ))
            .at(*since)
            .then("."),
            Facts::Drift { found } => Text::say(format!(
                "{} in a group there without a grant.",
                many(*found, "member is", "members are")
            )),
            Facts::Quarantine { why, removals } => {
                let wait = format!(" {} to be taken out.", many(*removals, "person waits", "people wait"));
                Text::default().name(why.clone()).then(if *removals > 0 { wait } else { String::new() })
            }
            Facts::Mails { failed, hours } => Text::say(format!(
                "{} given up within {}.",
                many(*failed, "mail was", "mails were"),
                many(i64::from(*hours), "hour", "hours")
            )),
        }
    }

    /// Whether somebody who accepted the facts `before` has to look again. What only lasts longer is not worse.
    pub fn worse_than(&self, before: &Self) -> bool {
        use Facts as F;
        match (self, before) {
            (F::Standing { standing, .. }, F::Standing { standing: before, .. }) => standing > before,
            (F::Unused { unused, .. }, F::Unused { unused: before, .. }) => unused > before,
            (F::Often { times, .. }, F::Often { times: before, .. }) => times > before,
            (F::NoSecondFactor { eligible }, F::NoSecondFactor { eligible: before })
            | (F::NoApproval { eligible }, F::NoApproval { eligible: before }) => eligible > before,
            (F::Gap { gap, able, .. }, F::Gap { gap: was, able: before, .. }) => {
                gravity(*gap) > gravity(*was) || (gap == was && able < before)
            }
            (F::Outside { found }, F::Outside { found: before }) => found > before,
            // clocks wander: only one that is out by half as much again is worse
            (F::Skew { millis }, F::Skew { millis: before }) => millis.abs() * 2 > before.abs() * 3,
            (F::Hook { off, .. }, F::Hook { off: before, .. }) => *off && !before,
            (F::Removals { people, .. }, F::Removals { people: before, .. }) => people > before,
            (F::Grants { people, .. }, F::Grants { people: before, .. }) => people > before,
            (F::Drift { found }, F::Drift { found: before }) => found > before,
            (F::Quarantine { why, removals }, F::Quarantine { why: was, removals: before }) => {
                why != was || removals > before
            }
            (F::Mails { failed, .. }, F::Mails { failed: before, .. }) => failed > before,
            _ => false,
        }
    }

    /// Which of many are told of first, within one kind: the larger.
    pub fn weight(&self) -> i64 {
        match self {
            Facts::Standing { standing, .. } => *standing,
            Facts::Unused { unused, .. } => *unused,
            Facts::Often { times, .. } => *times,
            Facts::NoSecondFactor { eligible } | Facts::NoApproval { eligible } => *eligible,
            Facts::Gap { gap, .. } => gravity(*gap),
            Facts::Outside { found } => *found,
            Facts::Skew { millis } => millis.abs(),
            Facts::Hook { off, failures } => i64::from(*failures) + if *off { 1_000_000 } else { 0 },
            Facts::Removals { people, .. } | Facts::Grants { people, .. } => *people,
            Facts::Drift { found } => *found,
            Facts::Quarantine { removals, .. } => *removals,
            Facts::Mails { failed, .. } => *failed,
            Facts::Glass { .. } | Facts::NoWorker { .. } => 0,
            Facts::NotAnchored { .. } | Facts::Stream { .. } => 0,
        }
    }
}

fn gravity(gap: Gap) -> i64 {
    match gap {
        Gap::Few => 3,
        Gap::Themselves => 2,
        Gap::Away => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at() -> DateTime<Utc> {
        DateTime::from_timestamp(1_773_324_000, 0).unwrap()
    }

    #[test]
    fn facts_read_as_sentences() {
        let said = |facts: Facts| facts.words().to_string();
        assert_eq!(
            said(Facts::Standing { standing: 5, eligible: 1 }),
            "5 have standing access and 1 has to activate: 83 %."
        );
        assert_eq!(
            said(Facts::Unused { unused: 1, eligible: 1, days: 90 }),
            "1 of 1 eligibility was not used for 90 days."
        );
        assert_eq!(said(Facts::Often { times: 12, days: 7 }), "Activated 12 times within 7 days.");
        assert_eq!(said(Facts::Skew { millis: -2_350 }), "Its clock is 2.3 s behind the database’s.");
        assert_eq!(said(Facts::Skew { millis: 90_000 }), "Its clock is 90.0 s ahead of the database’s.");
        assert_eq!(said(Facts::NoWorker { since: None }), "No worker was ever seen.");
        assert_eq!(said(Facts::NotAnchored { since: at() }), "Nothing is signed since 2026-03-12 14:00 UTC.");
        assert_eq!(said(Facts::Hook { off: false, failures: 1 }), "1 try in a row failed.");
        let quarantine = |removals| said(Facts::Quarantine { why: "So.".into(), removals });
        assert_eq!([quarantine(0), quarantine(1)], ["So.", "So. 1 person waits to be taken out."]);
        assert_eq!(said(Facts::Mails { failed: 2, hours: 24 }), "2 mails were given up within 24 hours.");
    }

    #[test]
    fn more_of_it_is_worse_and_the_same_for_longer_is_not() {
        let standing = |standing| Facts::Standing { standing, eligible: 3 };
        assert!(standing(6).worse_than(&standing(5)));
        assert!(!standing(5).worse_than(&standing(5)) && !standing(4).worse_than(&standing(5)));
        let gap = |gap, able| Facts::Gap { gap, able, needed: 2 };
        assert!(gap(Gap::Few, 1).worse_than(&gap(Gap::Themselves, 1)));
        assert!(gap(Gap::Few, 0).worse_than(&gap(Gap::Few, 1)));
        assert!(!gap(Gap::Themselves, 0).worse_than(&gap(Gap::Few, 0)));
        let skew = |millis| Facts::Skew { millis };
        assert!(skew(-4_600).worse_than(&skew(3_000)) && !skew(4_400).worse_than(&skew(3_000)));
        let hook = |off, failures| Facts::Hook { off, failures };
        assert!(hook(true, 9).worse_than(&hook(false, 9)) && !hook(false, 90).worse_than(&hook(false, 9)));
        assert!(!Facts::NotAnchored { since: at() }.worse_than(&Facts::NotAnchored { since: at() }));
        assert!(!Facts::Glass { at: at() }.worse_than(&standing(5)), "other facts are another alert");
    }

    #[test]
    fn shares_are_whole_percents() {
        assert_eq!([share(1, 2), share(2, 1), share(0, 0), share(5, 0)], [33, 67, 0, 100]);
    }

    #[test]
    fn what_is_stored_is_read_again() {
        let facts = Facts::Gap { gap: Gap::Few, able: 1, needed: 2 };
        let stored = serde_json::to_value(&facts).unwrap();
        assert_eq!(stored["what"], "gap");
        assert_eq!(serde_json::from_value::<Facts>(stored).unwrap(), facts);
    }
}
