//! Turning mails off for oneself, and on again. What always comes is none of the choices.

use crate::audit::{self, About};
use crate::{Ctx, Engine, Result};
use domain::audit::Event;
use domain::notice::choice::Choice;
use domain::refusal::{Code, Refusal};
use serde_json::json;

/// The caller gets these kinds of mail from now on, and no others of those that can be chosen.
///
/// # Errors
/// An unknown kind.
pub async fn choose_mail(engine: &Engine, ctx: &Ctx, wanted: &[String]) -> Result<()> {
    if wanted.iter().any(|word| Choice::parse(word).is_none()) {
        return Err(Refusal::new(Code::BadValue, "Choose kinds of the list.").at("wanted").into());
    }
    let off = Choice::ALL.map(Choice::wire).into_iter().filter(|word| !wanted.iter().any(|one| one == word));
    let off: Vec<&str> = off.collect();
    let mut tx = engine.begin().await?;
    // two forms at once come one after the other
    sqlx::query("select from users where id = $1 for no key update")
        .bind(ctx.person().0)
        .execute(&mut *tx)
        .await?;
    sqlx::query("delete from mail_choices where person_id = $1")
        .bind(ctx.person().0)
        .execute(&mut *tx)
        .await?;
    sqlx::query("insert into mail_choices (person_id, choice) select $1, unnest($2::text[])")
        .bind(ctx.person().0)
        .bind(&off)
        .execute(&mut *tx)
        .await?;
    let facts = json!({ "mail_off": off });
    let about = About { principal: Some(ctx.person().into()), facts: Some(facts), ..About::default() };
    audit::done(&mut tx, &ctx.by(), Event::PersonUpdated, &about).await?;
    tx.commit().await?;
    Ok(())
}
