//! Making a one-time link for a person without a password, or who has forgotten it.

use crate::audit::{self, About};
use crate::ctx::By;
use crate::db::users;
use crate::invitation::{self, Link};
use crate::proof::{self, Purpose};
use crate::{Ctx, Engine, Error, Result, authority, clock, demand};
use domain::audit::Event;
use domain::authz::{Action, allows};
use domain::ids::PersonId;
use domain::refusal::{Code, Refusal};

/// Makes a link for `person`. Whoever holds it can become her up to the second factor, so it takes a fresh code.
///
/// # Errors
/// Not found: no such person, or not for the caller to invite. She is disabled. The code is missing or wrong.
pub async fn invite(engine: &Engine, ctx: &Ctx, person: PersonId, code: &str) -> Result<Link> {
    let about = About { principal: Some(person.into()), ..About::default() };
    let mut tx = engine.begin().await?;
    let user = users::find(&mut tx, person).await?.filter(|user| user.deleted_at.is_none());
    let user = user.ok_or_else(Error::not_found)?;
    let facts = authority::person_facts(&mut tx, ctx, person).await?;
    let refuse = async |tx, refusal: Refusal| {
        drop::<crate::Tx>(tx);
        Err(audit::refused(engine, &ctx.by(), Event::PersonInvited, about.clone(), refusal.into()).await)
    };
    if !allows(&ctx.actor, &Action::ResetCredentials(facts)) {
        return refuse(tx, Refusal::not_found()).await;
    }
    if !user.enabled {
        let text = "This person is disabled. Enable the account first.";
        return refuse(tx, Refusal::new(Code::PersonDisabled, text)).await;
    }
    let subject = [format!("sign-in link for {person}")];
    let given = proof::give(engine, &mut tx, ctx, code, Purpose::AdminOp, &subject).await?;
    let now = clock::now(&mut tx).await?;
    if let Some(refusal) = demand::fresh(given.given, now) {
        return refuse(tx, refusal).await;
    }
    let link = invitation::make(engine, &mut tx, person, Some(ctx.person())).await?;
    let about = About { proof: given.proofs.first().copied(), ..about };
    audit::done(&mut tx, &ctx.by(), Event::PersonInvited, &about).await?;
    tx.commit().await?;
    Ok(link)
}

/// The same from the command line on the server itself, where reading the key is authority enough.
///
/// # Errors
/// Not found: no such person.
pub async fn by_system(engine: &Engine, run: &str, person: PersonId) -> Result<Link> {
    let mut tx = engine.begin().await?;
    users::find(&mut tx, person).await?.ok_or_else(Error::not_found)?;
    let link = invitation::make(engine, &mut tx, person, None).await?;
    let about = About { principal: Some(person.into()), ..About::default() };
    audit::done(&mut tx, &By::system(run), Event::PersonInvited, &about).await?;
    tx.commit().await?;
    Ok(link)
}
