//! Break glass: a person switches on at once what she is eligible for, without approval, and owes a review for it.

use super::activate::{self, Activate, Activated, Asked};
use crate::audit::{self, About};
use crate::db::glass_reviews;
use crate::proof::Purpose;
use crate::standing::{self, Asking};
use crate::{Ctx, Engine, Result, grounds};
use domain::activation::{self, Emergency};
use domain::audit::Event;
use domain::policy::emergency;
use domain::policy::evaluate::Answers;

/// Breaks the glass. The start and the ticket of the answers are ignored.
///
/// # Errors
/// Every unmet demand at once; the policy has no break glass; an earlier use was not reviewed. Nothing was changed, and a
/// code that was given is still good.
pub async fn break_glass(engine: &Engine, ctx: &Ctx, input: Activate) -> Result<Activated> {
    let mut tx = engine.begin().await?;
    let person = ctx.person();
    let ways = grounds::hold(&mut tx, &[(person, input.target)]).await?;
    standing::enter(&mut tx, person, input.target).await?;
    let (now, mut loaded) =
        match standing::load_asked(&mut tx, person, person, input.target, input.key, &ways).await? {
            Asking::New(now, loaded) => (now, *loaded),
            Asking::Again(first) => return activate::again(tx, &first).await,
        };
    activate::hide_from_strangers(&mut tx, ctx, &loaded).await?;

    let emergency = Emergency {
        longest: loaded.policy.policy.break_glass,
        unreviewed: glass_reviews::open_since(&mut tx, person, input.target).await?,
    };
    let answers = Answers { start: None, ticket: String::new(), ..input.answers.clone() };
    let rules = emergency::rules(emergency.longest.unwrap_or(*emergency::LENGTHS.start()));
    let subject = format!("break glass|{}", activate::subject(&input));
    let decide =
        |factor| activation::request_in_emergency(&loaded.standing, emergency, &answers, factor, now);
    let judged = activate::judge(
        engine,
        &mut tx,
        ctx,
        rules.proof,
        &input.code,
        Purpose::Activate,
        &subject,
        now,
        decide,
    )
    .await?;
    let about = activate::about(input.target, &answers, &loaded);
    let (plan, proof) = match judged {
        Ok(judged) => judged,
        Err(refusals) => {
            drop(tx);
            return Err(audit::refused(engine, &ctx.by(), Event::GlassBroken, about, refusals).await);
        }
    };
    loaded.policy.policy.activation = rules;
    let about = About { proof, ..about };
    let asked = Asked { action: "selfActivate", extends: None, answers: &answers, key: input.key };
    let done = activate::write(&mut tx, ctx, &loaded, &asked, plan, about.clone(), now).await?;
    glass_reviews::open(&mut tx, done.request, input.target, person, now).await?;
    let about = About { request: Some(done.request), ..about };
    audit::done(&mut tx, &ctx.by(), Event::GlassBroken, &about).await?;
    tx.commit().await?;
    Ok(done)
}
