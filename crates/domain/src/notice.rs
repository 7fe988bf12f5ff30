//! Notices: what people are told of, who hears it, and how urgent it is. One notice per transition; each person hears of it
//! once, whatever she is to it.

pub mod choice;

use crate::assignment::Kind;
use crate::audit::Event;
use crate::ids::PersonId;
use crate::policy::notifications::{Moment, Notifications, Reader};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// From so many mails within an hour on, further ones come together.
pub const MANY_MAILS: i64 = 20;

/// Most people and addresses that hear of one event, as in the reference (entra-pim-groups.md section 13). Not of an access
/// review: there everybody may be asked about herself, and who is not told does not answer.
pub const MAX_TOLD: usize = 1_000;

macro_rules! notices {
    ($($variant:ident = $wire:literal, $words:literal;)*) => {
        /// What somebody is told of. The wire word is stable.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
        pub enum Notice { $(#[doc = $words] #[serde(rename = $wire)] $variant),* }

        impl Notice {
            /// The whole list.
            pub const ALL: &'static [Notice] = &[$(Notice::$variant),*];

            /// The stable word, as stored.
            pub const fn wire(self) -> &'static str { match self { $(Notice::$variant => $wire),* } }

            /// As people read it.
            pub const fn words(self) -> &'static str { match self { $(Notice::$variant => $words),* } }
        }
    };
}

notices! {
    Asked = "asked", "Somebody asks to activate";
    AskedFor = "asked-for", "Somebody asked for you";
    StillWaiting = "still-waiting", "A request still waits";
    Escalated = "escalated", "A request waits for others too";
    RenewalAsked = "renewal-asked", "Somebody asks to extend or renew";
    RenewalWaits = "renewal-waits", "A request to extend or renew still waits";
    Started = "started", "Access is on";
    Planned = "planned", "Access is planned";
    EndsSoon = "ends-soon", "Access ends soon";
    Ended = "ended", "Access is over";
    Approved = "approved", "A request was approved";
    Denied = "denied", "A request was denied";
    Lapsed = "lapsed", "A request lapsed";
    Closed = "closed", "A request was closed";
    GlassBroken = "glass-broken", "Break glass was used";
    GlassReviewed = "glass-reviewed", "A use of break glass was reviewed";
    Assigned = "assigned", "Something was assigned";
    AssignedToSelf = "assigned-to-self", "Somebody made themselves eligible";
    AssignmentChanged = "assignment-changed", "An assignment was changed";
    AssignmentRemoved = "assignment-removed", "An assignment was removed";
    AssignmentEndsSoon = "assignment-ends-soon", "An assignment ends within 14 days";
    AssignmentEndsTomorrow = "assignment-ends-tomorrow", "An assignment ends within a day";
    AssignmentEnded = "assignment-ended", "An assignment ended";
    AccessReviewStarted = "access-review-started", "An access review began";
    AccessReviewHalf = "access-review-half", "Half of the time of an access review is over";
    AccessReviewEnds = "access-review-ends", "An access review ends within a day";
    LastHolderKept = "last-holder-kept", "The last holder was kept for a day";
    AlertOpened = "alert-opened", "An alert opened";
    AlertReturned = "alert-returned", "An acknowledged alert is back";
    PasswordSet = "password-set", "A password was set";
    FactorAdded = "factor-added", "A second factor was added";
    FactorsReset = "factors-reset", "Second factors were reset";
    RecoveryCodeUsed = "recovery-code-used", "A recovery code was used";
}

impl Notice {
    /// From the stable word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|notice| notice.wire() == word)
    }

    /// What people are told when this has happened; most events are for the audit only.
    pub const fn of(event: Event) -> Option<Self> {
        use Event as E;
        Some(match event {
            E::ActivationRequested | E::ExtensionRequested => Notice::Asked,
            E::RenewalRequested => Notice::RenewalAsked,
            E::ActivationStarted | E::ActivationExtended => Notice::Started,
            E::ActivationPlanned => Notice::Planned,
            E::ActivationEnded => Notice::Ended,
            E::RequestApproved => Notice::Approved,
            E::RequestDenied => Notice::Denied,
            E::RequestLapsed => Notice::Lapsed,
            E::RequestRevoked => Notice::Closed,
            E::GlassBroken => Notice::GlassBroken,
            E::GlassReviewed => Notice::GlassReviewed,
            E::AssignmentMade => Notice::Assigned,
            E::AssignmentUpdated => Notice::AssignmentChanged,
            E::AssignmentRemoved => Notice::AssignmentRemoved,
            E::AssignmentEnded => Notice::AssignmentEnded,
            E::LastHolderKept => Notice::LastHolderKept,
            E::PasswordSet => Notice::PasswordSet,
            E::FactorAdded => Notice::FactorAdded,
            E::FactorsReset => Notice::FactorsReset,
            E::RecoveryCodeUsed => Notice::RecoveryCodeUsed,
            _ => return None,
        })
    }

    /// The same of what somebody gives herself, also by way of a group she is in: others look at it (product.md 4.8).
    pub fn of_own(event: Event) -> Option<Self> {
        match event {
            Event::AssignmentMade | Event::AssignmentUpdated => Some(Notice::AssignedToSelf),
            _ => Self::of(event),
        }
    }

    /// What else people are told when somebody asks for somebody else: whoever would get the access hears of it.
    pub fn of_behalf(event: Event) -> Option<Self> {
        (event == Event::ActivationRequested).then_some(Notice::AskedFor)
    }

    /// Tells a person of her own account, whatever anybody's policy says: she is the one who would notice.
    pub const fn about_account(self) -> bool {
        matches!(
            self,
            Notice::PasswordSet | Notice::FactorAdded | Notice::FactorsReset | Notice::RecoveryCodeUsed
        )
    }

    /// Asks reviewers to look at who has access.
    pub const fn about_access_review(self) -> bool {
        matches!(self, Notice::AccessReviewStarted | Notice::AccessReviewHalf | Notice::AccessReviewEnds)
    }

    /// Tells of an alert: it goes to those who see alerts, whatever any policy says.
    pub const fn about_alert(self) -> bool {
        matches!(self, Notice::AlertOpened | Notice::AlertReturned)
    }

    /// Goes to every Global Administrator too, whatever the policy says (product.md 4.2, 4.8 and section 7).
    pub const fn loud(self) -> bool {
        matches!(self, Notice::GlassBroken | Notice::LastHolderKept | Notice::AssignedToSelf)
    }

    /// Never waits for others to come with it: her own account, or an emergency.
    pub const fn alone(self) -> bool {
        self.about_account() || self.loud()
    }

    /// Asks approvers to decide on a request that waits for approval.
    pub const fn asks_approvers(self) -> bool {
        matches!(self, Notice::Asked | Notice::StillWaiting | Notice::Escalated)
    }

    /// Asks those who manage the group or role to answer a request to extend or renew.
    pub const fn asks_managers(self) -> bool {
        matches!(self, Notice::RenewalAsked | Notice::RenewalWaits)
    }

    /// Which readers it is meant for, and whether it asks them to act.
    pub const fn readers(self) -> &'static [(Reader, bool)] {
        use Reader::{Admin, Approver, Requestor};
        match self {
            Notice::Asked | Notice::StillWaiting | Notice::Escalated => &[(Approver, true)],
            Notice::RenewalAsked | Notice::RenewalWaits => &[(Approver, true)],
            Notice::AccessReviewStarted | Notice::AccessReviewHalf | Notice::AccessReviewEnds => {
                &[(Approver, true)]
            }
            Notice::Started | Notice::Planned => &[(Requestor, false), (Admin, false)],
            Notice::AskedFor | Notice::EndsSoon | Notice::Ended | Notice::GlassReviewed => {
                &[(Requestor, false)]
            }
            Notice::Approved | Notice::Denied => &[(Requestor, true), (Approver, false)],
            Notice::Lapsed | Notice::Closed => &[(Requestor, true)],
            Notice::GlassBroken => &[(Requestor, false), (Admin, true)],
            Notice::Assigned
            | Notice::AssignedToSelf
            | Notice::AssignmentChanged
            | Notice::AssignmentRemoved => &[(Requestor, false), (Admin, false)],
            Notice::AssignmentEndsSoon | Notice::AssignmentEndsTomorrow | Notice::AssignmentEnded => {
                &[(Requestor, false), (Admin, false)]
            }
            Notice::LastHolderKept | Notice::AlertOpened | Notice::AlertReturned => &[(Admin, true)],
            Notice::PasswordSet | Notice::FactorAdded => &[(Requestor, true)],
            Notice::FactorsReset | Notice::RecoveryCodeUsed => &[(Requestor, true)],
        }
    }

    /// Whether somebody has to act on it.
    pub fn critical(self) -> bool {
        self.readers().iter().any(|(_, critical)| *critical)
    }

    /// The row of the matrix: renewals and assignments by their kind, everything else is about activating.
    pub const fn moment(self, kind: Option<Kind>) -> Moment {
        match kind {
            Some(Kind::Eligible) => Moment::Eligible,
            Some(Kind::Active) => Moment::Active,
            None => Moment::Activation,
        }
    }
}

/// Who is what to an event.
#[derive(Clone, Debug, Default)]
pub struct Circle {
    /// Who can answer.
    pub approvers: BTreeSet<PersonId>,
    /// Who gets the access, and who asked for it on her behalf.
    pub requestors: BTreeSet<PersonId>,
    /// Who looks after the group or role: its standing owners, or those who give the role.
    pub admins: BTreeSet<PersonId>,
    /// Global Administrators, for what is loud.
    pub everywhere: BTreeSet<PersonId>,
    /// Who did it.
    pub actor: Option<PersonId>,
    /// It follows at once from an approval, which the person it is about was told of.
    pub approved: bool,
}

/// Somebody who is told.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Told {
    /// A person, at the address the directory knows.
    Person(PersonId),
    /// An address of the policy.
    Address(String),
}

/// Who is told of a notice, and as what; everybody once.
pub fn told(
    notice: Notice,
    moment: Moment,
    matrix: &Notifications,
    circle: &Circle,
) -> BTreeMap<Told, Reader> {
    let mut found = BTreeMap::new();
    let mut tell = |who: Told, reader: Reader| {
        if notice.about_access_review() || found.len() < MAX_TOLD {
            found.entry(who).or_insert(reader);
        }
    };
    for (reader, critical) in notice.readers() {
        let cell = matrix.cell(moment, *reader);
        let governed = !notice.about_account();
        if governed && !cell.takes(*critical) {
            continue;
        }
        if cell.default_recipients || !governed {
            for person in circle.of(*reader, notice) {
                tell(Told::Person(person), *reader);
            }
        }
        if governed {
            cell.additional.iter().for_each(|address| tell(Told::Address(address.clone()), *reader));
        }
    }
    if notice.loud() {
        circle.everywhere.iter().for_each(|person| tell(Told::Person(*person), Reader::Admin));
    }
    // whoever was told "approved" a moment ago need not hear that it is on
    let said = notice == Notice::Started && circle.approved;
    found.retain(|_, reader| !(said && *reader == Reader::Requestor));
    found
}

impl Circle {
    /// Whom a reader means. Who did something need not be told that it was done to somebody else; what she does to her own
    /// access and account she hears too, since it may not have been her, but for what she closed or gave away.
    fn of(&self, reader: Reader, notice: Notice) -> impl Iterator<Item = PersonId> {
        let people = match reader {
            Reader::Approver => &self.approvers,
            Reader::Requestor => &self.requestors,
            Reader::Admin => &self.admins,
        };
        let hears_her_own = reader == Reader::Requestor
            && !matches!(notice, Notice::AskedFor | Notice::Closed | Notice::AssignmentRemoved);
        let knows = move |person: &PersonId| !hears_her_own && self.actor == Some(*person);
        people.iter().copied().filter(move |person| !knows(person))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn person(number: u128) -> PersonId {
        PersonId(Uuid::from_u128(number))
    }

    fn circle() -> Circle {
        Circle {
            approvers: [person(1), person(2)].into(),
            requestors: [person(3)].into(),
            admins: [person(1), person(4)].into(),
            everywhere: [person(9)].into(),
            actor: Some(person(4)),
            approved: false,
        }
    }

    fn people(notice: Notice, matrix: &Notifications) -> Vec<(u128, Reader)> {
        let told = told(notice, Moment::Activation, matrix, &circle());
        let people = told.into_iter().map(|(who, reader)| match who {
            Told::Person(person) => (person.0.as_u128(), reader),
            Told::Address(_) => (0, reader),
        });
        people.collect()
    }

    #[test]
    fn everybody_hears_once_and_who_did_it_not_at_all() {
        let all = Notifications::default();
        assert_eq!(people(Notice::Asked, &all), [(1, Reader::Approver), (2, Reader::Approver)]);
        assert_eq!(people(Notice::Started, &all), [(1, Reader::Admin), (3, Reader::Requestor)]);
        assert_eq!(
            people(Notice::Approved, &all),
            [(1, Reader::Approver), (2, Reader::Approver), (3, Reader::Requestor)]
        );
    }

    #[test]
    fn what_was_said_by_an_approval_or_done_by_herself_is_not_said_again() {
        let (all, moment) = (Notifications::default(), Moment::Activation);
        let approved = Circle { approved: true, ..circle() };
        assert!(!told(Notice::Started, moment, &all, &approved).contains_key(&Told::Person(person(3))));
        let hers = Circle { actor: Some(person(3)), ..circle() };
        assert!(told(Notice::Started, moment, &all, &hers).contains_key(&Told::Person(person(3))));
        assert!(!told(Notice::Closed, moment, &all, &hers).contains_key(&Told::Person(person(3))));
    }

    #[test]
    fn for_whom_somebody_asks_hears_of_it_and_who_asks_does_not() {
        let both = Circle { requestors: [person(3), person(5)].into(), actor: Some(person(5)), ..circle() };
        let told = told(Notice::AskedFor, Moment::Activation, &Notifications::default(), &both);
        assert_eq!(told.into_keys().collect::<Vec<_>>(), [Told::Person(person(3))]);
    }

    #[test]
    fn a_cell_that_is_off_silences_and_critical_only_keeps_questions() {
        let mut matrix = Notifications::default();
        matrix.activation.requestor.critical_only = true;
        matrix.activation.approver.default_recipients = false;
        matrix.activation.admin.default_recipients = false;
        assert_eq!(people(Notice::Started, &matrix), []);
        assert_eq!(people(Notice::Denied, &matrix), [(3, Reader::Requestor)]);
        assert_eq!(people(Notice::Asked, &matrix), []);
    }

    #[test]
    fn additional_addresses_hear_although_the_usual_people_do_not() {
        let mut matrix = Notifications::default();
        matrix.activation.admin.default_recipients = false;
        matrix.activation.admin.additional = vec!["soc@example.org".into()];
        let told = told(Notice::Started, Moment::Activation, &matrix, &circle());
        assert!(told.contains_key(&Told::Address("soc@example.org".into())));
        assert!(!told.contains_key(&Told::Person(person(4))));
    }

    #[test]
    fn break_glass_reaches_administrators_and_accounts_their_person_whatever_the_policy_says() {
        let mut silent = Notifications::default();
        for moment in Moment::ALL {
            for reader in Reader::ALL {
                silent.cell_mut(moment, reader).default_recipients = false;
            }
        }
        assert_eq!(people(Notice::GlassBroken, &silent), [(9, Reader::Admin)]);
        assert_eq!(people(Notice::FactorsReset, &silent), [(3, Reader::Requestor)]);
    }

    #[test]
    fn one_event_reaches_at_most_a_thousand() {
        let crowd = Circle { approvers: (0..1_500).map(person).collect(), ..Circle::default() };
        let told = told(Notice::Asked, Moment::Activation, &Notifications::default(), &crowd);
        assert_eq!(told.len(), MAX_TOLD);
    }

    #[test]
    fn everybody_hears_of_an_access_review_who_is_asked_in_it() {
        let crowd = Circle { approvers: (0..1_500).map(person).collect(), ..Circle::default() };
        let told = told(Notice::AccessReviewStarted, Moment::Activation, &Notifications::default(), &crowd);
        assert_eq!(told.len(), 1_500);
    }

    #[test]
    fn every_notice_is_found_by_its_word() {
        for notice in Notice::ALL {
            assert_eq!(Notice::parse(notice.wire()), Some(*notice));
        }
    }
}
