//! Somebody who manages a group or role asks for a person who is eligible and can't ask herself right now. The demands of
//! the policy are put to whoever asks, the second factor too; what stands in the way is the beneficiary's. It always waits
//! for somebody who is neither of the two.

use super::activate::{self, Activated, Asked};
use crate::ask::thing::Pick;
use crate::audit::About;
use crate::db::principals;
use crate::db::targets::{self, Hold};
use crate::desk;
use crate::proof::Purpose;
use crate::settle::settle;
use crate::standing::{self, Asking};
use crate::{Ctx, Engine, Error, Result, Tx, authority, grounds};
use domain::activation;
use domain::audit::Event;
use domain::ids::{PersonId, RequestKey, TargetId};
use domain::policy::evaluate::Answers;
use domain::principal::PrincipalKind;
use domain::refusal::{Code, Refusal};
use sqlx::PgConnection;

/// The word of such a request, beside Graph's for what people ask for themselves.
pub const ACTION: &str = "adminActivate";

/// What the form said.
#[derive(Clone, Debug)]
pub struct RequestFor {
    /// What to switch on.
    pub pick: Pick,
    /// For whom.
    pub principal: PersonId,
    /// Start, length, reason, ticket.
    pub answers: Answers,
    /// Code of the second factor of whoever asks; empty when none was asked.
    pub code: String,
    /// The same key gives the first result back.
    pub key: RequestKey,
}

/// Asks.
///
/// # Errors
/// Not found: the group or person is unknown, or not the actor's to manage. Else every unmet demand at once; nothing was
/// changed, and a code that was given is still good.
pub async fn request_for(engine: &Engine, ctx: &Ctx, input: RequestFor) -> Result<Activated> {
    let mut tx = engine.begin().await?;
    let Answers { reason, ticket, .. } = input.answers.clone();
    let mut about = About { reason, ticket, ..About::default() };
    let outcome = attempt(engine, &mut tx, ctx, &input, &mut about).await;
    settle(engine, &ctx.by(), tx, Event::ActivationRequested, about, outcome).await
}

async fn attempt(
    engine: &Engine,
    tx: &mut Tx,
    ctx: &Ctx,
    input: &RequestFor,
    about: &mut About,
) -> Result<Activated> {
    let mut desk = desk::open(tx, ctx, &input.pick, about).await?;
    require_person(tx, input.principal).await?;
    about.principal = Some(input.principal.into());
    let (person, filer, target) = (input.principal, ctx.person(), desk.target_id);
    let ways = grounds::hold(tx, &[(person, target)]).await?;
    targets::lock_slot(tx, person.into(), target).await?;
    // who asks is held still too: a request of somebody disabled meanwhile would be left behind
    standing::hold(tx, &[person, filer], target).await?;
    let ctx = &Ctx { actor: authority::actor(tx, filer).await?.ok_or_else(Error::not_found)?, ..ctx.clone() };
    desk.refresh(tx, ctx, Hold::Share).await?;
    let (now, loaded) = match standing::load_asked(tx, person, filer, target, input.key, &ways).await? {
        Asking::New(now, loaded) => (now, loaded),
        Asking::Again(first) => return activate::repeated(tx, &first).await,
    };

    if loaded.standing.person.deleted {
        return Err(Error::not_found());
    }
    let decide = |factor| activation::request_on_behalf(&loaded.standing, filer, &input.answers, factor, now);
    let judged = activate::judge(
        engine,
        tx,
        ctx,
        loaded.standing.rules.proof,
        &input.code,
        Purpose::Activate,
        &subject(filer, target, input),
        now,
        decide,
    )
    .await?;
    *about = activate::about(target, &input.answers, &loaded);
    let on = |refusal| with_way(&input.pick, person, refusal);
    let (plan, proof) = judged.map_err(|refusals| refusals.into_iter().map(on).collect::<Vec<_>>())?;
    let asked = Asked { action: ACTION, extends: None, answers: &input.answers, key: input.key };
    activate::write(tx, ctx, &loaded, &asked, plan, About { proof, ..about.clone() }, now).await
}

/// Groups don't activate.
async fn require_person(conn: &mut PgConnection, person: PersonId) -> Result<()> {
    let found = principals::find(conn, person.into()).await?.ok_or_else(Error::not_found)?;
    if found.kind()? == PrincipalKind::User { Ok(()) } else { Err(Error::not_found()) }
}

/// What the proof is bound to: who asks for whom, and everything that was shown.
fn subject(filer: PersonId, target: TargetId, input: &RequestFor) -> String {
    let Answers { start, length, reason, ticket } = &input.answers;
    format!(
        "on behalf|{filer}|{}|{}|{start:?}|{length:?}|{reason}|{ticket}|{}",
        input.principal, target, input.key
    )
}

/// Leads on to the form that assigns, from what it can help with.
pub(crate) fn with_way(pick: &Pick, person: PersonId, refusal: Refusal) -> Refusal {
    let (label, kind) = match refusal.code {
        Code::NeedsNoApproval => ("Give standing access", "active"),
        Code::NotEligible | Code::EligibilityEnded => ("Make eligible", "eligible"),
        _ => return refusal,
    };
    let path = format!("{}/assign?people={person}&role={}&kind={kind}", pick.place(), pick.kind.wire());
    refusal.way(label, path)
}
