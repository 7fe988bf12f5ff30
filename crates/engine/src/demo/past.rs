//! Writes one request of the past, the present or the near future, with everything that came of it.

use super::story::Story;
use crate::audit::About;
use crate::db::assignments::{self, NewAssignment};
use crate::db::policies::{self, Versioned};
use crate::db::renewals::{self, NewRenewal};
use crate::db::requests::{self, Move, NewRequest};
use crate::{Error, Result, ids};
use chrono::{DateTime, TimeDelta, Utc};
use domain::activation::{Ground, Status};
use domain::approval::Verdict;
use domain::assignment::{EndReason, Kind, Origin};
use domain::audit::Event;
use domain::duration::Minutes;
use domain::ids::{AssignmentId, GroupId, PersonId, RequestId, RequestKey, TargetId};
use domain::renewal::{AFTER, Offer};
use domain::span::Span;
use domain::target::Access;
use serde_json::json;

/// What somebody asked for.
pub(super) struct Asked<'a> {
    pub person: &'a str,
    pub group: &'a str,
    pub access: Access,
    pub at: DateTime<Utc>,
    pub start: Option<DateTime<Utc>>,
    pub length: Minutes,
    pub reason: &'a str,
    pub ticket: &'a str,
}

/// Whose eligibility is to end later.
pub(super) struct ToExtend<'a> {
    pub person: &'a str,
    pub group: &'a str,
    pub access: Access,
    pub reason: &'a str,
}

/// Asks whoever manages the group for a later end.
pub(super) async fn ask_to_extend(
    story: &mut Story<'_>,
    asked: &ToExtend<'_>,
    at: DateTime<Utc>,
) -> Result<()> {
    let person = story.person(asked.person)?;
    let (_, target) = story.target(asked.group, asked.access).await?;
    let policy = policies::current(&mut story.tx, target).await?;
    let assignment = eligibility(story, person, target).await?;
    let end = assignments::find(&mut story.tx, assignment).await?.and_then(|row| row.ends_at);
    let new = NewRenewal {
        id: RequestId(ids::new()),
        offer: Offer::Extend,
        assignment,
        target,
        kind: Kind::Eligible,
        person,
        reason: asked.reason.to_owned(),
        policy_version: policy.version,
        rules: policy.policy.activation,
        deadline: end.unwrap_or(at) + AFTER,
        key: RequestKey(ids::new()),
    };
    renewals::insert(&mut story.tx, &new, at).await?;
    let about = About {
        principal: Some(person.into()),
        group: Some(story.group(asked.group)?),
        target: Some(target),
        request: Some(new.id),
        assignment: Some(assignment),
        reason: new.reason,
        policy_version: Some(new.policy_version),
        ..About::default()
    };
    story.tell(at, Event::RenewalRequested, Some(person), about);
    Ok(())
}

/// A request that is written.
pub(super) struct Filed {
    id: RequestId,
    principal: PersonId,
    group: GroupId,
    target: TargetId,
    eligibility: AssignmentId,
    policy: Versioned,
    reason: String,
    ticket: String,
}

/// Asks. Where the policy names approvers the request waits, otherwise it is granted at once.
pub(super) async fn ask(story: &mut Story<'_>, asked: &Asked<'_>) -> Result<Filed> {
    let principal = story.person(asked.person)?;
    let group = story.group(asked.group)?;
    let (_, target) = story.target(asked.group, asked.access).await?;
    let policy = policies::current(&mut story.tx, target).await?;
    let eligibility = eligibility(story, principal, target).await?;
    let deadline = policy.policy.activation.approval.as_ref().map(|rule| asked.at + rule.wait.delta());
    let status = if deadline.is_some() { Status::PendingApproval } else { Status::Granted };
    let new = NewRequest {
        id: RequestId(ids::new()),
        target,
        principal: principal.into(),
        filer: principal,
        action: "selfActivate",
        status,
        start: asked.start,
        length: Some(asked.length),
        reason: asked.reason.to_owned(),
        ticket: asked.ticket.to_owned(),
        ground: Some(Ground { eligibility, through: None }),
        extends: None,
        assignment: None,
        policy_version: policy.version,
        rules: policy.policy.activation.clone(),
        deadline,
        key: RequestKey(ids::new()),
    };
    requests::insert(&mut story.tx, &new, asked.at).await?;
    let (reason, ticket) = (new.reason, new.ticket);
    let filed = Filed { id: new.id, principal, group, target, eligibility, policy, reason, ticket };
    if deadline.is_some() {
        let facts = Some(json!({ "start": asked.start, "length": asked.length, "lapses": deadline }));
        let about = About { facts, ..filed.about() };
        story.tell(asked.at, Event::ActivationRequested, Some(principal), about);
    }
    Ok(filed)
}

async fn eligibility(story: &mut Story<'_>, person: PersonId, target: TargetId) -> Result<AssignmentId> {
    let found: Option<uuid::Uuid> = sqlx::query_scalar(
        "select id from assignments where principal_id = $1 and target_id = $2 and kind = 'eligible'",
    )
    .bind(person.0)
    .bind(target.0)
    .fetch_optional(&mut *story.tx)
    .await?;
    found
        .map(AssignmentId)
        .ok_or_else(|| Error::Internal("the sample company asks without eligibility".into()))
}

impl Filed {
    fn about(&self) -> About {
        About {
            principal: Some(self.principal.into()),
            group: Some(self.group),
            target: Some(self.target),
            request: Some(self.id),
            reason: self.reason.clone(),
            ticket: self.ticket.clone(),
            policy_version: Some(self.policy.version),
            ..About::default()
        }
    }

    /// Votes, without deciding.
    pub async fn vote(
        &self,
        story: &mut Story<'_>,
        by: &str,
        verdict: Verdict,
        words: &str,
        at: DateTime<Utc>,
    ) -> Result<()> {
        let by = story.person(by)?;
        sqlx::query(
            "insert into votes (request_id, approver_id, beneficiary_id, filer_id, verdict, reason, cast_at) \
             values ($1, $2, $3, $3, $4, $5, $6)",
        )
        .bind(self.id.0)
        .bind(by.0)
        .bind(self.principal.0)
        .bind(verdict.wire())
        .bind(words)
        .bind(at)
        .execute(&mut *story.tx)
        .await?;
        Ok(())
    }

    /// Closes without a grant.
    pub async fn close(
        &self,
        story: &mut Story<'_>,
        status: Status,
        by: Option<&str>,
        words: &str,
        at: DateTime<Utc>,
    ) -> Result<()> {
        let by = by.map(|by| story.person(by)).transpose()?;
        let to = Move { status, by, reason: words.to_owned(), assignment: None };
        requests::update(&mut story.tx, self.id, &to, at).await?;
        let event = match status {
            Status::Denied => Event::RequestDenied,
            Status::Canceled => Event::RequestCanceled,
            _ => Event::RequestLapsed,
        };
        story.tell(at, event, by, About { reason: words.to_owned(), ..self.about() });
        Ok(())
    }

    /// Switches on for `length`, unless given back at `back`; `by` gave the last approval.
    pub async fn grant(
        &self,
        story: &mut Story<'_>,
        by: Option<&str>,
        words: &str,
        start: DateTime<Utc>,
        length: Minutes,
        back: Option<DateTime<Utc>>,
    ) -> Result<()> {
        let assignment = AssignmentId(ids::new());
        let whole = Span::lasting(start, length.delta());
        let span = back.map_or(whole, |back| whole.cut(back));
        let new = NewAssignment {
            id: assignment,
            target: self.target,
            principal: self.principal.into(),
            kind: Kind::Active,
            origin: Origin::Activated,
            span,
            ground: Some(Ground { eligibility: self.eligibility, through: None }),
            request: Some(self.id),
            created_by: Some(self.principal),
            reason: self.reason.clone(),
        };
        assignments::insert(&mut story.tx, &new).await?;
        let approver = by.map(|by| story.person(by)).transpose()?;
        let to = Move {
            status: Status::Provisioned,
            by: approver,
            reason: words.to_owned(),
            assignment: Some(assignment),
        };
        requests::update(&mut story.tx, self.id, &to, start).await?;
        let about = About { assignment: Some(assignment), ..self.about() };
        if let Some(approver) = approver {
            let told = About { reason: words.to_owned(), ..self.about() };
            story.tell(start, Event::RequestApproved, Some(approver), told);
        }
        let facts = Some(json!({ "start": span.start, "end": span.end }));
        let starter = if approver.is_some() { None } else { Some(self.principal) };
        // a microsecond later, so that the audit keeps the order of cause and effect
        let on = start + TimeDelta::microseconds(1);
        story.tell(on, Event::ActivationStarted, starter, About { facts, ..about.clone() });
        self.finish(story, assignment, span, whole, about).await
    }

    async fn finish(
        &self,
        story: &mut Story<'_>,
        id: AssignmentId,
        span: Span,
        promised: Span,
        about: About,
    ) -> Result<()> {
        let Some(end) = span.end.filter(|end| *end <= story.now) else { return Ok(()) };
        let (why, event, by) = if span == promised {
            (EndReason::Expired, Event::ActivationEnded, None)
        } else {
            (EndReason::Deactivated, Event::ActivationDeactivated, Some(self.principal))
        };
        sqlx::query(
            "update assignments set planned_end = $3, end_reason = $2, end_recorded = true where id = $1",
        )
        .bind(id.0)
        .bind(why.wire())
        .bind(promised.end)
        .execute(&mut *story.tx)
        .await?;
        story.tell(end, event, by, About { reason: String::new(), ..about });
        Ok(())
    }
}
