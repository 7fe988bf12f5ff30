//! A person asks for a later end of an assignment of hers, or for the same again after its end. Who manages the group
//! decides: [`crate::act::decide_renewal`].

use super::decide;
use crate::audit::{self, About};
use crate::ctx::By;
use crate::db::renewals::{self, NewRenewal};
use crate::db::requests::{self, RequestRow};
use crate::db::{assignments, policies, targets};
use crate::{Ctx, Engine, Error, Result, Tx, clock, ids, renewal, standing};
use chrono::{DateTime, Utc};
use domain::assignment::Origin;
use domain::audit::Event;
use domain::ids::{AssignmentId, RequestId, RequestKey, TargetId};
use domain::renewal::{Asking, ask, ground};
use serde_json::json;

/// What the form said.
#[derive(Clone, Debug)]
pub struct Input {
    /// The assignment that ends or ended.
    pub assignment: AssignmentId,
    /// Why; who decides reads it.
    pub reason: String,
    /// The same key gives the first result back.
    pub key: RequestKey,
}

/// A request that waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The request.
    pub request: RequestId,
    /// Its R-number.
    pub number: i64,
    /// Lapses unanswered then.
    pub lapses: Option<DateTime<Utc>>,
}

/// Asks.
///
/// # Errors
/// Not found when it is not the caller's own, or not assigned here; every other reason at once.
pub async fn ask_renewal(engine: &Engine, ctx: &Ctx, input: Input) -> Result<Asked> {
    let mut tx = engine.begin().await?;
    let person = ctx.person();
    let row = assignments::find(&mut tx, input.assignment).await?;
    let row = row
        .filter(|row| row.principal_id == person.0 && row.origin == Origin::Assigned.wire())
        .ok_or_else(Error::not_found)?;
    let target = TargetId(row.target_id);
    targets::lock_slot(&mut tx, person.into(), target).await?;
    if let Some(first) = requests::find_by_key(&mut tx, person, input.key).await? {
        tx.commit().await?;
        return Ok(asked(&first));
    }
    let waits = renewals::lock_open(&mut tx, person.into(), target, row.kind()?).await?;
    assignments::lock(&mut tx, input.assignment).await?;
    standing::hold(&mut tx, &[person], target).await?;
    let now = clock::now(&mut tx).await?;
    let loaded = renewal::find(&mut tx, &[input.assignment]).await?.pop().ok_or_else(Error::not_found)?;
    let waits = still_waiting(&mut tx, waits, now).await?;
    let policy = policies::current(&mut tx, target).await?;

    let about = About {
        principal: Some(person.into()),
        group: loaded.group,
        target: Some(target),
        assignment: Some(input.assignment),
        reason: input.reason.clone(),
        policy_version: Some(policy.version),
        ..About::default()
    };
    let asking = Asking {
        held: loaded.held(),
        person_able: loaded.person_able,
        group_open: loaded.group_open,
        waiting_since: waits.map(|row| row.created_at),
    };
    let allowed = match ask(&asking, &input.reason, now) {
        Ok(allowed) => allowed,
        Err(refusals) => {
            drop(tx);
            return Err(audit::refused(engine, &ctx.by(), Event::RenewalRequested, about, refusals).await);
        }
    };
    let new = NewRenewal {
        id: RequestId(ids::new()),
        offer: allowed.offer,
        assignment: input.assignment,
        target,
        kind: loaded.kind,
        person,
        reason: input.reason,
        policy_version: policy.version,
        rules: policy.policy.activation,
        deadline: allowed.deadline,
        key: input.key,
    };
    let number = renewals::insert(&mut tx, &new, now).await?;
    let facts = json!({
        "asked": new.offer.wire(), "kind": new.kind, "end": loaded.span.end, "lapses": new.deadline,
    });
    let about = About { request: Some(new.id), facts: Some(facts), ..about };
    audit::done(&mut tx, &ctx.by(), Event::RenewalRequested, &about).await?;
    tx.commit().await?;
    Ok(Asked { request: new.id, number, lapses: Some(new.deadline) })
}

fn asked(row: &RequestRow) -> Asked {
    Asked { request: row.request_id(), number: row.number, lapses: row.deadline_at }
}

/// The request that stands in the way, if it still waits; one that lapsed or lost its ground before the worker came is
/// closed now.
async fn still_waiting(
    tx: &mut Tx,
    waits: Option<RequestRow>,
    now: DateTime<Utc>,
) -> Result<Option<RequestRow>> {
    let Some(row) = waits else { return Ok(None) };
    let loaded = renewal::of(tx, &row).await?;
    let Err(closed) = ground(&loaded.waiting(row.deadline_at), now) else { return Ok(Some(row)) };
    let about = About {
        principal: Some(loaded.principal),
        group: loaded.group,
        target: Some(loaded.target),
        request: Some(row.request_id()),
        assignment: Some(loaded.id),
        ..About::default()
    };
    decide::close(tx, &By::system("ask"), &row, &about, &closed, now).await?;
    Ok(None)
}
