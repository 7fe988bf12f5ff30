//! Begins a round: who is in the group or may be, now, with what is known of their use. Who comes later is not part of it.

use super::planner;
use crate::audit::{self, About};
use crate::ctx::By;
use crate::db::access_reviews::ReviewRow;
use crate::db::groups;
use crate::{Engine, Result, ids};
use chrono::{DateTime, TimeDelta, Utc};
use domain::access_review::evidence::{COUNTED_DAYS, Evidence, recommend};
use domain::access_review::plan::{Plan, Reviewers};
use domain::access_review::schedule::reminders;
use domain::assignment::Kind;
use domain::audit::Event;
use domain::ids::{GroupId, PersonId};
use domain::notice::Notice;
use serde_json::json;
use sqlx::{AssertSqlSafe, PgConnection};
use uuid::Uuid;

/// An assignment that is reviewed, with its evidence.
#[derive(sqlx::FromRow)]
struct Found {
    id: Uuid,
    is_group: bool,
    kind: String,
    starts_at: DateTime<Utc>,
    last_used: Option<DateTime<Utc>>,
    used_90: i64,
    last_sign_in: Option<DateTime<Utc>>,
}

/// What runs at $2 of the group $1. A person's use counts whatever eligibility it was under, a group's when somebody used hers.
const FOUND: &str = "select a.id, p.kind = 'group' as is_group, a.kind, a.starts_at, used.last_used, used.used_90, \
      (select max(e.at) from audit_events e where e.actor_id = a.principal_id and e.action = 'signed-in' \
         and e.outcome = 'done') as last_sign_in \
    from targets t join assignments a on a.target_id = t.id and a.origin <> 'activated' \
      join principals p on p.id = a.principal_id, \
    lateral (select max(x.starts_at) as last_used, count(*) filter (where x.starts_at > $3) as used_90 \
       from assignments x where x.origin = 'activated' and x.starts_at <= $2 and x.target_id = a.target_id \
         and (x.eligibility_id = a.id or x.principal_id = a.principal_id)) used \
    where t.group_id = $1 and t.kind = any ($4) and a.kind = any ($5) \
      and a.starts_at <= $2 and (a.ends_at is null or a.ends_at > $2)";

/// Begins every round that is due, each once, however many servers look.
///
/// # Errors
/// The database can't be reached; what began so far stays begun.
pub async fn sweep(engine: &Engine) -> Result<usize> {
    let mut begun = 0;
    loop {
        let mut tx = engine.begin().await?;
        let sql = format!(
            "select {} from access_reviews v where v.next_at <= clock() order by v.next_at limit 1 for update skip locked",
            crate::db::access_reviews::REVIEW
        );
        let due: Option<ReviewRow> = sqlx::query_as(AssertSqlSafe(sql)).fetch_optional(&mut *tx).await?;
        let Some(review) = due else { return Ok(begun) };
        let now = crate::clock::now(&mut tx).await?;
        begin(&mut tx, &By::system("worker"), &review, now).await?;
        tx.commit().await?;
        begun += 1;
    }
}

/// Begins the next round of a plan that the caller has locked, or ends the plan if its group is gone. Where whoever planned
/// it does not manage the group any more, this round is left out, visibly.
///
/// # Errors
/// The database can't be reached.
pub async fn begin(conn: &mut PgConnection, by: &By, review: &ReviewRow, now: DateTime<Utc>) -> Result<()> {
    let about = About { group: Some(GroupId(review.group_id)), ..About::default() };
    let Some(group) = groups::find(conn, GroupId(review.group_id)).await? else {
        set_next(conn, review, None, None, Some(now)).await?;
        let facts = Some(json!({ "review": review.name, "why": "The group is deleted." }));
        return audit::done(conn, by, Event::AccessReviewStopped, &About { facts, ..about }).await;
    };
    let may = planner::manages(conn, PersonId(review.created_by), &group).await?;
    let next = review.plan.every.next(review.starts_at, now);
    set_next(conn, review, next, (!may).then_some(now), None).await?;
    if !may {
        let facts = Some(planner::gone(&review.name));
        return audit::done_refused(conn, by, Event::AccessReviewStarted, &About { facts, ..about }).await;
    }
    let found = found(conn, review, now).await?;
    let (round, end) = insert_round(conn, review, found.is_empty(), now).await?;
    insert_items(conn, round, &review.plan, &found, now).await?;
    let facts = json!({ "review": review.name, "assignments": found.len(), "until": end });
    let about = About { facts: Some(facts), ..about };
    audit::done(conn, by, Event::AccessReviewStarted, &about).await?;
    if review.plan.remind && !found.is_empty() {
        super::remind::notice(conn, Notice::AccessReviewStarted, round).await?;
    }
    Ok(())
}

async fn set_next(
    conn: &mut PgConnection,
    review: &ReviewRow,
    next: Option<DateTime<Utc>>,
    skipped: Option<DateTime<Utc>>,
    stopped: Option<DateTime<Utc>>,
) -> Result<()> {
    sqlx::query("update access_reviews set next_at = $2, skipped_at = $3, stopped_at = coalesce(stopped_at, $4) where id = $1")
        .bind(review.id)
        .bind(next)
        .bind(skipped)
        .bind(stopped)
        .execute(conn)
        .await?;
    Ok(())
}

async fn found(conn: &mut PgConnection, review: &ReviewRow, now: DateTime<Utc>) -> Result<Vec<Found>> {
    let plan = &review.plan;
    let found = sqlx::query_as(FOUND)
        .bind(review.group_id)
        .bind(now)
        .bind(now - TimeDelta::days(COUNTED_DAYS))
        .bind(plan.accesses())
        .bind(plan.kinds());
    Ok(found.fetch_all(conn).await?)
}

/// A round without anybody in it is over at once: nobody is asked about an empty list.
async fn insert_round(
    conn: &mut PgConnection,
    review: &ReviewRow,
    empty: bool,
    now: DateTime<Utc>,
) -> Result<(Uuid, DateTime<Utc>)> {
    let id = ids::new();
    let end = if empty { now } else { now + TimeDelta::days(i64::from(review.plan.days)) };
    let remind = reminders(now, end).first().map(|(_, at)| *at).filter(|_| review.plan.remind);
    sqlx::query(
        "insert into access_review_rounds (id, review_id, round, group_id, name, plan, starts_at, ends_at, remind_at, \
           end_recorded, apply_at, applied_at) \
         select $1, v.id, 1 + coalesce((select max(round) from access_review_rounds where review_id = v.id), 0), \
           v.group_id, v.name, v.plan, $3, $4, $5, $6, case when $6 then $3 end, case when $6 then $3 end \
         from access_reviews v where v.id = $2",
    )
    .bind(id)
    .bind(review.id)
    .bind(now)
    .bind(end)
    .bind(remind)
    .bind(empty)
    .execute(conn)
    .await?;
    Ok((id, end))
}

async fn insert_items(
    conn: &mut PgConnection,
    round: Uuid,
    plan: &Plan,
    found: &[Found],
    now: DateTime<Utc>,
) -> Result<()> {
    let assignments: Vec<Uuid> = found.iter().map(|row| row.id).collect();
    // in the order in which everybody locks them: rows that refer to them lock them too
    sqlx::query("select from assignments where id = any ($1) order by id for key share")
        .bind(&assignments)
        .execute(&mut *conn)
        .await?;
    let spoken: Vec<_> = found.iter().map(|row| recommend(&row.evidence(), now)).collect();
    sqlx::query(
        "insert into access_review_items (id, round_id, assignment_id, principal_id, target_id, kind, is_group, oneself, sort_name, \
           starts_at, ends_at, given_by, origin, last_used, used_90, last_sign_in, recommended, because) \
         select x.id, $1, a.id, a.principal_id, a.target_id, a.kind, g.id is not null, $2 and u.id is not null, \
           lower(coalesce(u.display_name, g.display_name)), a.starts_at, a.ends_at, a.created_by, a.origin, \
           x.last_used, x.used_90, x.last_sign_in, x.recommended, x.because \
         from unnest($3::uuid[], $4::uuid[], $5::timestamptz[], $6::integer[], $7::timestamptz[], $8::text[], $9::text[]) \
             as x (id, assignment, last_used, used_90, last_sign_in, recommended, because) \
           join assignments a on a.id = x.assignment \
           left join users u on u.id = a.principal_id left join groups g on g.id = a.principal_id",
    )
    .bind(round)
    .bind(plan.reviewers == Reviewers::Oneself)
    .bind(found.iter().map(|_| ids::new()).collect::<Vec<_>>())
    .bind(assignments)
    .bind(found.iter().map(|row| row.last_used).collect::<Vec<_>>())
    .bind(found.iter().map(|row| i32::try_from(row.used_90).unwrap_or(i32::MAX)).collect::<Vec<_>>())
    .bind(found.iter().map(|row| row.last_sign_in).collect::<Vec<_>>())
    .bind(spoken.iter().map(|(fate, _)| fate.wire()).collect::<Vec<_>>())
    .bind(spoken.iter().map(|(_, because)| *because).collect::<Vec<_>>())
    .execute(conn)
    .await?;
    Ok(())
}

impl Found {
    fn evidence(&self) -> Evidence {
        Evidence {
            kind: Kind::parse(&self.kind).unwrap_or(Kind::Active),
            is_group: self.is_group,
            since: self.starts_at,
            last_used: self.last_used,
            last_sign_in: self.last_sign_in,
        }
    }
}
