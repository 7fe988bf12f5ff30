//! A vote that counts: it is written, and when it decides, the request moves on.

use super::Decision;
use crate::act::grant::{self, Granting};
use crate::audit::{self, About};
use crate::ctx::By;
use crate::db::requests::{self, Move, RequestRow};
use crate::standing::Loaded;
use crate::{Result, Tx, ids};
use chrono::{DateTime, Utc};
use domain::activation::{self, Next, Pending, Plan, Status};
use domain::approval::{Tally, Verdict};
use domain::audit::Event;
use domain::ids::{AssignmentId, PersonId, PrincipalId, TargetId};
use domain::refusal::Refusal;
use serde_json::{Value, json};
use uuid::Uuid;

/// A waiting request, locked, and the decision on it.
pub(super) struct Settling<'a> {
    pub row: &'a RequestRow,
    pub loaded: &'a Loaded,
    pub pending: &'a Pending,
    pub decision: &'a Decision,
    /// The approver who is away, and for whom the voter decides.
    pub instead_of: Option<PersonId>,
}

impl Settling<'_> {
    /// Writes the vote and what follows. An approval that comes when the request can't go on closes it instead.
    pub async fn settle(
        &self,
        tx: &mut Tx,
        by: &By,
        voter: PersonId,
        tally: Tally,
        proof: Option<Uuid>,
        now: DateTime<Utc>,
    ) -> Result<Result<Tally, Refusal>> {
        self.write_vote(tx, voter, now).await?;
        let about = self.about(proof);
        match tally {
            Tally::Waiting { have, needed } => {
                let mut facts = json!({ "approvals": have, "needed": needed });
                self.say_instead_of(&mut facts);
                let about = About { facts: Some(facts), ..about };
                audit::done(tx, by, Event::RequestVoted, &about).await?;
                Ok(Ok(tally))
            }
            Tally::Denied => {
                let to = self.to(Status::Denied, voter);
                requests::update(tx, self.row.request_id(), &to, now).await?;
                audit::done(tx, by, Event::RequestDenied, &about).await?;
                Ok(Ok(tally))
            }
            Tally::Approved => match activation::approve(self.pending, &self.loaded.standing, now) {
                Ok(plan) => {
                    self.grant(tx, by, voter, plan, about, now).await?;
                    Ok(Ok(tally))
                }
                Err(closed) => {
                    let event = super::refused::close(tx, by, self.row, &about, &closed, now).await?;
                    tracing::info!(request = self.row.number, event = event.wire(), "closed at approval");
                    // who answered was refused, whatever it did to the request (I-16)
                    super::refused::write(tx, by, about, &closed.why).await?;
                    Ok(Err(closed.why))
                }
            },
        }
    }

    async fn write_vote(&self, tx: &mut Tx, voter: PersonId, now: DateTime<Utc>) -> Result<()> {
        let cues = serde_json::to_value(&self.decision.cues).unwrap_or_default();
        let verdict: Verdict = self.decision.verdict;
        sqlx::query(
            "insert into votes (request_id, approver_id, beneficiary_id, filer_id, verdict, reason, cues, cast_at, for_id) \
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(self.row.id)
        .bind(voter.0)
        .bind(self.row.principal_id)
        .bind(self.row.filer_id)
        .bind(verdict.wire())
        .bind(self.decision.reason.trim())
        .bind(cues)
        .bind(now)
        .bind(self.instead_of.map(|person| person.0))
        .execute(&mut **tx)
        .await?;
        Ok(())
    }

    /// The last approval: on at once, or at its start.
    async fn grant(
        &self,
        tx: &mut Tx,
        by: &By,
        voter: PersonId,
        plan: Plan,
        about: About,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let id = self.row.request_id();
        match plan.next {
            Next::Live(span) => {
                let assignment = AssignmentId(ids::new());
                let to = Move { assignment: Some(assignment), ..self.to(Status::Provisioned, voter) };
                audit::done(tx, by, Event::RequestApproved, &about).await?;
                let granting = Granting {
                    request: id,
                    assignment,
                    target: TargetId(self.row.target_id),
                    principal: PrincipalId(self.row.principal_id),
                    ground: plan.ground,
                    extends: self.row.extends_id.map(AssignmentId),
                    reason: &self.row.reason,
                };
                let system = By { person: None, ..by.clone() };
                grant::live(tx, &system, &granting, span, About { proof: None, ..self.about(None) }, now)
                    .await?;
                requests::update(tx, id, &to, now).await
            }
            Next::Scheduled(span) => {
                requests::update(tx, id, &self.to(Status::Granted, voter), now).await?;
                let mut facts = json!({ "start": span.start, "end": span.end });
                self.say_instead_of(&mut facts);
                audit::done(tx, by, Event::RequestApproved, &About { facts: Some(facts), ..about }).await
            }
            Next::Awaiting { .. } => Ok(()),
        }
    }

    fn to(&self, status: Status, voter: PersonId) -> Move {
        Move { status, by: Some(voter), reason: self.decision.reason.trim().to_owned(), assignment: None }
    }

    fn about(&self, proof: Option<Uuid>) -> About {
        About {
            principal: Some(PrincipalId(self.row.principal_id)),
            group: self.loaded.target.group(),
            target: Some(TargetId(self.row.target_id)),
            request: Some(self.row.request_id()),
            reason: self.decision.reason.trim().to_owned(),
            ticket: self.row.ticket.clone(),
            policy_version: Some(self.loaded.policy.version),
            proof,
            facts: self.instead_of.map(|person| json!({ "instead_of": person })),
            ..About::default()
        }
    }

    fn say_instead_of(&self, facts: &mut Value) {
        if let Some(person) = self.instead_of {
            facts["instead_of"] = json!(person);
        }
    }
}
