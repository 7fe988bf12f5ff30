//! A waiting or planned request is taken back: by who asked, or by a manager of the group.

use crate::audit::{self, About};
use crate::db::requests::{self, Move, RequestRow};
use crate::db::targets;
use crate::{Ctx, Engine, Error, Result, authority, clock};
use domain::activation::Status;
use domain::audit::Event;
use domain::authz::{Action, RequestFacts, allows};
use domain::ids::{PrincipalId, RequestId, TargetId};
use sqlx::PgConnection;

/// Cancels. Who cancels somebody else's request may say why.
///
/// # Errors
/// Not found when it is neither one's own nor one's to manage; already closed, with what happened to it.
pub async fn cancel(engine: &Engine, ctx: &Ctx, id: RequestId, reason: &str) -> Result<()> {
    let mut tx = engine.begin().await?;
    let row = requests::find(&mut tx, id).await?.ok_or_else(Error::not_found)?;
    let target_id = TargetId(row.target_id);
    targets::lock_slot(&mut tx, PrincipalId(row.principal_id), target_id).await?;
    let row = requests::lock(&mut tx, id).await?.ok_or_else(Error::not_found)?;
    let now = clock::now(&mut tx).await?;
    let facts = request_facts(&mut tx, ctx, &row).await?;
    let about = About {
        principal: Some(PrincipalId(row.principal_id)),
        group: targets::find(&mut tx, target_id).await?.and_then(|target| target.group()),
        target: Some(target_id),
        request: Some(id),
        reason: reason.trim().to_owned(),
        ..About::default()
    };
    if !allows(&ctx.actor, &Action::CancelRequest(facts)) {
        drop(tx);
        let refusal = domain::refusal::Refusal::not_found().into();
        return Err(audit::refused(engine, &ctx.by(), Event::RequestCanceled, about, refusal).await);
    }
    if !row.status()?.may_become(Status::Canceled) {
        let refusal = super::decide::closed_already(&mut tx, id).await?;
        drop(tx);
        return Err(audit::refused(engine, &ctx.by(), Event::RequestCanceled, about, refusal.into()).await);
    }
    let to = Move {
        status: Status::Canceled,
        by: Some(ctx.person()),
        reason: about.reason.clone(),
        assignment: None,
    };
    requests::update(&mut tx, id, &to, now).await?;
    audit::done(&mut tx, &ctx.by(), Event::RequestCanceled, &about).await?;
    tx.commit().await?;
    Ok(())
}

/// A request as the permission table sees it, but for who approves it.
async fn request_facts(conn: &mut PgConnection, ctx: &Ctx, row: &RequestRow) -> Result<RequestFacts> {
    let target = targets::find(conn, TargetId(row.target_id)).await?.ok_or_else(Error::not_found)?;
    let group = authority::target_facts(conn, ctx, target).await?.ok_or_else(Error::not_found)?;
    let own = row.principal_id == ctx.person().0 || row.filer_id == Some(ctx.person().0);
    Ok(RequestFacts { own, approver: false, group })
}
