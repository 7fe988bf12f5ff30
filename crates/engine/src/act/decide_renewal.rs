//! Who manages a group answers a request to extend or renew an assignment: yes, with the kind and window of her choice
//! within the policy, or no. The first answer counts; nobody answers a request of her own (I-11).

use crate::act::{assign, decide, update_assignment};
use crate::ask::thing::Place;
use crate::audit::{self, About};
use crate::db::requests::{self, Move, RequestRow};
use crate::db::targets::{self, Hold};
use crate::db::{admin_requests, assignments};
use crate::desk::Desk;
use crate::renewal::{self, Loaded};
use crate::settle::settle;
use crate::{Ctx, Engine, Error, Result, Tx, clock, step_up};
use chrono::{DateTime, Utc};
use domain::activation::Status;
use domain::approval::{self, Verdict};
use domain::assignment::Wanted;
use domain::audit::Event;
use domain::ids::{AssignmentId, PrincipalId, RequestId, RequestKey};
use domain::refusal::Refusal;
use domain::renewal::{Deciding, Given, answerable, approve};
use domain::span::Span;
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

/// What the form says.
#[derive(Clone, Debug)]
pub struct Input {
    /// The group or role that the address names.
    pub at: Place,
    /// Which request.
    pub request: RequestId,
    /// Yes or no.
    pub verdict: Verdict,
    /// What is given by a yes, and the words of either; needed for a no.
    pub wanted: Wanted,
    /// Second-factor code, if one was asked.
    pub code: String,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decided {
    /// Given, for this window.
    Approved(Span),
    /// Not given.
    Denied,
}

/// Decides.
///
/// # Errors
/// Refused: not the actor's to manage, her own, answered or closed already, beyond the policy, no words for a no, the
/// code.
pub async fn decide_renewal(engine: &Engine, ctx: &Ctx, input: Input) -> Result<Decided> {
    let mut tx = engine.begin().await?;
    let mut about = About { reason: input.wanted.reason.trim().to_owned(), ..About::default() };
    let event = match input.verdict {
        Verdict::Approve => Event::RequestApproved,
        Verdict::Deny => Event::RequestDenied,
    };
    let outcome = attempt(engine, &mut tx, ctx, &input, &mut about).await;
    settle(engine, &ctx.by(), tx, event, about, outcome).await
}

async fn attempt(
    engine: &Engine,
    tx: &mut Tx,
    ctx: &Ctx,
    input: &Input,
    about: &mut About,
) -> Result<Decided> {
    let row = requests::find(tx, input.request).await?.filter(RequestRow::is_renewal);
    let asked_about = row.as_ref().and_then(|row| row.extends_id).map(AssignmentId);
    let id = asked_about.ok_or_else(Error::not_found)?;
    let held = assignments::find(tx, id).await?.ok_or_else(Error::not_found)?;
    let mut desk = update_assignment::desk_of(tx, ctx, &input.at, &held, about).await?;
    about.request = Some(input.request);
    targets::lock_slot(tx, PrincipalId(held.principal_id), desk.target_id).await?;
    let row = requests::lock(tx, input.request).await?.ok_or_else(Error::not_found)?;
    assignments::lock(tx, id).await?;
    desk.refresh(tx, ctx, Hold::Change).await?;
    let now = clock::now(tx).await?;
    let own = [Some(row.principal_id), row.filer_id].contains(&Some(ctx.person().0));
    if !own && row.status()? != Status::PendingAdminDecision {
        return answered(tx, ctx, &row, input.verdict).await;
    }
    let case = Case { ctx, desk: &desk, row: &row, loaded: renewal::of(tx, &row).await?, own, input, now };
    match input.verdict {
        Verdict::Deny => case.deny(tx, about).await,
        Verdict::Approve => case.approve(engine, tx, about).await,
    }
}

/// The answer there is: the same person giving the same answer again has it counted once.
async fn answered(conn: &mut PgConnection, ctx: &Ctx, row: &RequestRow, verdict: Verdict) -> Result<Decided> {
    let by: Option<Uuid> = sqlx::query_scalar("select closed_by from requests where id = $1")
        .bind(row.id)
        .fetch_one(&mut *conn)
        .await?;
    let mine = by == Some(ctx.person().0);
    match (row.status()?, row.assignment_id, verdict) {
        (Status::AdminDenied, _, Verdict::Deny) if mine => return Ok(Decided::Denied),
        (Status::AdminApproved, Some(id), Verdict::Approve) if mine => {
            if let Some(given) = assignments::find(conn, AssignmentId(id)).await? {
                return Ok(Decided::Approved(given.span()));
            }
        }
        _ => {}
    }
    Err(decide::closed_already(conn, row.request_id()).await?.into())
}

/// A locked request and everything that is known of it.
struct Case<'a> {
    ctx: &'a Ctx,
    desk: &'a Desk,
    row: &'a RequestRow,
    loaded: Loaded,
    own: bool,
    input: &'a Input,
    now: DateTime<Utc>,
}

impl Case<'_> {
    async fn deny(&self, tx: &mut Tx, about: &About) -> Result<Decided> {
        answerable(self.own, &self.loaded.waiting(self.row.deadline_at), self.now)?;
        if let Some(unfit) = approval::comment(Verdict::Deny, &self.input.wanted.reason) {
            return Err(unfit.at("reason").into());
        }
        self.close(tx, Status::AdminDenied, None).await?;
        audit::done(tx, &self.ctx.by(), Event::RequestDenied, about).await?;
        Ok(Decided::Denied)
    }

    async fn approve(&self, engine: &Engine, tx: &mut Tx, about: &mut About) -> Result<Decided> {
        let wanted = &self.input.wanted;
        let (principal, target) = (self.loaded.principal, self.desk.target_id);
        let held = assign::held(tx, principal, target, wanted.kind, Some(self.loaded.id), self.now).await?;
        let deciding = Deciding {
            waiting: self.loaded.waiting(self.row.deadline_at),
            own: self.own,
            policy: &self.desk.policy.policy,
            held_of_wanted: &held,
            name: &self.loaded.name,
        };
        let given = approve(&deciding, wanted, self.now)?;
        if assign::asks_for_code(self.desk, wanted.kind) {
            let end = given.span().end.map_or_else(String::new, |end| end.to_rfc3339());
            let subject = format!("{}:{}:{end}", self.input.request, wanted.kind.wire());
            let code = &self.input.code;
            about.proof = step_up::demand(engine, tx, self.ctx, code, step_up::ASSIGN, &[subject], self.now)
                .await?
                .pop();
        }
        about.facts = Some(json!({
            "kind": wanted.kind, "before": self.loaded.span, "after": given.span(),
        }));
        audit::done(tx, &self.ctx.by(), Event::RequestApproved, about).await?;
        let assignment = self.give(tx, given, about).await?;
        self.close(tx, Status::AdminApproved, Some(assignment)).await?;
        Ok(Decided::Approved(given.span()))
    }

    /// Writes what was approved in the very way in which it is written when nobody asked.
    async fn give(&self, tx: &mut Tx, given: Given, about: &About) -> Result<AssignmentId> {
        // one approval per request, so that its id is as good a key as any form's
        let key = RequestKey(self.input.request.0);
        match given {
            Given::Longer(span) => {
                let held = assignments::find(tx, self.loaded.id).await?.ok_or_else(Error::not_found)?;
                let change = update_assignment::Input {
                    at: self.input.at.clone(),
                    assignment: self.loaded.id,
                    start: None,
                    end: span.end,
                    reason: about.reason.clone(),
                    code: String::new(),
                    key: admin_requests::key_for(key, held.id),
                };
                let mut about = about.clone();
                update_assignment::write(tx, self.ctx, self.desk, &held, span, &change, &mut about, self.now)
                    .await?;
                Ok(self.loaded.id)
            }
            Given::Anew(span) => {
                let new = assign::Given {
                    principal: self.loaded.principal,
                    kind: self.input.wanted.kind,
                    span,
                    reason: &about.reason,
                    proof: about.proof,
                };
                let written = assign::write(tx, self.ctx, self.desk, &new, key, self.now).await?;
                written.map_err(|refusal: Refusal| refusal.at("end").into())
            }
        }
    }

    async fn close(&self, tx: &mut Tx, status: Status, assignment: Option<AssignmentId>) -> Result<()> {
        let reason = self.input.wanted.reason.trim().to_owned();
        let to = Move { status, by: Some(self.ctx.person()), reason, assignment };
        requests::update(tx, self.input.request, &to, self.now).await
    }
}
