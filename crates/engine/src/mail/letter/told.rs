//! What a mail tells of, in words.

use super::cut;
use crate::db::requests;
use crate::mail::facts::Facts;
use chrono::{DateTime, Utc};
use domain::notice::Notice;
use domain::policy::notifications::Reader;

/// A notice and what is known of it now.
pub(super) struct Told<'a> {
    pub(super) facts: &'a Facts,
    pub(super) notice: Notice,
}

impl Told<'_> {
    fn who(&self) -> &str {
        self.facts.principal.as_deref().unwrap_or("Somebody")
    }

    fn by(&self) -> &str {
        self.facts.actor.as_deref().unwrap_or("Pimento")
    }

    fn name(&self) -> &str {
        self.facts.target.as_deref().unwrap_or("something")
    }

    /// "Production database admins", "ownership of Production database admins", "the role User Administrator".
    fn what(&self) -> String {
        let name = self.name();
        match self.facts.target_kind.as_deref() {
            Some("owner") => format!("ownership of {name}"),
            Some("role") => format!("the role {name}"),
            _ => name.to_owned(),
        }
    }

    fn length(&self) -> String {
        let minutes = self.facts.asked_minutes.unwrap_or_default().unsigned_abs();
        domain::duration::Minutes(minutes).words()
    }

    /// "eligible for ownership of Payroll", "active owner of Payroll", "active in Payroll".
    fn held(&self) -> String {
        let kind = self.facts.assignment_kind.as_deref().or(self.facts.renews.as_deref());
        match (kind, self.facts.target_kind.as_deref()) {
            (Some("eligible"), _) => format!("eligible for {}", self.what()),
            (_, Some("owner")) => format!("active owner of {}", self.name()),
            _ => format!("active in {}", self.what()),
        }
    }

    /// "access to Payroll", "ownership of Payroll".
    fn access(&self) -> String {
        match self.facts.target_kind.as_deref() {
            Some("owner") => self.what(),
            _ => format!("access to {}", self.what()),
        }
    }

    /// "Approved", or "Approved for Ann" to others.
    fn became(&self, word: &str) -> String {
        if self.facts.own { word.to_owned() } else { format!("{word} for {}", cut(self.who(), 24)) }
    }

    /// What is left for the reader: "12 assignments".
    fn left(&self) -> String {
        match self.facts.review.as_ref().map_or(0, |review| review.left) {
            1 => "1 assignment".into(),
            left => format!("{left} assignments"),
        }
    }

    fn reviewed(&self) -> &str {
        self.facts.review.as_ref().map_or("something", |review| review.group.as_str())
    }

    /// "Too many with standing access: Payroll, member".
    fn alert(&self) -> String {
        match &self.facts.alert {
            Some(alert) if alert.about.is_empty() => alert.kind.words().to_owned(),
            Some(alert) => format!("{}: {}", alert.kind.words(), alert.about),
            None => "gone".into(),
        }
    }

    fn at(&self, moment: DateTime<Utc>) -> String {
        super::moment(moment, self.facts.now, &self.facts.zone)
    }

    fn end(&self) -> String {
        self.facts.ends_at.map_or_else(|| "without an end".into(), |end| format!("until {}", self.at(end)))
    }

    /// "You", or the name.
    fn you(&self) -> &str {
        if self.facts.own { "You" } else { self.who() }
    }

    /// The same as an object: "you", or the name.
    fn whom(&self) -> &str {
        if self.facts.own { "you" } else { self.who() }
    }

    /// "your", or "Ann’s".
    fn of_whom(&self) -> String {
        if self.facts.own { "your".into() } else { format!("{}’s", self.who()) }
    }

    /// "are", or "is".
    fn is(&self) -> &'static str {
        if self.facts.own { "are" } else { "is" }
    }

    /// The fact, as short as a list of mails shows it.
    pub(super) fn subject(&self) -> String {
        let (who, is, what) = (self.who(), self.is(), self.what());
        match self.notice {
            Notice::Asked => format!("{} asks for {what}, {}", cut(who, 24), self.length()),
            Notice::StillWaiting => format!("Still waiting: {} asks for {what}", cut(who, 20)),
            Notice::AskedFor => {
                format!("{} asks for {what} for {}", cut(self.by(), 20), cut(self.whom(), 20))
            }
            Notice::Escalated => format!("Needs you too: {} asks for {what}", cut(who, 20)),
            Notice::RenewalAsked => format!("{} asks to stay {}", cut(who, 24), self.held()),
            Notice::RenewalWaits => format!("Still waiting: {} asks to stay {}", cut(who, 20), self.held()),
            Notice::Started => format!("{}: {what}, {}", self.became("On"), self.end()),
            Notice::Planned => format!("{}: {what}", self.became("Planned")),
            Notice::EndsSoon => format!("{}: {what}", self.became("Ends soon")),
            Notice::Ended => format!("{}: {what}", self.became("Over")),
            Notice::Approved => format!("{}: {what}", self.became("Approved")),
            Notice::Denied => format!("{}: {what}", self.became("Denied")),
            Notice::Lapsed => format!("{}: {what}", self.became("Lapsed")),
            Notice::Closed => format!("{}: request for {what}", self.became("Closed")),
            Notice::GlassBroken => format!("{}: {what}", self.became("Break glass")),
            Notice::GlassReviewed => format!("{}: {what}", self.became("Break glass reviewed")),
            Notice::Assigned => format!("{} {is} {}", cut(self.you(), 24), self.held()),
            Notice::AssignedToSelf => format!("Self-assigned: {} {is} {}", cut(self.you(), 20), self.held()),
            Notice::AssignmentChanged => format!("{}: {what}", self.became("Changed")),
            Notice::AssignmentRemoved => format!("{}: {what}", self.became("Removed")),
            Notice::AssignmentEndsSoon | Notice::AssignmentEndsTomorrow => {
                format!("{} {}: {what}", self.became("Ends"), self.end().replace("until ", ""))
            }
            Notice::AssignmentEnded => format!("{}: {what}", self.became("Ended")),
            Notice::AccessReviewStarted => format!("Review who has access to {}", cut(self.reviewed(), 40)),
            Notice::AccessReviewHalf => format!("Half time: review access to {}", cut(self.reviewed(), 40)),
            Notice::AccessReviewEnds => format!("Last day: review access to {}", cut(self.reviewed(), 40)),
            Notice::LastHolderKept => format!("Needs you: last holder of {what}"),
            Notice::AlertOpened => format!("Alert: {}", self.alert()),
            Notice::AlertReturned => format!("Alert again: {}", self.alert()),
            Notice::PasswordSet => "Your password was set".into(),
            Notice::FactorAdded => "A second factor was added".into(),
            Notice::FactorsReset => "Your second factors were reset".into(),
            Notice::RecoveryCodeUsed => "A recovery code was used".into(),
        }
    }

    /// The first sentence.
    pub(super) fn lead(&self) -> String {
        let (who, by, what, is) = (self.who(), self.by(), self.what(), self.is());
        let (you, whom) = (self.you(), self.whom());
        let has = if self.facts.own { "have" } else { "has" };
        let subject = format!("{} {is}", self.whom());
        let whose = if self.facts.own { "Your".to_owned() } else { format!("{who}’s") };
        match self.notice {
            Notice::Asked => format!("{who} asks for {what}, for {}.", self.length()),
            Notice::StillWaiting => format!("{who} still waits for an answer about {what}."),
            Notice::AskedFor => {
                format!("{by} asked for {what} for {whom}, for {}. Others decide on it.", self.length())
            }
            Notice::Escalated => {
                format!("{who}’s request for {what} still waits for a decision. Now you can decide too.")
            }
            Notice::RenewalAsked => format!("{who} asks to stay {}.", self.held()),
            Notice::RenewalWaits => format!("{who} still waits for an answer: to stay {}.", self.held()),
            Notice::Started => format!("{you} {has} {what}, {}.", self.end()),
            Notice::Planned => format!("{whose} {} is planned.", self.access()),
            Notice::EndsSoon => format!("{whose} {} ends soon.", self.access()),
            Notice::Ended => format!("{whose} {} is over.", self.access()),
            Notice::Approved => format!("{by} approved {} request for {what}.", self.of_whom()),
            Notice::Denied => format!("{by} denied {} request for {what}.", self.of_whom()),
            Notice::Lapsed => {
                format!("Nobody answered {} request for {what} in time.", self.of_whom())
            }
            Notice::Closed => format!("{whose} request for {what} was closed."),
            Notice::GlassBroken => format!("{who} broke the glass for {what}, {}.", self.end()),
            Notice::GlassReviewed => {
                format!("{by} reviewed {} use of break glass for {what}.", self.of_whom())
            }
            Notice::Assigned => format!("{by} made {whom} {}, {}.", self.held(), self.end()),
            Notice::AssignedToSelf => {
                let what = if whom == by { "themselves" } else { whom };
                format!("{by} made {what} {}, {}: an assignment to oneself.", self.held(), self.end())
            }
            Notice::AssignmentChanged => {
                format!("{by} changed the assignment: {subject} {}, {}.", self.held(), self.end())
            }
            Notice::AssignmentRemoved => {
                format!("{by} removed {} from {what}.", whom)
            }
            Notice::AssignmentEndsSoon | Notice::AssignmentEndsTomorrow => {
                format!("{you} {is} {} {}.", self.held(), self.end())
            }
            Notice::AssignmentEnded => format!("{you} {is} no longer {}.", self.held()),
            Notice::AccessReviewStarted => {
                format!("{} of {} wait for your decision.", self.left(), self.reviewed())
            }
            Notice::AccessReviewHalf | Notice::AccessReviewEnds => {
                format!("{} of {} still wait for your decision.", self.left(), self.reviewed())
            }
            Notice::LastHolderKept => {
                format!("{who} stays a day longer with {what}: nobody else would be left. Name a successor.")
            }
            Notice::AlertOpened => format!("{}.", self.alert()),
            Notice::AlertReturned => format!("Look again, it was acknowledged before. {}.", self.alert()),
            Notice::PasswordSet => "The password of your account was set.".into(),
            Notice::FactorAdded => "A second factor was added to your account.".into(),
            Notice::FactorsReset => format!("{by} reset the second factors of your account."),
            Notice::RecoveryCodeUsed => {
                "A recovery code of your account was used instead of your second factor.".into()
            }
        }
    }

    pub(super) fn facts(&self) -> Vec<(&'static str, String)> {
        let mut found = Vec::new();
        let facts = self.facts;
        match self.notice {
            Notice::Asked | Notice::AskedFor | Notice::StillWaiting | Notice::Escalated => {
                found.push((
                    "From",
                    facts.asked_start.map_or_else(|| "as soon as it is approved".into(), |at| self.at(at)),
                ));
                found.push(("How long", self.length()));
            }
            _ if self.notice.about_access_review() => {
                found.extend(facts.review.iter().flat_map(|review| {
                    [("Review", review.name.clone()), ("Until", self.at(review.ends_at))]
                }));
                return found;
            }
            _ if self.notice.about_alert() => {
                found.extend(facts.alert.iter().flat_map(|alert| {
                    [
                        ("Severity", alert.kind.severity().words().to_owned()),
                        ("Found", alert.says.clone()),
                        ("Since", self.at(alert.opened_at)),
                    ]
                }));
                return found;
            }
            Notice::Planned => found.extend(facts.asked_start.map(|at| ("From", self.at(at)))),
            _ => {}
        }
        if !facts.instead_of.is_empty() {
            found.push(("You stand in for", facts.instead_of.join(", ")));
        }
        if let Some(ticket) = facts.ticket.as_ref().filter(|ticket| !ticket.is_empty()) {
            found.push(("Ticket", ticket.clone()));
        }
        if let (Some(at), true) = (facts.deadline_at, self.open()) {
            found.push(("Answer by", self.at(at)));
        }
        if let Some(number) = facts.number {
            found.push(("Request", requests::name(number)));
        }
        found.push(("When", self.at(facts.at)));
        if self.notice.about_account() && self.notice != Notice::FactorsReset {
            found
                .push(("If this was not you", "change your password, then tell your administrators.".into()));
        }
        found
    }

    fn open(&self) -> bool {
        self.notice.asks_approvers() || self.notice.asks_managers()
    }

    pub(super) fn quote(&self) -> Option<String> {
        let facts = self.facts;
        match self.notice {
            Notice::Asked | Notice::AskedFor | Notice::StillWaiting | Notice::Escalated => {
                facts.asked_reason.clone()
            }
            Notice::RenewalAsked | Notice::RenewalWaits => facts.asked_reason.clone(),
            Notice::Denied | Notice::Approved | Notice::Closed | Notice::Lapsed => Some(facts.reason.clone())
                .filter(|reason| !reason.is_empty())
                .or_else(|| facts.close_reason.clone()),
            _ if self.notice.about_access_review() => facts.review.as_ref().map(|review| review.note.clone()),
            Notice::Ended | Notice::AssignmentEnded | Notice::AlertOpened | Notice::AlertReturned => None,
            _ => Some(facts.reason.clone()),
        }
    }

    /// One way on, to a page that shows what is so now.
    pub(super) fn way_on(&self, reader: Reader) -> (&'static str, String) {
        let facts = self.facts;
        let place = match (facts.target_kind.as_deref(), facts.key.as_deref()) {
            (Some("role"), Some(key)) => format!("/roles/{key}"),
            (_, Some(key)) => format!("/groups/{key}"),
            _ => "/access".into(),
        };
        let request = requests::name(facts.number.unwrap_or_default());
        match (self.notice, reader) {
            (asks, _) if asks.asks_approvers() => ("Look and decide", format!("/approvals/{request}")),
            (asks, _) if asks.asks_managers() => ("Look and decide", format!("{place}/renewals/{request}")),
            (Notice::Approved | Notice::Denied, Reader::Approver) => {
                ("See the request", format!("/approvals/{request}"))
            }
            (Notice::AskedFor | Notice::Approved | Notice::Denied | Notice::Lapsed | Notice::Closed, _) => {
                ("See the request", format!("/requests/{request}"))
            }
            (Notice::GlassBroken | Notice::GlassReviewed, Reader::Admin) => {
                ("See the review", "/break-glass".into())
            }
            (notice, _) if notice.about_access_review() => {
                let number = facts.review.as_ref().map_or(0, |review| review.number);
                ("Review them", format!("/reviews/{number}"))
            }
            (notice, _) if notice.about_alert() => {
                let alert = facts.alert.as_ref().map_or_else(uuid::Uuid::nil, |alert| alert.id);
                ("See the alert", format!("/admin/alerts/{alert}"))
            }
            (notice, _) if notice.about_account() => ("See your account", "/account".into()),
            (Notice::EndsSoon, Reader::Requestor) => ("Extend or finish it", "/access".into()),
            (_, Reader::Requestor) => ("See your access", "/access".into()),
            _ => ("See the assignments", format!("{place}/assignments")),
        }
    }
}
