//! What a person may turn off for herself. What asks her to decide, what is about her account, and emergencies always come.

use super::Notice;
use crate::policy::notifications::Reader;
use serde::{Deserialize, Serialize};

/// A kind of mail that somebody may do without.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    /// That her access is on, planned, ends soon, is over.
    Access,
    /// What became of what she asked for, or was asked for her.
    Requests,
    /// That something was assigned to her, changed, taken, ends.
    Assignments,
    /// What others decided on what she could have decided on too.
    Decided,
    /// What happens to the groups and roles that she looks after.
    LookedAfter,
    /// Alerts.
    Alerts,
}

impl Choice {
    /// All, in the order of the form.
    pub const ALL: [Choice; 6] = [
        Choice::Access,
        Choice::Requests,
        Choice::Assignments,
        Choice::Decided,
        Choice::LookedAfter,
        Choice::Alerts,
    ];

    /// The stable word, as stored and sent.
    pub const fn wire(self) -> &'static str {
        match self {
            Choice::Access => "access",
            Choice::Requests => "requests",
            Choice::Assignments => "assignments",
            Choice::Decided => "decided",
            Choice::LookedAfter => "looked-after",
            Choice::Alerts => "alerts",
        }
    }

    /// From the stable word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|choice| choice.wire() == word)
    }

    /// As people read it.
    pub const fn words(self) -> &'static str {
        match self {
            Choice::Access => "Your access: it is on, planned, ends soon, is over",
            Choice::Requests => "Your requests: approved, denied, lapsed, closed, asked for you",
            Choice::Assignments => "Your assignments: given, changed, removed, ending",
            Choice::Decided => "Decisions of other approvers on what you could decide too",
            Choice::LookedAfter => "Groups and roles you look after",
            Choice::Alerts => "Alerts, if you see them",
        }
    }

    /// Under which choice a mail to such a reader falls; under none if it always comes.
    pub const fn of(notice: Notice, reader: Reader) -> Option<Self> {
        use Notice as N;
        if notice.alone() || matches!(notice, N::GlassReviewed) {
            return None;
        }
        match (reader, notice) {
            (Reader::Approver, N::Approved | N::Denied) => Some(Choice::Decided),
            (Reader::Approver, _) => None,
            (_, N::AlertOpened | N::AlertReturned) => Some(Choice::Alerts),
            (Reader::Admin, _) => Some(Choice::LookedAfter),
            (Reader::Requestor, N::Started | N::Planned | N::EndsSoon | N::Ended) => Some(Choice::Access),
            (Reader::Requestor, N::Approved | N::Denied | N::Lapsed | N::Closed | N::AskedFor) => {
                Some(Choice::Requests)
            }
            (Reader::Requestor, _) => Some(Choice::Assignments),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn under(choice: Option<Choice>) -> Vec<(&'static str, &'static str)> {
        let all = Notice::ALL
            .iter()
            .flat_map(|notice| notice.readers().iter().map(move |(reader, _)| (*notice, *reader)));
        let found = all.filter(|(notice, reader)| Choice::of(*notice, *reader) == choice);
        found.map(|(notice, reader)| (notice.wire(), reader.wire())).collect()
    }

    #[test]
    fn what_needs_her_decision_her_account_and_emergencies_always_come() {
        assert_eq!(
            under(None),
            [
                ("asked", "approver"),
                ("still-waiting", "approver"),
                ("escalated", "approver"),
                ("renewal-asked", "approver"),
                ("renewal-waits", "approver"),
                ("glass-broken", "requestor"),
                ("glass-broken", "admin"),
                ("glass-reviewed", "requestor"),
                ("assigned-to-self", "requestor"),
                ("assigned-to-self", "admin"),
                ("access-review-started", "approver"),
                ("access-review-half", "approver"),
                ("access-review-ends", "approver"),
                ("last-holder-kept", "admin"),
                ("password-set", "requestor"),
                ("factor-added", "requestor"),
                ("factors-reset", "requestor"),
                ("recovery-code-used", "requestor"),
            ]
        );
    }

    #[test]
    fn everything_else_falls_under_one_choice() {
        assert_eq!(under(Some(Choice::Decided)), [("approved", "approver"), ("denied", "approver")]);
        let requests =
            ["asked-for", "approved", "denied", "lapsed", "closed"].map(|word| (word, "requestor"));
        assert_eq!(under(Some(Choice::Requests)), requests);
        let access = ["started", "planned", "ends-soon", "ended"].map(|word| (word, "requestor"));
        assert_eq!(under(Some(Choice::Access)), access);
        let assignments = under(Some(Choice::Assignments));
        assert!(
            assignments.iter().all(|(word, reader)| word.starts_with("assign") && *reader == "requestor")
        );
        let alerts = ["alert-opened", "alert-returned"].map(|word| (word, "admin"));
        assert_eq!(under(Some(Choice::Alerts)), alerts);
        assert!(under(Some(Choice::LookedAfter)).iter().all(|(_, reader)| *reader == "admin"));
    }

    #[test]
    fn every_choice_is_found_by_its_word() {
        for choice in Choice::ALL {
            assert_eq!(Choice::parse(choice.wire()), Some(choice));
        }
        assert_eq!(Choice::parse("account"), None);
    }
}
