//! How many the matrix reaches, told before it is saved: nobody wants to learn it from the storm.

use super::{Cell, Moment, Notifications, Reader};

/// How many people the columns mean today, for one target.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Audience {
    /// Who can approve an activation.
    pub approvers: usize,
    /// Who decides on extending and renewing an assignment.
    pub deciders: usize,
    /// Who looks after the group or role.
    pub admins: usize,
}

impl Audience {
    /// How many are meant by a column in a row; whoever gets the access is one.
    pub const fn of(&self, moment: Moment, reader: Reader) -> usize {
        match (reader, moment) {
            (Reader::Requestor, _) => 1,
            (Reader::Admin, _) => self.admins,
            (Reader::Approver, Moment::Activation) => self.approvers,
            (Reader::Approver, Moment::Eligible | Moment::Active) => self.deciders,
        }
    }
}

/// How many hear of something.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Reach {
    /// People whom the directory knows.
    pub people: usize,
    /// Addresses of the policy.
    pub addresses: usize,
}

impl Reach {
    /// "3 people and 1 address", "nobody".
    pub fn words(self) -> String {
        let counted = |count: usize, one: &str, more: &str| match count {
            0 => None,
            1 => Some(format!("1 {one}")),
            _ => Some(format!("{count} {more}")),
        };
        let both =
            [counted(self.people, "person", "people"), counted(self.addresses, "address", "addresses")];
        let said: Vec<String> = both.into_iter().flatten().collect();
        if said.is_empty() { "nobody".to_owned() } else { said.join(" and ") }
    }
}

impl Cell {
    /// How many hear of something, where the column means so many.
    pub fn reach(&self, usual: usize) -> Reach {
        Reach { people: if self.default_recipients { usual } else { 0 }, addresses: self.additional.len() }
    }
}

impl Notifications {
    /// A row in one sentence: "Somebody activates: mail to 3 people (who has to decide), 1 person (the person concerned)."
    pub fn said(&self, moment: Moment, audience: &Audience) -> String {
        let cells = Reader::ALL.map(|reader| (reader, self.cell(moment, reader)));
        let reached = cells.into_iter().filter_map(|(reader, cell)| {
            let reach = cell.reach(audience.of(moment, reader));
            (reach != Reach::default()).then(|| match reader {
                Reader::Requestor if reach.addresses == 0 => reader.words().to_owned(),
                _ => format!("{} ({})", reach.words(), reader.words()),
            })
        });
        let reached: Vec<String> = reached.collect();
        let whom = if reached.is_empty() { "nobody".to_owned() } else { reached.join(", ") };
        format!("{}: mail to {whom}.", moment.words())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_says_how_many_it_reaches_and_as_what() {
        let audience = Audience { approvers: 3, deciders: 1, admins: 0 };
        let mut matrix = Notifications::default();
        let said = |matrix: &Notifications, moment| matrix.said(moment, &audience);
        let activation = "Somebody activates: mail to 3 people (who has to decide), the person concerned.";
        assert_eq!(said(&matrix, Moment::Activation), activation);
        let cell = matrix.cell_mut(Moment::Eligible, Reader::Requestor);
        (cell.default_recipients, cell.additional) = (false, vec!["a@x.org".into(), "b@x.org".into()]);
        let eligible =
            "Eligibility is given: mail to 1 person (who has to decide), 2 addresses (the person concerned).";
        assert_eq!(said(&matrix, Moment::Eligible), eligible);
        for reader in Reader::ALL {
            matrix.cell_mut(Moment::Active, reader).default_recipients = false;
        }
        assert_eq!(said(&matrix, Moment::Active), "Standing access is given: mail to nobody.");
    }
}
