//! The kill switch: no mail leaves until it is switched on again. What waits meanwhile is kept, and nothing is lost.

use crate::audit::{self, About};
use crate::{Ctx, Engine, Result, authority};
use domain::audit::Event;
use domain::authz::Action;
use domain::policy::JustificationRule;
use domain::policy::evaluate::justification;
use domain::refusal::{Code, Refusal};

/// Stops mail, or lets it go again; a stop needs a reason. Doing what is done already changes nothing.
///
/// # Errors
/// Not for this person, or the reason is missing or too long.
pub async fn switch_mail(engine: &Engine, ctx: &Ctx, on: bool, reason: &str) -> Result<()> {
    authority::require(ctx, &Action::ManageMail)?;
    let reason = reason.trim();
    if !on && reason.is_empty() {
        let text = "Say why mail is stopped: others will wonder.";
        return Err(Refusal::new(Code::JustificationMissing, text).at("reason").into());
    }
    if let Some(too_long) = justification(JustificationRule { required: false, min_length: 0 }, reason) {
        return Err(too_long.into());
    }
    let mut tx = engine.begin().await?;
    let changed = sqlx::query(
        "update mail_switch set stopped_at = case when $1 then null else clock() end, stopped_by = $2, reason = $3 \
         where (stopped_at is null) <> $1",
    )
    .bind(on)
    .bind(ctx.person().0)
    .bind(reason)
    .execute(&mut *tx)
    .await?;
    if changed.rows_affected() == 1 {
        let event = if on { Event::MailStarted } else { Event::MailStopped };
        let about = About { reason: reason.to_owned(), ..About::default() };
        audit::done(&mut tx, &ctx.by(), event, &about).await?;
    }
    tx.commit().await?;
    Ok(())
}
