//! Taking a person's second factor and recovery codes away, when her phone is gone. She sets up a new one at the next
//! sign-in; all her sessions end.

use crate::audit::{self, About};
use crate::ctx::By;
use crate::db::{sessions, users};
use crate::proof::{self, Purpose};
use crate::{Ctx, Engine, Error, Result, Tx, administrators, authority, clock, demand};
use domain::audit::Event;
use domain::authz::{Action, allows};
use domain::ids::PersonId;
use domain::refusal::Refusal;

/// Resets the factors of `person`.
///
/// # Errors
/// Not found: no such person, or not for the caller to reset. She is the last administrator who can sign in. The code
/// is missing or wrong.
pub async fn reset_factors(engine: &Engine, ctx: &Ctx, person: PersonId, code: &str) -> Result<()> {
    let about = About { principal: Some(person.into()), ..About::default() };
    let mut tx = engine.begin().await?;
    let guard = administrators::guard(&mut tx).await?;
    users::find(&mut tx, person).await?.ok_or_else(Error::not_found)?;
    let facts = authority::person_facts(&mut tx, ctx, person).await?;
    let refuse = async |tx: Tx, refusal: Refusal| {
        drop(tx);
        Err(audit::refused(engine, &ctx.by(), Event::FactorsReset, about.clone(), refusal.into()).await)
    };
    if !allows(&ctx.actor, &Action::ResetCredentials(facts)) {
        return refuse(tx, Refusal::not_found()).await;
    }
    if let Some(refusal) = guard.keeps(person) {
        return refuse(tx, refusal).await;
    }
    let subject = [format!("reset factors of {person}")];
    let given = proof::give(engine, &mut tx, ctx, code, Purpose::AdminOp, &subject).await?;
    let now = clock::now(&mut tx).await?;
    if let Some(refusal) = demand::fresh(given.given, now) {
        return refuse(tx, refusal).await;
    }
    remove(&mut tx, person).await?;
    let about = About { proof: given.proofs.first().copied(), ..about };
    audit::done(&mut tx, &ctx.by(), Event::FactorsReset, &about).await?;
    tx.commit().await?;
    Ok(())
}

/// The same from the command line on the server itself; also for the last administrator, whom nobody else can help.
///
/// # Errors
/// Not found: no such person.
pub async fn by_system(engine: &Engine, run: &str, person: PersonId) -> Result<()> {
    let mut tx = engine.begin().await?;
    users::find(&mut tx, person).await?.ok_or_else(Error::not_found)?;
    remove(&mut tx, person).await?;
    let about = About { principal: Some(person.into()), ..About::default() };
    audit::done(&mut tx, &By::system(run), Event::FactorsReset, &about).await?;
    tx.commit().await?;
    Ok(())
}

async fn remove(tx: &mut Tx, person: PersonId) -> Result<()> {
    for sql in
        ["delete from totp_factors where user_id = $1", "delete from recovery_codes where user_id = $1"]
    {
        sqlx::query(sql).bind(person.0).execute(&mut **tx).await?;
    }
    sessions::end_all(tx, person).await?;
    Ok(())
}
