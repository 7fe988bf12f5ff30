//! Applies what was decided: each assignment in a transaction of its own, by the path of every removal. One that can't go,
//! because nobody else would be left, is refused visibly, and everything else goes on.

use super::planner;
use crate::act::remove_assignment::{self, Removal};
use crate::audit::spool::surely;
use crate::audit::{self, About};
use crate::ctx::By;
use crate::db::access_reviews::{self, ItemRow, ROUND, RoundRow};
use crate::db::{assignments, groups};
use crate::{Engine, Error, Result, Tx, clock};
use domain::access_review::verdict::{ENDED, fate, moot};
use domain::access_review::{Decision, Fate};
use domain::audit::Event;
use domain::ids::{AssignmentId, GroupId, PersonId, PrincipalId, RequestKey, TargetId};
use domain::refusal::Refusal;
use serde_json::json;
use sqlx::AssertSqlSafe;
use uuid::Uuid;

/// Assignments that one sweep applies of one round: the rest goes with the next.
const BATCH: i64 = 200;

/// Ends what is over, and applies what is to be applied.
///
/// # Errors
/// The database can't be reached; what was applied so far stays applied.
pub async fn sweep(engine: &Engine) -> Result<usize> {
    end(engine).await?;
    let sql = format!(
        "select {ROUND} from access_review_rounds r where r.apply_at is not null and r.applied_at is null \
         order by r.apply_at, r.id limit 20"
    );
    let rounds: Vec<RoundRow> = sqlx::query_as(AssertSqlSafe(sql)).fetch_all(&engine.pool).await?;
    let mut applied = 0;
    for each in &rounds {
        if !held_back(engine, each).await? {
            applied += round(engine, each).await?;
        }
    }
    Ok(applied)
}

/// Writes ends down, once. A round that applies itself begins to; one that somebody was quicker to apply goes on.
async fn end(engine: &Engine) -> Result<()> {
    loop {
        let mut tx = engine.begin().await?;
        let ended: Option<(Uuid, String)> = sqlx::query_as(
            "with due as (select id from access_review_rounds where not end_recorded and stopped_at is null \
                and ends_at <= clock() order by ends_at limit 1 for update skip locked) \
             update access_review_rounds r set end_recorded = true, \
               apply_at = coalesce(r.apply_at, case when (r.plan ->> 'auto_apply')::boolean then clock() end) \
             from due where r.id = due.id returning r.group_id, r.name",
        )
        .fetch_optional(&mut *tx)
        .await?;
        let Some((group, name)) = ended else { return Ok(()) };
        let about =
            About { group: Some(GroupId(group)), facts: Some(json!({ "review": name })), ..About::default() };
        audit::done(&mut tx, &By::system("worker"), Event::AccessReviewEnded, &about).await?;
        tx.commit().await?;
    }
}

/// Holds a round back if whoever had it applied, or planned it, does not manage the group any more: then somebody who does
/// has to say so by hand.
async fn held_back(engine: &Engine, round: &RoundRow) -> Result<bool> {
    let mut tx = engine.begin().await?;
    let Some(group) = groups::find(&mut tx, round.group()).await? else { return Ok(false) };
    let who = sponsor(&mut tx, round).await?;
    if planner::manages(&mut tx, who, &group).await? {
        return Ok(false);
    }
    let held = sqlx::query(
        "update access_review_rounds set apply_at = null, apply_by = null \
         where id = $1 and apply_at is not null and applied_at is null",
    );
    if held.bind(round.id).execute(&mut *tx).await?.rows_affected() == 1 {
        let facts = Some(planner::gone(&round.name));
        let about = About { group: Some(round.group()), facts, ..About::default() };
        audit::done_refused(&mut tx, &by(round), Event::AccessReviewApplied, &about).await?;
        tx.commit().await?;
    }
    Ok(true)
}

/// Applies some of a round, and closes it when nothing is left.
///
/// # Errors
/// The database can't be reached.
pub async fn round(engine: &Engine, round: &RoundRow) -> Result<usize> {
    let items: Vec<Uuid> = sqlx::query_scalar(
        "select id from access_review_items where round_id = $1 and outcome is null order by id limit $2",
    )
    .bind(round.id)
    .bind(BATCH)
    .fetch_all(&engine.pool)
    .await?;
    let mut applied = 0;
    for id in items {
        match surely(|| item(engine, round, id)).await {
            Ok(done) => applied += usize::from(done),
            Err(Error::Refused(refusals)) => {
                applied += usize::from(refuse(engine, round, id, &refusals).await?)
            }
            Err(other) => return Err(other),
        }
    }
    close(engine, round).await?;
    Ok(applied)
}

/// Who applies it: whoever had it applied, or the system.
fn by(round: &RoundRow) -> By {
    By { person: round.apply_by.map(PersonId), ..By::system("access-review") }
}

async fn item(engine: &Engine, round: &RoundRow, id: Uuid) -> Result<bool> {
    let mut tx = engine.begin().await?;
    match carry_out(&mut tx, round, id).await {
        Ok(done) => {
            tx.commit().await?;
            Ok(done)
        }
        Err(error) => {
            // its locks are gone before the refusal is written
            tx.rollback().await?;
            Err(error)
        }
    }
}

async fn carry_out(tx: &mut Tx, round: &RoundRow, id: Uuid) -> Result<bool> {
    let Some(item) = access_reviews::claim_item(tx, id).await? else { return Ok(false) };
    let then = item.span();
    let row = assignments::find(tx, AssignmentId(item.assignment_id)).await?;
    let row = row.ok_or_else(|| Error::inconsistent("access_review_items", item.id, "assignment"))?;
    let (outcome, text) = match fate(item.decision()?, round.plan.undecided, item.recommended()?) {
        Fate::Keep if row.span().is_over(clock::now(tx).await?) => ("moot", ENDED),
        Fate::Keep => ("kept", ""),
        Fate::Remove => {
            let (by, reason) = (by(round), reason(round, &item));
            let filer = filer(tx, round, &item).await?;
            let how = Removal { by: &by, filer, reason: &reason, key: RequestKey(item.id) };
            match remove_assignment::take_one(tx, &how, &row, |row, now| moot(then, row.span(), now)).await? {
                Ok(_) => ("removed", ""),
                Err(why) => ("moot", why),
            }
        }
    };
    let now = clock::now(tx).await?;
    access_reviews::set_outcome(tx, item.id, outcome, text, now).await?;
    Ok(true)
}

fn denied(item: &ItemRow) -> bool {
    item.decision.as_deref() == Some(Decision::Deny.wire())
}

/// In whose name it goes: of who denied it, else of who had it applied or planned the review.
async fn filer(conn: &mut sqlx::PgConnection, round: &RoundRow, item: &ItemRow) -> Result<PersonId> {
    match item.decided_by.filter(|_| denied(item)) {
        Some(person) => Ok(PersonId(person)),
        None => sponsor(conn, round).await,
    }
}

/// Who had it applied, or planned the review.
async fn sponsor(conn: &mut sqlx::PgConnection, round: &RoundRow) -> Result<PersonId> {
    if let Some(person) = round.apply_by {
        return Ok(PersonId(person));
    }
    let planned = sqlx::query_scalar("select created_by from access_reviews where id = $1");
    Ok(PersonId(planned.bind(round.review_id).fetch_one(conn).await?))
}

/// What the person and the audit read.
fn reason(round: &RoundRow, item: &ItemRow) -> String {
    let why = if denied(item) { item.reason.as_str() } else { "nobody approved it" };
    format!("Access review “{}”: {why}", round.name)
}

/// Says that one could not go. Two servers may both have been refused; one of them writes it.
async fn refuse(engine: &Engine, round: &RoundRow, id: Uuid, refusals: &[Refusal]) -> Result<bool> {
    let text: Vec<String> = refusals.iter().map(|refusal| refusal.text.to_string()).collect();
    let mut tx = engine.begin().await?;
    let Some(item) = access_reviews::claim_item(&mut tx, id).await? else { return Ok(false) };
    let now = clock::now(&mut tx).await?;
    access_reviews::set_outcome(&mut tx, id, "refused", &text.join(" "), now).await?;
    let about = About {
        principal: Some(PrincipalId(item.principal_id)),
        group: Some(round.group()),
        target: Some(TargetId(item.target_id)),
        assignment: Some(AssignmentId(item.assignment_id)),
        reason: reason(round, &item),
        facts: Some(audit::reasons(refusals)),
        ..About::default()
    };
    audit::done_refused(&mut tx, &by(round), Event::AssignmentRemoved, &about).await?;
    tx.commit().await?;
    Ok(true)
}

/// Closes a round of which nothing is left to apply, once, with its sums.
async fn close(engine: &Engine, round: &RoundRow) -> Result<()> {
    let mut tx = engine.begin().await?;
    let closed = sqlx::query(
        "update access_review_rounds r set applied_at = clock() where r.id = $1 and r.applied_at is null \
           and not exists (select from access_review_items i where i.round_id = r.id and i.outcome is null)",
    );
    if closed.bind(round.id).execute(&mut *tx).await?.rows_affected() == 0 {
        return Ok(());
    }
    let sums: Vec<(String, i64)> = sqlx::query_as(
        "select outcome, count(*) from access_review_items where round_id = $1 group by outcome order by outcome",
    )
    .bind(round.id)
    .fetch_all(&mut *tx)
    .await?;
    let mut facts = serde_json::Map::from_iter([("review".to_owned(), json!(round.name))]);
    facts.extend(sums.into_iter().map(|(outcome, count)| (outcome, json!(count))));
    let about = About { group: Some(round.group()), facts: Some(facts.into()), ..About::default() };
    audit::done(&mut tx, &by(round), Event::AccessReviewApplied, &about).await?;
    tx.commit().await?;
    Ok(())
}
