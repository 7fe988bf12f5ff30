//! Tries a mail again that was given up.

use crate::audit::{self, About};
use crate::{Ctx, Engine, Error, Result, authority};
use domain::audit::Event;
use domain::authz::Action;
use domain::refusal::{Code, Refusal};
use serde_json::json;
use uuid::Uuid;

/// Puts the mail back into the queue, due now.
///
/// # Errors
/// Not for this person; unknown; or it was not given up.
pub async fn resend_mail(engine: &Engine, ctx: &Ctx, id: Uuid) -> Result<()> {
    authority::require(ctx, &Action::ManageMail)?;
    let mut tx = engine.begin().await?;
    let state: Option<String> = sqlx::query_scalar("select state from mails where id = $1 for update")
        .bind(id)
        .fetch_optional(&mut *tx)
        .await?;
    match state.as_deref() {
        None => return Err(Error::not_found()),
        Some("failed") => {}
        Some(_) => {
            let text = "This mail was not given up, so there is nothing to try again.";
            return Err(Refusal::new(Code::AlreadyClosed, text).into());
        }
    }
    sqlx::query(
        "update mails set state = 'waiting', closed_at = null, attempts = 0, due_at = clock(), problem = '' where id = $1",
    )
    .bind(id)
    .execute(&mut *tx)
    .await?;
    let about = About { facts: Some(json!({ "mail": id })), ..About::default() };
    audit::done(&mut tx, &ctx.by(), Event::MailResent, &about).await?;
    tx.commit().await?;
    Ok(())
}
