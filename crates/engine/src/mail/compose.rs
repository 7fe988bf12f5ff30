//! Whether a mail still has something to say when it leaves, and what.

use super::facts::{self, Facts};
use super::letter::{self, Letter};
use crate::ask::who;
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
    let Some(mut facts) = facts::load(conn, mail).await? else {
        return Ok(Composed::Moot("What it told of is gone."));
    };
    let notice = Notice::parse(&facts.kind)
        .ok_or_else(|| Error::inconsistent("notices", mail, "a kind that this version does not know"))?;
    if let Some(why) = moot(notice, &facts) {
        return Ok(Composed::Moot(why));
    }
    if notice.asks_approvers() {
        match decides(conn, &facts).await? {
            Some(instead_of) => facts.instead_of = instead_of,
            None => return Ok(Composed::Moot("The reader is not asked any more.")),
        }
    }
    let thread = facts.number.map(|number| format!("request-{number}"));
    let words = letter::words(&facts, notice, reader, public_url);
    let link = words.link.clone();
    Ok(Composed::Send { letter: words.letter()?, link, thread })
}

/// In whose place the reader is asked, by name; nobody's mostly. `None` where she was named when it was made and has no say any
/// more. An address is nobody in particular.
async fn decides(conn: &mut PgConnection, facts: &Facts) -> Result<Option<Vec<String>>> {
    let (Some(reader), Some(request)) = (facts.reader, facts.request) else { return Ok(Some(Vec::new())) };
    let Some(seats) = deciding(conn, RequestId(request)).await?.remove(&PersonId(reader)) else {
        return Ok(None);
    };
    let seats = who::list(conn, seats.into_iter().map(|seat| seat.0).collect()).await?;
    Ok(Some(seats.into_iter().map(|who| format!("{} ({})", who.name, who.user_name)).collect()))
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
