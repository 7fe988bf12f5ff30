//! Which alerts are on, and from where on they open. Saved whole, as a new version each time.

use super::{Kind, Unit};
use crate::policy::change::Change;
use crate::refusal::{Code, Refusal};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Everything that can be set. What is not stored is as it was before anything was set, so that a kind of a later version is on.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Settings {
    /// Kinds that are off.
    #[serde(default)]
    off: BTreeSet<Kind>,
    /// Thresholds that differ from the first ones.
    #[serde(default)]
    limits: BTreeMap<Kind, BTreeMap<Unit, u32>>,
}

/// The name of the field of a threshold.
pub fn field(kind: Kind, unit: Unit) -> String {
    format!("{}-{}", kind.wire(), unit.wire())
}

impl Settings {
    /// Whether this kind is on.
    pub fn on(&self, kind: Kind) -> bool {
        !kind.may_be_off() || !self.off.contains(&kind)
    }

    /// The threshold in force; 0 for one that the kind does not have.
    pub fn limit(&self, kind: Kind, unit: Unit) -> u32 {
        let set = self.limits.get(&kind).and_then(|limits| limits.get(&unit)).copied();
        let first = kind.limits().iter().find(|limit| limit.unit == unit).map(|limit| limit.first);
        set.or(first).unwrap_or_default()
    }

    /// Reads what a form says: the kinds that are ticked, and what is typed for each threshold.
    ///
    /// # Errors
    /// Everything that is wrong, each at its field.
    pub fn read(
        ticked: &BTreeSet<Kind>,
        typed: &BTreeMap<(Kind, Unit), String>,
    ) -> Result<Self, Vec<Refusal>> {
        let (mut read, mut wrong) = (Self::default(), Vec::new());
        for kind in Kind::ALL.iter().copied() {
            if kind.may_be_off() && !ticked.contains(&kind) {
                read.off.insert(kind);
            }
            for limit in kind.limits() {
                let text = typed.get(&(kind, limit.unit)).map_or("", |text| text.trim());
                match text.parse::<u32>() {
                    Ok(number) if (limit.min..=limit.max).contains(&number) => {
                        if number != limit.first {
                            read.limits.entry(kind).or_default().insert(limit.unit, number);
                        }
                    }
                    _ => {
                        let code = if text.is_empty() { Code::Missing } else { Code::BadValue };
                        let says = format!("A whole number from {} to {}.", limit.min, limit.max);
                        wrong.push(Refusal::new(code, says.as_str()).at(field(kind, limit.unit)));
                    }
                }
            }
        }
        if wrong.is_empty() { Ok(read) } else { Err(wrong) }
    }

    /// What differs from `before`, in the order of the kinds.
    pub fn changes(&self, before: &Self) -> Vec<Change> {
        let word = |on: bool| if on { "on" } else { "off" }.to_owned();
        let mut found = Vec::new();
        for kind in Kind::ALL.iter().copied() {
            if self.on(kind) != before.on(kind) {
                let (old, new) = (word(before.on(kind)), word(self.on(kind)));
                found.push(Change { setting: kind.words().to_owned(), old, new });
            }
            for limit in kind.limits() {
                let (old, new) = (before.limit(kind, limit.unit), self.limit(kind, limit.unit));
                if old != new {
                    let setting = format!("{}: {}", kind.words(), limit.words);
                    found.push(Change { setting, old: old.to_string(), new: new.to_string() });
                }
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(changed: &[(Kind, Unit, &str)]) -> BTreeMap<(Kind, Unit), String> {
        let first = Kind::ALL.iter().flat_map(|kind| {
            kind.limits().iter().map(|limit| ((*kind, limit.unit), limit.first.to_string()))
        });
        let mut typed: BTreeMap<_, _> = first.collect();
        typed.extend(changed.iter().map(|(kind, unit, text)| ((*kind, *unit), (*text).to_owned())));
        typed
    }

    fn all() -> BTreeSet<Kind> {
        Kind::ALL.iter().copied().collect()
    }

    #[test]
    fn an_untouched_form_is_what_holds_before_anything_was_set() {
        let read = Settings::read(&all(), &typed(&[])).unwrap();
        assert_eq!(read, Settings::default());
        assert!(read.changes(&Settings::default()).is_empty());
        assert_eq!(read.limit(Kind::ClockSkew, Unit::Seconds), 2);
        assert_eq!(read.limit(Kind::ClockSkew, Unit::Share), 0, "it has no such threshold");
    }

    #[test]
    fn what_is_unticked_is_off_but_for_what_may_not_be() {
        let read = Settings::read(&BTreeSet::new(), &typed(&[])).unwrap();
        let on: Vec<_> = Kind::ALL.iter().copied().filter(|kind| read.on(*kind)).collect();
        assert_eq!(on, [Kind::GlassOpen, Kind::NoWorker, Kind::NotAnchored, Kind::RemovalUnconfirmed]);
    }

    #[test]
    fn a_threshold_takes_its_bounds_and_nothing_beyond() {
        let with = |text| Settings::read(&all(), &typed(&[(Kind::StaleEligibility, Unit::Days, text)]));
        assert_eq!(with("1").unwrap().limit(Kind::StaleEligibility, Unit::Days), 1);
        assert_eq!(with(" 365 ").unwrap().limit(Kind::StaleEligibility, Unit::Days), 365);
        for wrong in ["0", "366", "", "ninety", "-1", "1.5"] {
            let refused = with(wrong).unwrap_err();
            assert_eq!(refused.len(), 1, "{wrong}");
            assert_eq!(refused[0].field.as_deref(), Some("stale-eligibility-days"));
        }
    }

    #[test]
    fn changes_say_what_was_and_what_will_be_and_survive_storing() {
        let mut ticked = all();
        ticked.remove(&Kind::NoApproval);
        let read = Settings::read(&ticked, &typed(&[(Kind::TooManyStanding, Unit::Share, "30")])).unwrap();
        let changes = read.changes(&Settings::default());
        let said: Vec<_> = changes.iter().map(|c| (c.old.as_str(), c.new.as_str())).collect();
        assert_eq!(said, [("50", "30"), ("on", "off")]);
        let stored = serde_json::to_value(&read).unwrap();
        assert_eq!(serde_json::from_value::<Settings>(stored).unwrap(), read);
    }
}
