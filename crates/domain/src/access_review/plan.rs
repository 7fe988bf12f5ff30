//! The plan of a review, as it is made once, and what is wrong with one.

use super::schedule::Every;
use crate::assignment::Kind;
use crate::details;
use crate::policy::Approver;
use crate::refusal::{Code, Refusal};
use crate::target::Access;
use serde::{Deserialize, Serialize};

/// Most people and groups that one list of reviewers names.
pub const MAX_NAMED: usize = 20;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$each:meta])* $variant:ident = $wire:literal, $words:literal;)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
        pub enum $name { $($(#[$each])* #[serde(rename = $wire)] $variant),* }

        impl $name {
            /// All, in the order of the form.
            pub const ALL: &'static [$name] = &[$($name::$variant),*];

            /// The stable word.
            pub const fn wire(self) -> &'static str { match self { $($name::$variant => $wire),* } }

            /// As people read it.
            pub const fn words(self) -> &'static str { match self { $($name::$variant => $words),* } }

            /// From the stable word.
            pub fn parse(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|each| each.wire() == word)
            }
        }
    };
}

words! {
    /// Who reviews.
    Reviewers {
        /// Whoever effectively owns the group at the moment of the decision; the fallback where nobody does.
        Owners = "owners", "Owners of the group";
        /// People and groups that the plan names; the fallback, if there is one, where none of them can.
        Named = "named", "People and groups you name";
        /// Each person says herself whether she still needs it. Groups that are assigned are for the owners.
        Oneself = "self", "Each person for themselves";
    }
}

words! {
    /// What becomes of an assignment that nobody approved or denied.
    Undecided {
        /// It stays.
        Keep = "keep", "Keep it";
        /// It goes.
        Remove = "remove", "Remove it";
        /// As recommended.
        Recommended = "recommended", "Do what is recommended";
    }
}

/// What is reviewed, by whom, how often, and what comes of it. The round keeps the plan it began with.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Plan {
    /// Assignments as member.
    pub members: bool,
    /// Assignments as owner.
    pub owners: bool,
    /// Access without activation.
    pub standing: bool,
    /// Eligibility.
    pub eligible: bool,
    /// Who reviews.
    pub reviewers: Reviewers,
    /// The named ones.
    pub named: Vec<Approver>,
    /// Who takes over where nobody else can decide.
    pub fallback: Vec<Approver>,
    /// How often.
    pub every: Every,
    /// How long a round lasts.
    pub days: u16,
    /// Every decision needs a reason, not only a denial.
    pub justify: bool,
    /// What becomes of the undecided.
    pub undecided: Undecided,
    /// At the end by itself; else an administrator applies it.
    pub auto_apply: bool,
    /// Mails at the start, at half time and a day before the end.
    pub remind: bool,
    /// What the reviewers should know.
    pub note: String,
}

impl Default for Plan {
    /// What the form offers: everything, by the owners, once, for two weeks; applied by hand, the undecided stay.
    fn default() -> Self {
        Self {
            members: true,
            owners: true,
            standing: true,
            eligible: true,
            reviewers: Reviewers::Owners,
            named: Vec::new(),
            fallback: Vec::new(),
            every: Every::Once,
            days: 14,
            justify: false,
            undecided: Undecided::Keep,
            auto_apply: false,
            remind: true,
            note: String::new(),
        }
    }
}

/// Those that are on.
fn chosen(each: [(bool, &'static str); 2]) -> Vec<&'static str> {
    each.into_iter().filter(|(on, _)| *on).map(|(_, word)| word).collect()
}

impl Plan {
    /// The words of what is reviewed: member, owner.
    pub fn accesses(&self) -> Vec<&'static str> {
        chosen([(self.members, Access::Member.wire()), (self.owners, Access::Owner.wire())])
    }

    /// The words of the kinds of assignments: eligible, active.
    pub fn kinds(&self) -> Vec<&'static str> {
        chosen([(self.eligible, Kind::Eligible.wire()), (self.standing, Kind::Active.wire())])
    }

    /// Everything that is wrong with it, each at its field.
    pub fn check(&self) -> Vec<Refusal> {
        let mut wrong = Vec::new();
        let mut no = |code: Code, field: &str, text: &str| wrong.push(Refusal::new(code, text).at(field));
        if !self.members && !self.owners {
            no(Code::Missing, "members", "Choose members, owners or both.");
        }
        if !self.standing && !self.eligible {
            no(Code::Missing, "eligible", "Choose eligible people, standing access or both.");
        }
        if self.reviewers == Reviewers::Named && self.named.is_empty() {
            no(Code::Missing, "named", "Name at least one reviewer.");
        }
        // an owner who is the only one would leave the question of herself to nobody
        if self.reviewers == Reviewers::Owners && self.fallback.is_empty() {
            no(Code::Missing, "fallback", "Name who reviews where no owner can.");
        }
        let most = self.every.longest();
        if self.days == 0 || self.days > most {
            no(
                Code::BadValue,
                "days",
                &format!("1 to {most} days, if it is {}.", self.every.words().to_lowercase()),
            );
        }
        for (list, field) in [(&self.named, "named"), (&self.fallback, "fallback")] {
            if list.len() > MAX_NAMED {
                no(Code::TooLarge, field, &format!("At most {MAX_NAMED} people and groups."));
            }
        }
        wrong.extend(details::description(&self.note, "note").err());
        wrong
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::PersonId;
    use uuid::Uuid;

    fn sound() -> Plan {
        let cleo = Approver::Person(PersonId(Uuid::nil()));
        Plan { fallback: vec![cleo], ..Plan::default() }
    }

    fn fields(plan: &Plan) -> Vec<String> {
        plan.check().into_iter().filter_map(|refusal| refusal.field).collect()
    }

    #[test]
    fn a_plan_reviews_something_and_somebody_can_do_it() {
        assert_eq!(fields(&sound()), [""; 0]);
        assert_eq!(fields(&Plan { members: false, owners: false, ..sound() }), ["members"]);
        assert_eq!(fields(&Plan { standing: false, eligible: false, ..sound() }), ["eligible"]);
        assert_eq!(fields(&Plan::default()), ["fallback"]);
        assert_eq!(fields(&Plan { reviewers: Reviewers::Named, ..Plan::default() }), ["named"]);
        assert_eq!(fields(&Plan { reviewers: Reviewers::Oneself, ..Plan::default() }), [""; 0]);
    }

    #[test]
    fn a_round_is_over_before_the_next_begins() {
        for (every, most) in
            [(Every::Month, 27), (Every::Quarter, 80), (Every::Year, 180), (Every::Once, 180)]
        {
            assert_eq!(fields(&Plan { every, days: most, ..sound() }), [""; 0]);
            assert_eq!(fields(&Plan { every, days: most + 1, ..sound() }), ["days"]);
        }
        assert_eq!(fields(&Plan { days: 0, ..sound() }), ["days"]);
    }
}
