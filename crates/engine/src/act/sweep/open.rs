//! Closes waiting requests that lapsed, and those whose ground is gone: person, group, eligibility or approvers. Those for which too
//! few of the approvers named first are here go on to those named second.

use crate::act::decide;
use crate::audit::{self, About};
use crate::ctx::By;
use crate::db::requests::{self, RequestRow};
use crate::db::targets;
use crate::grounds::Ways;
use crate::mail::remind::escalation;
use crate::standing::Loaded;
use crate::{Engine, Result, Tx, approvers, clock, grounds, standing};
use chrono::{DateTime, Utc};
use domain::activation::{self, Closed, Pending, Status};
use domain::approval::{self, Stage};
use domain::audit::Event;
use domain::ids::{PersonId, PrincipalId, RequestId, TargetId};
use domain::policy::ActivationRules;
use domain::refusal::{Code, Refusal};
use domain::text::Text;
use serde_json::json;
use std::collections::BTreeSet;
use uuid::Uuid;

/// Requests that are looked for at once.
const PAGE: i64 = 200;

/// Looks at every waiting request, however many there are; gives how many lapsed and how many were revoked.
pub(super) async fn sweep(engine: &Engine) -> Result<(usize, usize)> {
    let (mut lapsed, mut revoked) = (0, 0);
    let mut after = Uuid::nil();
    loop {
        let page: Vec<(Uuid, Uuid, Uuid)> = sqlx::query_as(
            "select id, principal_id, target_id from requests where status = 'PendingApproval' and id > $1 \
             order by id limit $2",
        )
        .bind(after)
        .bind(PAGE)
        .fetch_all(&engine.pool)
        .await?;
        let Some((last, ..)) = page.last() else { return Ok((lapsed, revoked)) };
        after = *last;
        for (id, principal, target) in page {
            match check(engine, RequestId(id), PrincipalId(principal), TargetId(target)).await? {
                Some(Status::TimedOut) => lapsed += 1,
                Some(_) => revoked += 1,
                None => {}
            }
        }
    }
}

/// Locks one request, looks again, and closes it if it has to be; gives its final state if it was closed.
async fn check(
    engine: &Engine,
    id: RequestId,
    principal: PrincipalId,
    target: TargetId,
) -> Result<Option<Status>> {
    let mut tx = engine.begin().await?;
    let ways = grounds::hold(&mut tx, &[(PersonId(principal.0), target)]).await?;
    targets::lock_slot(&mut tx, principal, target).await?;
    let Some(row) = requests::lock(&mut tx, id).await? else { return Ok(None) };
    standing::hold(&mut tx, &[PersonId(principal.0)], target).await?;
    let now = clock::now(&mut tx).await?;
    if row.status()? != Status::PendingApproval {
        return Ok(None);
    }
    let Some(next) = judge(&mut tx, &row, &ways, now).await? else { return Ok(None) };
    let about = About {
        principal: Some(principal),
        group: targets::find(&mut tx, target).await?.and_then(|target| target.group()),
        target: Some(target),
        request: Some(id),
        policy_version: Some(row.policy_version),
        ..About::default()
    };
    let closed = match next {
        Next::Close(closed) => {
            decide::close(&mut tx, &By::system("worker"), &row, &about, &closed, now).await?;
            Some(closed.status)
        }
        Next::Escalate => {
            requests::escalate(&mut tx, id, now).await?;
            let why = "Too few of those named first are here.";
            let about = About { facts: Some(json!({ "why": why })), ..about };
            audit::done(&mut tx, &By::system("worker"), Event::RequestEscalated, &about).await?;
            // with it, so that what was just asked is not asked of them as well
            escalation::tell(&mut tx, &[id.0]).await?;
            None
        }
    };
    tx.commit().await?;
    Ok(closed)
}

/// What becomes of a request that does not simply wait on.
enum Next {
    /// It is over.
    Close(Closed),
    /// It waits on, for those named second too.
    Escalate,
}

/// What becomes of a locked request now; nothing if it waits on.
async fn judge(tx: &mut Tx, row: &RequestRow, ways: &Ways, now: DateTime<Utc>) -> Result<Option<Next>> {
    let Some((loaded, pending, rules, stage)) = decide::load_pending(tx, row, now, ways).await? else {
        return Ok(Some(Next::Close(revoked(Refusal::new(Code::GroupClosed, "The group is closed.")))));
    };
    if let Some(closed) = lost_ground(&pending, &loaded, now) {
        return Ok(Some(Next::Close(closed)));
    }
    let ever = in_time(tx, row, &loaded, &rules, &stage).await?;
    if let Some(closed) = nobody_left(&stage, &ever, rules.approval.is_some()) {
        return Ok(Some(Next::Close(closed)));
    }
    Ok(waits_in_vain(tx, row, &rules, &stage, now).await?.then_some(Next::Escalate))
}

/// Too few of those named first are here to answer, and others are named for later: they are asked now.
async fn waits_in_vain(
    tx: &mut Tx,
    row: &RequestRow,
    rules: &ActivationRules,
    stage: &Stage,
    now: DateTime<Utc>,
) -> Result<bool> {
    let escalates = rules.approval.as_ref().and_then(|rule| rule.escalates_at(row.asked()));
    // one that would come when it has lapsed never comes, early neither: the policy would not let them decide on it
    let to_come = escalates.is_some_and(|from| now < from && from < stage.deadline);
    if !to_come || row.escalated_early_at.is_some() {
        return Ok(false);
    }
    let away = approvers::away(tx, &stage.may_be_away()).await?;
    Ok(stage.too_few(&stage.here(&away)))
}

/// Who may decide before it lapses: now, or when others may too.
async fn in_time(
    tx: &mut Tx,
    row: &RequestRow,
    loaded: &Loaded,
    rules: &ActivationRules,
    stage: &Stage,
) -> Result<BTreeSet<PersonId>> {
    // who can decide now can decide later too: where they are enough, the others need not be looked for
    let able = stage.may_approve(&stage.approvers).len();
    let enough = able >= usize::from(stage.needed);
    let Some(rule) = rules.approval.as_ref().filter(|rule| !enough && rule.escalation.is_some()) else {
        return Ok(stage.approvers.clone());
    };
    let group = loaded.target.group();
    let named = approval::countable(&rule.at_last(row.asked(), stage.deadline).approvers, group);
    approvers::resolve(tx, &named, group).await
}

fn revoked(why: Refusal) -> Closed {
    Closed { status: Status::Revoked, why }
}

/// Would an approval now still lead to access? If not, waiting is in vain.
fn lost_ground(pending: &Pending, loaded: &Loaded, now: DateTime<Utc>) -> Option<Closed> {
    activation::approve(pending, &loaded.standing, now).err()
}

/// All approvers gone: the request is refused at once, with the reason (product.md 4.2).
fn nobody_left(stage: &Stage, ever: &BTreeSet<PersonId>, approval_asked: bool) -> Option<Closed> {
    let able = stage.may_approve(ever);
    (!approval_asked || able.len() < usize::from(stage.needed)).then(|| {
        let text =
            Text::say("Nobody is left who can approve it. The policy, its approvers or who stands in for whom changed; ask again.");
        revoked(Refusal::new(Code::NoApprover, text))
    })
}
