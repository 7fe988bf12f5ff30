//! The words of a mail: text always, HTML beside it; one sentence, the facts, what was written, one way on.

mod told;

use self::told::Told;
use super::facts::Facts;
use crate::{Error, Result, Settings};
use askama::Template;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::notice::{MANY_MAILS, Notice};
use domain::policy::notifications::Reader;

/// Longest subject, in characters (ui.md section 8).
pub const MAX_SUBJECT: usize = 78;
/// Most that one mail lists when several come together.
const MOST_ITEMS: usize = 50;
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
    /// What else is told in the same mail: each with its subject and its page.
    pub items: Vec<(String, String)>,
    /// Why the reader gets this.
    pub why: String,
}

#[derive(Template)]
#[template(path = "mail.txt", escape = "none")]
struct Plain<'a> {
    mail: &'a Words,
}

#[derive(Template)]
#[template(path = "mail.html")]
struct Page<'a> {
    mail: &'a Words,
}

impl Words {
    /// Both parts. Every text in it is somebody's, so line breaks and invisible characters go from all but the quotation.
    ///
    /// # Errors
    /// A template fails, which it does not.
    pub fn letter(mut self) -> Result<Letter> {
        self.lead = line(&self.lead);
        self.facts.iter_mut().for_each(|(_, says)| *says = line(says));
        self.items.iter_mut().for_each(|(subject, _)| *subject = short(subject));
        self.quote = self.quote.as_deref().map(quoted).filter(|quote| !quote.is_empty());
        self.subject = short(&self.subject);
        let broken = |error: askama::Error| Error::Internal(error.to_string());
        let text = Plain { mail: &self }.render().map_err(broken)?;
        let html = Page { mail: &self }.render().map_err(broken)?;
        Ok(Letter { subject: self.subject, text, html })
    }
}

/// The mail of the test button.
///
/// # Errors
/// As for [`Words::letter`].
pub fn test(settings: &Settings, now: DateTime<Utc>) -> Result<Letter> {
    let words = Words {
        subject: "Mail from Pimento works".into(),
        lead: format!("Mail from Pimento at {} works.", settings.organisation),
        facts: vec![("Sent", moment(now, now, "UTC"))],
        button: "See how mail goes out",
        link: format!("{}/admin/mail", settings.public_url),
        why: "You get this because you pressed the button that sends it.".into(),
        ..Words::default()
    };
    words.letter()
}

/// Several mails in one: the subject of each and where it leads.
pub(super) fn together(mut items: Vec<(String, String)>, public_url: &str) -> Words {
    let all = items.len();
    items.truncate(MOST_ITEMS);
    let more = all - items.len();
    Words {
        subject: match all {
            1 => "1 thing to know".into(),
            all => format!("{all} things to know"),
        },
        lead: format!(
            "{MANY_MAILS} mails came to this address within an hour, so further ones come together."
        ),
        facts: (more > 0).then(|| ("Not listed", format!("{more} more"))).into_iter().collect(),
        items,
        button: "See all your mail",
        link: format!("{public_url}/account/mail"),
        why: "You get this because policies name you or this address. Who hears of what is set there.".into(),
        ..Words::default()
    }
}

/// The words for one reader.
pub(super) fn words(facts: &Facts, notice: Notice, reader: Reader, public_url: &str) -> Words {
    let told = Told { facts, notice };
    let (button, path) = told.way_on(reader);
    Words {
        subject: told.subject(),
        lead: told.lead(),
        facts: told.facts(),
        quote: told.quote(),
        button,
        link: format!("{public_url}{path}"),
        items: Vec::new(),
        why: why(notice, reader, facts.own).into(),
    }
}

/// Why the reader gets this, and where to change it.
fn why(notice: Notice, reader: Reader, own: bool) -> &'static str {
    match reader {
        _ if notice.about_account() => "You get this because it is about your account.",
        _ if notice.about_access_review() => {
            "You get this because you review who has access. Whether reviewers are reminded is set in the review."
        }
        _ if notice.about_alert() => {
            "You get this because you see alerts. You can do without at Account, Mail. What raises them is set by administrators."
        }
        Reader::Approver => "You get this because you can decide. Who hears of it is set in the policy.",
        Reader::Requestor if own => {
            "You get this because it is about your access. Who hears of it is set in the policy."
        }
        // asked for somebody else, or is an address of the policy
        Reader::Requestor => {
            "You get this because you asked for it, own the group that has it, or the policy names this address. Who hears of it is set there."
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

/// A subject: one line, as long as lists of mails show. What looks like the beginning of an encoded word (RFC 2047) would
/// be read as other signs by the reader's program.
fn short(subject: &str) -> String {
    cut(&line(subject).replace('\u{a0}', " ").replace("=?", "= ?"), MAX_SUBJECT)
}

/// Somebody's text in a line of ours.
pub(crate) fn line(text: &str) -> String {
    let seen = text.chars().filter(|c| !domain::risk::is_invisible(*c));
    seen.map(|c| if breaks(c) { ' ' } else { c }).collect::<String>().trim().to_owned()
}

/// Ends a line for some reader, or does what no text should: U+2028 and U+2029 are no control characters, and break lines.
fn breaks(sign: char) -> bool {
    sign.is_control() || matches!(sign, '\u{2028}' | '\u{2029}')
}

/// Somebody's text in lines of its own.
fn quoted(text: &str) -> String {
    let seen = text.chars().filter(|c| !domain::risk::is_invisible(*c) && (!breaks(*c) || *c == '\n'));
    let text: String = seen.collect();
    if text.trim().chars().count() > MAX_QUOTE {
        format!("{}… (the page has all of it)", text.trim().chars().take(MAX_QUOTE).collect::<String>())
    } else {
        text.trim().to_owned()
    }
}

/// At most so many characters.
pub(crate) fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

#[cfg(test)]
mod tests;
