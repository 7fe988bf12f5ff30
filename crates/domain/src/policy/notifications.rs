//! Who hears of what happens to a target: three events by three readers, as in the reference (entra-pim-groups.md 5.3).

mod reach;

pub use reach::{Audience, Reach};

use super::Policy;
use crate::details;
use crate::refusal::{Code, Refusal};
use crate::text::Text;
use serde::{Deserialize, Serialize};

/// Most additional addresses in one cell.
pub const MAX_ADDITIONAL: usize = 20;

/// What happens: the rows of the matrix.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Moment {
    /// Somebody is made eligible, or her eligibility changes or ends.
    Eligible,
    /// Somebody is given standing access, or it changes or ends.
    Active,
    /// Somebody who is eligible activates.
    Activation,
}

impl Moment {
    /// All, in the order of the form.
    pub const ALL: [Moment; 3] = [Moment::Eligible, Moment::Active, Moment::Activation];

    /// The stable word, as in names of fields.
    pub const fn wire(self) -> &'static str {
        match self {
            Moment::Eligible => "eligible",
            Moment::Active => "active",
            Moment::Activation => "activation",
        }
    }

    /// As people read it.
    pub const fn words(self) -> &'static str {
        match self {
            Moment::Eligible => "Eligibility is given",
            Moment::Active => "Standing access is given",
            Moment::Activation => "Somebody activates",
        }
    }
}

/// Who reads: the columns of the matrix, in the reference's words.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reader {
    /// Who has to answer.
    Approver,
    /// Who gets or has the access.
    Requestor,
    /// Who looks after the group or role.
    Admin,
}

impl Reader {
    /// All, in the order of the form. Whoever is meant by several is told once, as the first of them.
    pub const ALL: [Reader; 3] = [Reader::Approver, Reader::Requestor, Reader::Admin];

    /// The stable word, as in names of fields.
    pub const fn wire(self) -> &'static str {
        match self {
            Reader::Approver => "approver",
            Reader::Requestor => "requestor",
            Reader::Admin => "admin",
        }
    }

    /// From the stable word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reader| reader.wire() == word)
    }

    /// As people read it.
    pub const fn words(self) -> &'static str {
        match self {
            Reader::Approver => "who has to decide",
            Reader::Requestor => "the person concerned",
            Reader::Admin => "owners and administrators",
        }
    }
}

/// One cell: who is told, and how much.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Cell {
    /// The people whom the column means are told.
    pub default_recipients: bool,
    /// These addresses are told too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub additional: Vec<String>,
    /// Only what needs somebody to act.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub critical_only: bool,
}

impl Default for Cell {
    /// The reference's untouched cell: the usual people, everything.
    fn default() -> Self {
        Self { default_recipients: true, additional: Vec::new(), critical_only: false }
    }
}

impl Cell {
    /// Whether anybody is told of something of this weight.
    pub fn takes(&self, critical: bool) -> bool {
        (critical || !self.critical_only) && (self.default_recipients || !self.additional.is_empty())
    }
}

/// The three cells of one event.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Row {
    /// Who has to answer.
    pub approver: Cell,
    /// Who gets the access.
    pub requestor: Cell,
    /// Who looks after the target.
    pub admin: Cell,
}

/// The matrix.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Notifications {
    /// Eligibility.
    pub eligible: Row,
    /// Standing access.
    pub active: Row,
    /// Activation.
    pub activation: Row,
}

impl Notifications {
    /// One cell.
    pub fn cell(&self, moment: Moment, reader: Reader) -> &Cell {
        let row = match moment {
            Moment::Eligible => &self.eligible,
            Moment::Active => &self.active,
            Moment::Activation => &self.activation,
        };
        match reader {
            Reader::Approver => &row.approver,
            Reader::Requestor => &row.requestor,
            Reader::Admin => &row.admin,
        }
    }

    /// One cell, to be changed.
    pub fn cell_mut(&mut self, moment: Moment, reader: Reader) -> &mut Cell {
        let row = match moment {
            Moment::Eligible => &mut self.eligible,
            Moment::Active => &mut self.active,
            Moment::Activation => &mut self.activation,
        };
        match reader {
            Reader::Approver => &mut row.approver,
            Reader::Requestor => &mut row.requestor,
            Reader::Admin => &mut row.admin,
        }
    }

    /// Every cell with its place, in the order of the form.
    pub fn cells(&self) -> impl Iterator<Item = (Moment, Reader, &Cell)> {
        places().map(|(moment, reader)| (moment, reader, self.cell(moment, reader)))
    }

    /// Untouched: not worth storing.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// Every place of the matrix, in the order of the form.
pub fn places() -> impl Iterator<Item = (Moment, Reader)> {
    Moment::ALL.into_iter().flat_map(|moment| Reader::ALL.map(|reader| (moment, reader)))
}

/// Name of a form's field of one cell, for example `mail_activation_approver_to`.
pub fn field(moment: Moment, reader: Reader, what: &str) -> String {
    format!("mail_{}_{}_{what}", moment.wire(), reader.wire())
}

impl Policy {
    /// What contradicts itself in the matrix, each at its field.
    pub(super) fn check_notifications(&self) -> Vec<Refusal> {
        let mut found = Vec::new();
        for (moment, reader, cell) in self.notifications.cells() {
            let field = field(moment, reader, "to");
            if cell.additional.len() > MAX_ADDITIONAL {
                let text = "Name at most 20 addresses; use a list of your mail server for more.";
                found.push(Refusal::new(Code::BadValue, text).at(&field));
            }
            let fits = |address: &&String| matches!(details::mail(address, &field), Ok(Some(_)));
            let wrong: Vec<String> =
                cell.additional.iter().filter(|address| !fits(address)).cloned().collect();
            if !wrong.is_empty() {
                let text = Text::say(format!("{}, to {}: ", moment.words(), reader.words())).names(&wrong);
                let text = text.then(if wrong.len() == 1 {
                    " is no mail address."
                } else {
                    " are no mail addresses."
                });
                found.push(Refusal::new(Code::BadInput, text).at(&field));
            }
            if reader == Reader::Approver && moment == Moment::Activation && !cell.takes(true) {
                let approval = self.activation.approval.is_some();
                found.extend(approval.then(|| {
                    let text =
                        "Approvers would never hear of requests. Tell them, or name an address that does.";
                    Refusal::new(Code::PolicyIncomplete, text).at(&field)
                }));
            }
        }
        found
    }
}

/// Addresses as typed: separated by commas, semicolons, spaces or lines; each once, as first written.
pub fn addresses(typed: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for address in typed.split([',', ';', ' ', '\n', '\r', '\t']).filter(|part| !part.is_empty()) {
        if !found.iter().any(|known| known.eq_ignore_ascii_case(address)) {
            found.push(address.to_owned());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_untouched_policy_stores_no_matrix_and_reads_as_everybody() {
        let stored = serde_json::to_value(Policy::default()).unwrap();
        assert_eq!(stored.get("notifications"), None);
        let read: Policy = serde_json::from_value(stored).unwrap();
        assert!(read.notifications.cells().all(|(_, _, cell)| cell.takes(false)));
    }

    #[test]
    fn critical_only_keeps_what_needs_an_answer_and_an_empty_cell_nothing() {
        let critical = Cell { critical_only: true, ..Cell::default() };
        assert!(critical.takes(true) && !critical.takes(false));
        let off = Cell { default_recipients: false, ..Cell::default() };
        assert!(!off.takes(true));
    }

    #[test]
    fn what_is_no_address_is_refused_at_its_cell() {
        let mut policy = Policy::default();
        policy.notifications.cell_mut(Moment::Active, Reader::Admin).additional = vec!["nobody".into()];
        let found = policy.check();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].field.as_deref(), Some("mail_active_admin_to"));
    }

    #[test]
    fn addresses_are_read_as_people_paste_them() {
        assert_eq!(addresses(" a@x.org; b@x.org,\nA@X.org "), ["a@x.org", "b@x.org"]);
    }
}
