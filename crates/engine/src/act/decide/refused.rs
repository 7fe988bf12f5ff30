//! A vote that does not count: why, in words that say who decided and when.

use super::Decision;
use crate::audit::{self, About};
use crate::ctx::By;
use crate::db::requests::{self, Move, RequestRow};
use crate::standing::Loaded;
use crate::{Error, Result, Tx, approvers};
use chrono::{DateTime, Utc};
use domain::activation::{Closed, Status};
use domain::approval::Tally;
use domain::audit::Event;
use domain::ids::{PersonId, PrincipalId, RequestId, TargetId};
use domain::policy::Approver;
use domain::refusal::{Code, Refusal};
use domain::text::Text;
use serde_json::json;
use sqlx::PgConnection;

/// Writes a refused vote on a request that still waits; one that lapsed while nobody looked is closed now (C09).
pub(super) async fn record(
    tx: &mut Tx,
    by: &By,
    row: &RequestRow,
    loaded: &Loaded,
    decision: &Decision,
    refusal: Refusal,
    now: DateTime<Utc>,
) -> Result<Result<Tally, Refusal>> {
    let about = about(row, decision, loaded.target.group());
    if refusal.code == Code::Lapsed {
        let closed = Closed { status: Status::TimedOut, why: refusal.clone() };
        close(tx, &By { person: None, ..by.clone() }, row, &about, &closed, now).await?;
    }
    write(tx, by, about, &refusal).await?;
    // who never was an approver of it does not learn that it exists
    let refusal = if refusal.code == Code::NotApprover && !was_named(tx, by.person, row).await? {
        Refusal::not_found()
    } else {
        refusal
    };
    Ok(Err(refusal))
}

/// Writes a refused vote on a request that is decided, cancelled or over.
pub(super) async fn record_closed(
    tx: &mut Tx,
    by: &By,
    voter: PersonId,
    row: &RequestRow,
    decision: &Decision,
) -> Result<Result<Tally, Refusal>> {
    let refusal = if row.principal_id == voter.0 || row.filer_id == Some(voter.0) {
        Refusal::new(Code::OwnRequest, "Not recorded. Nobody can decide on their own request.")
    } else {
        closed_already(tx, row.request_id()).await?
    };
    write(tx, by, about(row, decision, None), &refusal).await?;
    let known = refusal.code == Code::OwnRequest || was_named(tx, by.person, row).await?;
    Ok(Err(if known { refusal } else { Refusal::not_found() }))
}

/// Writes that an answer was refused, in the transaction that goes on.
pub(super) async fn write(tx: &mut Tx, by: &By, about: About, refusal: &Refusal) -> Result<()> {
    let facts = json!({ "refused": [{ "code": refusal.code, "text": refusal.text.to_string() }] });
    audit::done_refused(tx, by, Event::RequestVoted, &About { facts: Some(facts), ..about }).await
}

fn about(row: &RequestRow, decision: &Decision, group: Option<domain::ids::GroupId>) -> About {
    About {
        principal: Some(PrincipalId(row.principal_id)),
        group,
        target: Some(TargetId(row.target_id)),
        request: Some(row.request_id()),
        reason: decision.reason.trim().to_owned(),
        ..About::default()
    }
}

/// Whether the policy the request was made under names this person or one she stands in for, by herself or through a group: for now, or until the
/// request was closed.
async fn was_named(conn: &mut PgConnection, person: Option<PersonId>, row: &RequestRow) -> Result<bool> {
    let named: serde_json::Value = sqlx::query_scalar(
        "select named_now(rules -> 'approval', escalates_at, closed_at) from requests where id = $1",
    )
    .bind(row.id)
    .fetch_one(&mut *conn)
    .await?;
    let named: Vec<Approver> =
        serde_json::from_value(named).map_err(|error| Error::inconsistent("requests", row.id, error))?;
    let Some(person) = person else { return Ok(false) };
    let people = approvers::resolve(conn, &named, None).await?;
    let is_named = people.contains(&person);
    Ok(is_named || approvers::stand_ins(conn, people).await?.values().any(|instead| *instead == person))
}

/// Closes a request for the system and writes why.
pub(crate) async fn close(
    tx: &mut Tx,
    by: &By,
    row: &RequestRow,
    about: &About,
    closed: &Closed,
    now: DateTime<Utc>,
) -> Result<Event> {
    let to = Move { status: closed.status, by: None, reason: closed.why.text.to_string(), assignment: None };
    requests::update(tx, row.request_id(), &to, now).await?;
    let event = if closed.status == Status::TimedOut { Event::RequestLapsed } else { Event::RequestRevoked };
    let facts = Some(json!({ "code": closed.why.code, "why": closed.why.text.to_string() }));
    let system = By { person: None, ..by.clone() };
    audit::done(tx, &system, event, &About { facts, proof: None, ..about.clone() }).await?;
    Ok(event)
}

/// The refusal of an answer to a request that is closed.
pub(crate) async fn closed_already(conn: &mut PgConnection, id: RequestId) -> Result<Refusal> {
    let (text, why) = became(conn, id).await?;
    let text = Text([text.then(". Your answer was not recorded.").0, why.0].concat());
    Ok(Refusal::new(Code::AlreadyClosed, text).way("Approvals", "/approvals"))
}

/// What happened to a request that is closed: who, what, when; and why, if the system closed it.
pub(crate) async fn became(conn: &mut PgConnection, id: RequestId) -> Result<(Text, Text)> {
    let (status, at, who, why): (String, Option<DateTime<Utc>>, Option<String>, String) = sqlx::query_as(
        "select r.status, coalesce(r.closed_at, (select max(cast_at) from votes v where v.request_id = r.id)), \
         u.display_name, r.close_reason from requests r left join users u on u.id = r.closed_by where r.id = $1",
    )
    .bind(id.0)
    .fetch_one(conn)
    .await?;
    let did = match Status::parse(&status) {
        Some(Status::Granted | Status::Provisioned | Status::AdminApproved) => "approved",
        Some(Status::Denied | Status::AdminDenied) => "denied",
        Some(Status::Canceled) => "cancelled",
        Some(Status::TimedOut) => "lapsed",
        _ => "closed by the system",
    };
    let mut text = Text::say(format!("Already {did}"));
    if let Some(who) = who {
        text = text.then(" by ").name(who);
    }
    if let Some(at) = at {
        text = text.then(" at ").at(at);
    }
    let told = did == "closed by the system" && !why.is_empty();
    Ok((text, if told { Text::say(" ").name(why) } else { Text::default() }))
}
