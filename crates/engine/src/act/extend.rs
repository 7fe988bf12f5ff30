//! A person asks for more time on what is on. Same demands, same approval (product.md 4.7).

use super::activate::{self, Activated, Asked};
use crate::audit::{self, About};
use crate::db::{assignments, requests, targets};
use crate::proof::Purpose;
use crate::{Ctx, Engine, Error, Result, clock, grounds, standing};
use domain::activation;
use domain::audit::Event;
use domain::ids::{AssignmentId, RequestKey, TargetId};
use domain::policy::evaluate::Answers;

/// What the form said.
#[derive(Clone, Debug)]
pub struct Extend {
    /// The running activation.
    pub assignment: AssignmentId,
    /// Length counted from now, reason, ticket; the start is ignored.
    pub answers: Answers,
    /// Code of the second factor; empty when none was asked.
    pub code: String,
    /// The same key gives the first result back.
    pub key: RequestKey,
}

/// Extends.
///
/// # Errors
/// Every unmet demand at once; an activation that is over must be asked for anew; not found when it is somebody else's.
pub async fn extend(engine: &Engine, ctx: &Ctx, input: Extend) -> Result<Activated> {
    let mut tx = engine.begin().await?;
    let person = ctx.person();
    let row = assignments::find(&mut tx, input.assignment).await?;
    let row = row
        .filter(|row| row.principal_id == person.0 && row.origin == "activated")
        .ok_or_else(Error::not_found)?;
    let target = TargetId(row.target_id);
    let ways = grounds::hold(&mut tx, &[(person, target)]).await?;
    targets::lock_slot(&mut tx, person.into(), target).await?;
    if let Some(first) = requests::find_by_key(&mut tx, person, input.key).await? {
        return activate::again(tx, &first).await;
    }
    let running = assignments::lock(&mut tx, input.assignment).await?.ok_or_else(Error::not_found)?;
    standing::hold(&mut tx, &[person], target).await?;
    let now = clock::now(&mut tx).await?;
    let loaded = standing::load(&mut tx, person, person, target, None, now, Some(&ways)).await?;

    let answers = Answers { start: None, ..input.answers };
    let subject = format!(
        "{}|{:?}|{}|{}|{}",
        input.assignment, answers.length, answers.reason, answers.ticket, input.key
    );
    let decide = |factor| activation::extend(&loaded.standing, running.span(), &answers, factor, now);
    let rule = loaded.standing.rules.proof;
    let judged =
        activate::judge(engine, &mut tx, ctx, rule, &input.code, Purpose::Extend, &subject, now, decide)
            .await?;
    let about = activate::about(target, &answers, &loaded);
    let (plan, proof) = match judged {
        Ok(judged) => judged,
        Err(refusals) => {
            drop(tx);
            let about = About { assignment: Some(input.assignment), ..about };
            return Err(audit::refused(engine, &ctx.by(), Event::ExtensionRequested, about, refusals).await);
        }
    };
    let asked =
        Asked { action: "selfExtend", extends: Some(input.assignment), answers: &answers, key: input.key };
    let done = activate::write(&mut tx, ctx, &loaded, &asked, plan, About { proof, ..about }, now).await?;
    tx.commit().await?;
    Ok(done)
}
