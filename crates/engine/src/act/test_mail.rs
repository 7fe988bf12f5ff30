//! Sends the caller a mail now, and says what the mail server answers.

use crate::mail::letter;
use crate::{Ctx, Engine, Error, Result, authority, ids};
use chrono::{DateTime, Utc};
use domain::authz::Action;
use domain::refusal::{Code, Refusal};
use domain::text::Text;

/// Sends, waits for the answer and keeps the mail in the list; without a mail server it is kept here.
///
/// # Errors
/// Not for this person; her address is unknown; or what the mail server said.
pub async fn test_mail(engine: &Engine, ctx: &Ctx) -> Result<()> {
    authority::require(ctx, &Action::ManageMail)?;
    let (address, now): (Option<String>, DateTime<Utc>) =
        sqlx::query_as("select mail, clock() from users where id = $1")
            .bind(ctx.person().0)
            .fetch_one(&engine.pool)
            .await?;
    let address = address.ok_or_else(|| {
        Error::from(Refusal::new(Code::Missing, "You have no mail address. Add one to your person first."))
    })?;
    let (id, letter) = (ids::new(), letter::test(&engine.settings, now)?);
    let (state, problem) = match &engine.settings.post {
        None => ("kept", None),
        Some(post) => match post.send(&address, id, None, &letter).await {
            Ok(()) => ("sent", None),
            Err(problem) => ("failed", Some(problem)),
        },
    };
    sqlx::query(
        "insert into mails (id, reader, person_id, address, state, subject, body, attempts, closed_at, problem) \
         values ($1, 'admin', $2, $3, $4, $5, $6, 1, clock(), $7)",
    )
    .bind(id)
    .bind(ctx.person().0)
    .bind(&address)
    .bind(state)
    .bind(&letter.subject)
    .bind(&letter.text)
    .bind(problem.as_ref().map(ToString::to_string).unwrap_or_default())
    .execute(&engine.pool)
    .await?;
    match problem {
        None => Ok(()),
        Some(problem) => {
            let text = Text::say("The mail server said: ").name(problem.to_string());
            Err(Refusal::new(Code::BadValue, text).into())
        }
    }
}
