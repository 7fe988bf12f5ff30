//! Whether a mail still has something to say when it leaves, and what.

use super::facts::{self, Facts};
use super::letter::{self, Letter};
use crate::deciding::deciding;
use crate::{Error, Result};
use chrono::TimeDelta;
use domain::ids::{PersonId, RequestId};
use domain::notice::Notice;
use domain::policy::notifications::Reader;
use sqlx::PgConnection;
use uuid::Uuid;

/// What to do with a mail whose turn it is.
#[derive(Debug)]
pub enum Composed {
    /// Send it.
    Send {
        /// What it says.
        letter: Letter,
        /// Where its button leads.
        link: String,
        /// Puts mails about one request together.
        thread: Option<String>,
    },
    /// Nothing is left to say, and why.
    Moot(&'static str),
}

/// Reads what is so now and writes the mail.
///
/// # Errors
/// The database can't be reached, or the mail tells of something this version does not know.
pub async fn compose(
    conn: &mut PgConnection,
    mail: Uuid,
    reader: Reader,
    public_url: &str,
) -> Result<Composed> {
    let Some(facts) = facts::load(conn, mail).await? else {
        return Ok(Composed::Moot("What it told of is gone."));
    };
    let notice = Notice::parse(&facts.kind)
        .ok_or_else(|| Error::inconsistent("notices", mail, "a kind that this version does not know"))?;
    if let Some(why) = moot(notice, &facts) {
        return Ok(Composed::Moot(why));
    }
    if notice.asks_approvers() && !still_decides(conn, &facts).await? {
        return Ok(Composed::Moot("The reader can't decide on it any more."));
    }
    let thread = facts.number.map(|number| format!("request-{number}"));
    let words = letter::words(&facts, notice, reader, public_url);
    let link = words.link.clone();
    Ok(Composed::Send { letter: words.letter()?, link, thread })
}

/// Nobody is asked who was named when it was made and has no say any more; an address is nobody in particular.
async fn still_decides(conn: &mut PgConnection, facts: &Facts) -> Result<bool> {
    match (facts.reader, facts.request) {
        (Some(reader), Some(request)) => {
            Ok(deciding(conn, RequestId(request)).await?.contains(&PersonId(reader)))
        }
        _ => Ok(true),
    }
}

/// A question that was answered is not asked any more, and nobody is warned of an end that something else covers.
fn moot(notice: Notice, facts: &Facts) -> Option<&'static str> {
    let waits = |status: &str| facts.status.as_deref() == Some(status);
    match notice {
        notice if notice.about_access_review() => match &facts.review {
            None => Some("It is gone."),
            Some(review) if !review.open => Some("The review is over."),
            Some(review) => (review.left == 0).then_some("The reader has decided everything."),
        },
        notice if notice.about_alert() => match &facts.alert {
            None => Some("It is gone."),
            Some(alert) if alert.closed => Some("It is not so any more."),
            Some(alert) => alert.acknowledged.then_some("Somebody acknowledged it."),
        },
        asks if asks.asks_approvers() && !waits("PendingApproval") => Some("The request is closed."),
        Notice::AskedFor if !waits("PendingApproval") => Some("The request is closed."),
        asks if asks.asks_managers() && !waits("PendingAdminDecision") => Some("The request is closed."),
        asks if asks.asks_approvers() && facts.voted => Some("The reader has decided."),
        asks if (asks.asks_approvers() || asks.asks_managers())
            && facts.deadline_at.is_some_and(|deadline| deadline <= facts.now) =>
        {
            Some("The request has lapsed.")
        }
        Notice::EndsSoon | Notice::Ended | Notice::AssignmentEnded if facts.covered => {
            Some("The access goes on.")
        }
        Notice::EndsSoon | Notice::AssignmentEndsSoon | Notice::AssignmentEndsTomorrow => match facts.ends_at
        {
            None => Some("It has no end any more."),
            Some(end) if end <= facts.now => Some("It has ended."),
            Some(end) if end > facts.at + TimeDelta::days(15) => Some("Its end was moved."),
            Some(_) => facts.covered.then_some("The access goes on."),
        },
        _ => None,
    }
}
