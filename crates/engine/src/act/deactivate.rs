//! A person gives back what is on: always possible, at once (product.md 4.6).

use crate::audit::spool::surely;
use crate::audit::{self, About};
use crate::db::requests::{self, NewRequest};
use crate::db::{assignments, policies, targets};
use crate::grounds::{self, Left};
use crate::{Ctx, Engine, Error, Result, clock, ids};
use domain::activation::Status;
use domain::assignment::EndReason;
use domain::audit::Event;
use domain::ids::{AssignmentId, RequestId, RequestKey, TargetId};

/// Ends the person's own activation. One that is over already stays as it is: pressing twice is no mistake.
///
/// # Errors
/// Not found when it is somebody else's.
pub async fn deactivate(engine: &Engine, ctx: &Ctx, id: AssignmentId, key: RequestKey) -> Result<()> {
    surely(|| once(engine, ctx, id, key)).await
}

async fn once(engine: &Engine, ctx: &Ctx, id: AssignmentId, key: RequestKey) -> Result<()> {
    let mut tx = engine.begin().await?;
    let person = ctx.person();
    let row = assignments::find(&mut tx, id).await?;
    let row = row
        .filter(|row| row.principal_id == person.0 && row.origin == "activated")
        .ok_or_else(Error::not_found)?;
    let target_id = TargetId(row.target_id);
    let target = targets::find(&mut tx, target_id).await?.ok_or_else(Error::not_found)?;
    grounds::loosen(&mut tx, target.member_of()).await?;
    targets::lock_slot(&mut tx, person.into(), target_id).await?;
    let now = clock::now(&mut tx).await?;
    if requests::find_by_key(&mut tx, person, key).await?.is_some()
        || !assignments::end(&mut tx, id, now, EndReason::Deactivated).await?
    {
        return tx.commit().await;
    }
    let policy = policies::current(&mut tx, target_id).await?;
    let request = NewRequest {
        id: RequestId(ids::new()),
        target: target_id,
        principal: person.into(),
        filer: person,
        action: "selfDeactivate",
        status: Status::Provisioned,
        start: None,
        length: None,
        reason: String::new(),
        ticket: String::new(),
        ground: row.ground(),
        extends: None,
        policy_version: policy.version,
        rules: policy.policy.activation,
        deadline: None,
        assignment: Some(id),
        key,
    };
    requests::insert(&mut tx, &request, now).await?;
    let about = About {
        principal: Some(person.into()),
        group: target.group(),
        target: Some(target_id),
        request: Some(request.id),
        assignment: Some(id),
        facts: Some(serde_json::json!({ "planned_end": row.ends_at, "ended": now })),
        ..About::default()
    };
    audit::done(&mut tx, &ctx.by(), Event::ActivationDeactivated, &about).await?;
    let left: Vec<Left> = target.member_of().map(|group| (person.into(), group)).into_iter().collect();
    grounds::settle(&mut tx, &ctx.by(), &left, now).await?;
    tx.commit().await?;
    Ok(())
}
