//! Switches planned activations on when their start has come, after looking at everything again (SEC-15). One that was
//! missed until after its own end never starts (C09).

use crate::act::decide;
use crate::act::grant::{self, Granting};
use crate::audit::About;
use crate::ctx::By;
use crate::db::requests::{self, Move, RequestRow};
use crate::db::targets;
use crate::grounds::{self, Ways};
use crate::{Engine, Error, Result, Tx, clock, ids, standing};
use chrono::{DateTime, Utc};
use domain::activation::{self, Closed, Next, Status};
use domain::ids::{AssignmentId, PersonId, PrincipalId, RequestId, TargetId};
use domain::refusal::{Code, Refusal};
use uuid::Uuid;

pub(super) async fn sweep(engine: &Engine) -> Result<usize> {
    let due: Vec<(Uuid, Uuid, Uuid)> = sqlx::query_as(
        "select id, principal_id, target_id from requests where status = 'Granted' and asked_start <= clock() \
         order by asked_start limit 1000",
    )
    .fetch_all(&engine.pool)
    .await?;
    let mut started = 0;
    for (id, principal, target) in due {
        started += usize::from(start(engine, RequestId(id), PrincipalId(principal), TargetId(target)).await?);
    }
    Ok(started)
}

async fn start(engine: &Engine, id: RequestId, principal: PrincipalId, target: TargetId) -> Result<bool> {
    let mut tx = engine.begin().await?;
    let ways = grounds::hold(&mut tx, &[(PersonId(principal.0), target)]).await?;
    targets::lock_slot(&mut tx, principal, target).await?;
    let Some(row) = requests::lock(&mut tx, id).await? else { return Ok(false) };
    standing::hold(&mut tx, &[PersonId(principal.0)], target).await?;
    let now = clock::now(&mut tx).await?;
    if row.status()? != Status::Granted || row.asked_start.is_none_or(|start| start > now) {
        return Ok(false);
    }
    let started = settle(&mut tx, &row, now, &ways).await?;
    tx.commit().await?;
    Ok(started)
}

async fn settle(tx: &mut Tx, row: &RequestRow, now: DateTime<Utc>, ways: &Ways) -> Result<bool> {
    let person = PersonId(row.principal_id);
    let target = TargetId(row.target_id);
    let about = About {
        principal: Some(person.into()),
        group: targets::find(tx, target).await?.and_then(|target| target.group()),
        target: Some(target),
        request: Some(row.request_id()),
        reason: row.reason.clone(),
        ticket: row.ticket.clone(),
        policy_version: Some(row.policy_version),
        ..About::default()
    };
    let by = By::system("worker");
    let filer = row.filer_id.map_or(person, PersonId);
    let plan = match standing::load(tx, person, filer, target, Some(row.request_id()), now, Some(ways)).await
    {
        Ok(loaded) => activation::start_planned(&row.pending(None)?, &loaded.standing, now),
        Err(Error::Refused(_)) => {
            let why = Refusal::new(Code::GroupClosed, "The group is closed.");
            Err(Closed { status: Status::Revoked, why })
        }
        Err(error) => return Err(error),
    };
    match plan {
        Err(closed) => {
            decide::close(tx, &by, row, &about, &closed, now).await?;
            Ok(false)
        }
        Ok(plan) => {
            let Next::Live(span) = plan.next else { return Ok(false) };
            let assignment = AssignmentId(ids::new());
            let granting = Granting {
                request: row.request_id(),
                assignment,
                target,
                principal: person.into(),
                ground: plan.ground,
                extends: None,
                reason: &row.reason,
            };
            grant::live(tx, &by, &granting, span, about, now).await?;
            let to = Move {
                status: Status::Provisioned,
                by: None,
                reason: String::new(),
                assignment: Some(assignment),
            };
            requests::update(tx, row.request_id(), &to, now).await?;
            Ok(true)
        }
    }
}
