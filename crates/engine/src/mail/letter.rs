//! The words of a mail: text always, HTML beside it; one sentence, the facts, what was written, one way on.

use super::facts::Facts;
use crate::{Error, Result, Settings};
use askama::Template;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::notice::Notice;
use domain::policy::notifications::Reader;

/// Longest subject, in characters (ui.md section 8).
pub const MAX_SUBJECT: usize = 78;
/// So much of what somebody wrote is repeated.
const MAX_QUOTE: usize = 300;

/// A mail, ready to be sent.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Letter {
    /// Begins with the fact.
    pub subject: String,
    /// The text part.
    pub text: String,
    /// The HTML part.
    pub html: String,
}

/// What the templates show.
#[derive(Clone, Debug, Default)]
pub struct Words {
    /// The subject.
    pub subject: String,
    /// Who did or wants what, in one sentence.
    pub lead: String,
    /// What else matters.
    pub facts: Vec<(&'static str, String)>,
    /// What somebody wrote.
    pub quote: Option<String>,
    /// What the way on is called.
    pub button: &'static str,
    /// Where it leads: a page that shows what is so now, and does nothing by being opened (field-cases.md C30).
    pub link: String,
    /// Why the reader gets this.
    pub why: String,
}

#[derive(Template)]
#[template(path = "mail.txt", escape = "none")]
struct Plain<'a> {
    lead: &'a str,
    facts: &'a [(&'static str, String)],
    quote: &'a Option<String>,
    button: &'a str,
    link: &'a str,
    why: &'a str,
}

#[derive(Template)]
#[template(path = "mail.html")]
struct Page<'a> {
    subject: &'a str,
    lead: &'a str,
    facts: &'a [(&'static str, String)],
    quote: &'a Option<String>,
    button: &'a str,
    link: &'a str,
    why: &'a str,
}

impl Words {
    /// Both parts. Every text in it is somebody's, so line breaks and invisible characters go from all but the quotation.
    ///
    /// # Errors
    /// A template fails, which it does not.
    pub fn letter(mut self) -> Result<Letter> {
        self.lead = line(&self.lead);
        self.facts.iter_mut().for_each(|(_, says)| *says = line(says));
        let quote = self.quote.as_deref().map(quoted).filter(|quote| !quote.is_empty());
        let subject = cut(&line(&self.subject).replace('\u{a0}', " "), MAX_SUBJECT);
        let (lead, facts, link, why) = (&*self.lead, &*self.facts, &*self.link, &*self.why);
        let (button, quote) = (self.button, &quote);
        let text = Plain { lead, facts, quote, button, link, why }.render();
        let html = Page { subject: &subject, lead, facts, quote, button, link, why }.render();
        let broken = |error: askama::Error| Error::Internal(error.to_string());
        Ok(Letter { text: text.map_err(broken)?, html: html.map_err(broken)?, subject })
    }
}

/// The mail of the test button.
pub fn test(settings: &Settings, now: DateTime<Utc>) -> Letter {
    let words = Words {
        subject: "Mail from Pimento works".into(),
        lead: format!("Mail from Pimento at {} works.", settings.organisation),
        facts: vec![("Sent", moment(now, now, "UTC"))],
        button: "See how mail goes out",
        link: format!("{}/admin/mail", settings.public_url),
        why: "You get this because you pressed the button that sends it.".into(),
        ..Words::default()
    };
    words.letter().unwrap_or_else(|_| Letter {
        subject: "Mail from Pimento works".into(),
        text: String::new(),
        html: String::new(),
    })
}

/// The words for one reader.
pub(super) fn words(facts: &Facts, notice: Notice, reader: Reader, public_url: &str) -> Words {
    let told = Told { facts, notice };
    let (subject, lead) = told.sentence();
    let (button, path) = told.way_on(reader);
    Words {
        subject,
        lead,
        facts: told.facts(),
        quote: told.quote(),
        button,
        link: format!("{public_url}{path}"),
        why: why(notice, reader).into(),
    }
}

struct Told<'a> {
    facts: &'a Facts,
    notice: Notice,
}

impl Told<'_> {
    fn who(&self) -> &str {
        self.facts.principal.as_deref().unwrap_or("Somebody")
    }

    fn by(&self) -> &str {
        self.facts.actor.as_deref().unwrap_or("Pimento")
    }

    /// "Production database admins", "owner of Production database admins", "the role User Administrator".
    fn what(&self) -> String {
        let name = self.facts.target.as_deref().unwrap_or("something");
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

    fn kind(&self) -> &'static str {
        match self.facts.assignment_kind.as_deref().or(self.facts.renews.as_deref()) {
            Some("eligible") => "eligible for",
            _ => "active in",
        }
    }

    fn at(&self, moment: DateTime<Utc>) -> String {
        self::moment(moment, self.facts.now, &self.facts.zone)
    }

    fn end(&self) -> String {
        self.facts.ends_at.map_or_else(|| "without an end".into(), |end| format!("until {}", self.at(end)))
    }

    /// Subject and first sentence.
    fn sentence(&self) -> (String, String) {
        let (who, by, what) = (self.who(), self.by(), self.what());
        let (you, has) = if self.facts.own { ("You", "have") } else { (who, "has") };
        let whose = if self.facts.own { "Your".to_owned() } else { format!("{who}’s") };
        let subject = match self.notice {
            Notice::Asked => format!("{} asks for {what}, {}", cut(who, 24), self.length()),
            Notice::StillWaiting => format!("Still waiting: {} asks for {what}", cut(who, 20)),
            Notice::RenewalAsked => format!("{} asks to stay {} {what}", cut(who, 24), self.kind()),
            Notice::Started => format!("On: {what}, {}", self.end()),
            Notice::Planned => format!("Planned: {what}"),
            Notice::EndsSoon => format!("Ends soon: {what}"),
            Notice::Ended => format!("Over: {what}"),
            Notice::Approved => format!("Approved: {what}"),
            Notice::Denied => format!("Denied: {what}"),
            Notice::Lapsed => format!("Lapsed: {what}"),
            Notice::Closed => format!("Closed: request for {what}"),
            Notice::GlassBroken => format!("Break glass: {what}"),
            Notice::GlassReviewed => format!("Break glass reviewed: {what}"),
            Notice::Assigned => format!(
                "{} {} {what}",
                cut(you, 24),
                if self.facts.own { format!("are {}", self.kind()) } else { format!("is {}", self.kind()) }
            ),
            Notice::AssignmentChanged => format!("Changed: {what}"),
            Notice::AssignmentRemoved => format!("Removed: {what}"),
            Notice::AssignmentEndsSoon | Notice::AssignmentEndsTomorrow => {
                format!("Ends {}: {what}", self.end().replace("until ", ""))
            }
            Notice::AssignmentEnded => format!("Ended: {what}"),
            Notice::LastHolderKept => format!("Needs you: last holder of {what}"),
            Notice::PasswordSet => "Your password was set".into(),
            Notice::FactorAdded => "A second factor was added".into(),
            Notice::FactorsReset => "Your second factors were reset".into(),
            Notice::RecoveryCodeUsed => "A recovery code was used".into(),
        };
        let lead = match self.notice {
            Notice::Asked => format!("{who} asks for {what}, for {}.", self.length()),
            Notice::StillWaiting => format!("{who} still waits for an answer about {what}."),
            Notice::RenewalAsked => format!("{who} asks to stay {} {what}.", self.kind()),
            Notice::Started => format!("{you} {has} {what}, {}.", self.end()),
            Notice::Planned => format!("{whose} access to {what} is planned."),
            Notice::EndsSoon => format!("{whose} access to {what} ends soon."),
            Notice::Ended => format!("{whose} access to {what} is over."),
            Notice::Approved => format!("{by} approved {} request for {what}.", whose.to_lowercase_first()),
            Notice::Denied => format!("{by} denied {} request for {what}.", whose.to_lowercase_first()),
            Notice::Lapsed => {
                format!("Nobody answered {} request for {what} in time.", whose.to_lowercase_first())
            }
            Notice::Closed => format!("{whose} request for {what} was closed."),
            Notice::GlassBroken => format!("{who} broke the glass for {what}, {}.", self.end()),
            Notice::GlassReviewed => {
                format!("{by} reviewed {} use of break glass for {what}.", whose.to_lowercase_first())
            }
            Notice::Assigned => format!(
                "{by} made {} {} {what}, {}.",
                if self.facts.own { "you" } else { who },
                self.kind(),
                self.end()
            ),
            Notice::AssignmentChanged => format!(
                "{by} changed the time {} {} {what}: {}.",
                if self.facts.own { "you are" } else { who },
                self.kind(),
                self.end()
            ),
            Notice::AssignmentRemoved => {
                format!("{by} removed {} from {what}.", if self.facts.own { "you" } else { who })
            }
            Notice::AssignmentEndsSoon | Notice::AssignmentEndsTomorrow => {
                format!(
                    "{} {} {what} {}.",
                    you,
                    if self.facts.own {
                        format!("are {}", self.kind())
                    } else {
                        format!("is {}", self.kind())
                    },
                    self.end()
                )
            }
            Notice::AssignmentEnded => format!(
                "{you} {} no longer {} {what}.",
                if self.facts.own { "are" } else { "is" },
                self.kind()
            ),
            Notice::LastHolderKept => {
                format!("{who} stays a day longer with {what}: nobody else would be left. Name a successor.")
            }
            Notice::PasswordSet => "The password of your account was set.".into(),
            Notice::FactorAdded => "A second factor was added to your account.".into(),
            Notice::FactorsReset => format!("{by} reset the second factors of your account."),
            Notice::RecoveryCodeUsed => {
                "A recovery code of your account was used instead of your second factor.".into()
            }
        };
        (subject, lead)
    }

    fn facts(&self) -> Vec<(&'static str, String)> {
        let mut found = Vec::new();
        let facts = self.facts;
        match self.notice {
            Notice::Asked | Notice::StillWaiting => {
                found.push((
                    "From",
                    facts.asked_start.map_or_else(|| "as soon as it is approved".into(), |at| self.at(at)),
                ));
                found.push(("How long", self.length()));
            }
            Notice::Planned => found.extend(facts.asked_start.map(|at| ("From", self.at(at)))),
            _ => {}
        }
        if let Some(ticket) = facts.ticket.as_ref().filter(|ticket| !ticket.is_empty()) {
            found.push(("Ticket", ticket.clone()));
        }
        if let (Some(at), true) = (facts.deadline_at, self.open()) {
            found.push(("Answer by", self.at(at)));
        }
        if let Some(number) = facts.number {
            found.push(("Request", format!("R-{number}")));
        }
        found.push(("When", self.at(facts.at)));
        if self.notice.about_account() && self.notice != Notice::FactorsReset {
            found
                .push(("If this was not you", "change your password, then tell your administrators.".into()));
        }
        found
    }

    fn open(&self) -> bool {
        matches!(self.notice, Notice::Asked | Notice::StillWaiting | Notice::RenewalAsked)
    }

    fn quote(&self) -> Option<String> {
        let facts = self.facts;
        match self.notice {
            Notice::Asked | Notice::StillWaiting | Notice::RenewalAsked => facts.asked_reason.clone(),
            Notice::Denied | Notice::Approved | Notice::Closed | Notice::Lapsed => Some(facts.reason.clone())
                .filter(|reason| !reason.is_empty())
                .or_else(|| facts.close_reason.clone()),
            Notice::Ended | Notice::AssignmentEnded => None,
            _ => Some(facts.reason.clone()),
        }
    }

    /// One way on, to a page that shows what is so now.
    fn way_on(&self, reader: Reader) -> (&'static str, String) {
        let facts = self.facts;
        let place = match (facts.target_kind.as_deref(), facts.key.as_deref()) {
            (Some("role"), Some(key)) => format!("/roles/{key}"),
            (_, Some(key)) => format!("/groups/{key}"),
            _ => "/access".into(),
        };
        let number = facts.number.unwrap_or_default();
        match (self.notice, reader) {
            (Notice::Asked | Notice::StillWaiting, _) => {
                ("Look and decide", format!("/approvals/R-{number}"))
            }
            (Notice::RenewalAsked, _) => ("Look and decide", format!("{place}/renewals/R-{number}")),
            (Notice::Approved | Notice::Denied, Reader::Approver) => {
                ("See the request", format!("/approvals/R-{number}"))
            }
            (Notice::Approved | Notice::Denied | Notice::Lapsed | Notice::Closed, _) => {
                ("See the request", format!("/requests/R-{number}"))
            }
            (Notice::GlassBroken | Notice::GlassReviewed, Reader::Admin) => {
                ("See the review", "/break-glass".into())
            }
            (notice, _) if notice.about_account() => ("See your account", "/account".into()),
            (_, Reader::Requestor) => ("See your access", "/access".into()),
            _ => ("See the assignments", format!("{place}/assignments")),
        }
    }
}

trait Lower {
    fn to_lowercase_first(&self) -> String;
}

impl Lower for String {
    /// "Your" within a sentence; a name stays as it is.
    fn to_lowercase_first(&self) -> String {
        if self == "Your" { "your".into() } else { self.clone() }
    }
}

/// Why the reader gets this, and where to change it.
fn why(notice: Notice, reader: Reader) -> &'static str {
    match reader {
        _ if notice.about_account() => "You get this because it is about your account.",
        Reader::Approver => "You get this because you can decide. Who hears of it is set in the policy.",
        Reader::Requestor => {
            "You get this because it is about your access. Who hears of it is set in the policy."
        }
        Reader::Admin => "You get this because you look after it. Who hears of it is set in the policy.",
    }
}

/// "Thu 12 Mar 2026, 15:08 CET", with the day left out when it is today.
fn moment(at: DateTime<Utc>, now: DateTime<Utc>, zone: &str) -> String {
    let zone: Tz = zone.parse().unwrap_or(Tz::UTC);
    let (at, now) = (at.with_timezone(&zone), now.with_timezone(&zone));
    let form = if at.date_naive() == now.date_naive() { "%H:%M %Z" } else { "%a %-d %b %Y, %H:%M %Z" };
    at.format(form).to_string()
}

/// Somebody's text in a line of ours.
fn line(text: &str) -> String {
    let seen = text.chars().filter(|c| !domain::risk::is_invisible(*c));
    seen.map(|c| if c.is_control() { ' ' } else { c }).collect::<String>().trim().to_owned()
}

/// Somebody's text in lines of its own.
fn quoted(text: &str) -> String {
    let seen = text.chars().filter(|c| !domain::risk::is_invisible(*c) && (!c.is_control() || *c == '\n'));
    let text: String = seen.collect();
    if text.trim().chars().count() > MAX_QUOTE {
        format!("{}… (the page has all of it)", text.trim().chars().take(MAX_QUOTE).collect::<String>())
    } else {
        text.trim().to_owned()
    }
}

/// At most so many characters.
fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

#[cfg(test)]
mod tests;
