//! Keeps the last holder (product.md 4.12): the only owner of a role-assignable group and the only Global Administrator
//! don't lose it because a date comes. A day before, the span is moved a day on, again and again, until somebody else
//! holds it beyond that date; each move stands in the audit and on the group's page.

use crate::audit::{self, About};
use crate::ctx::By;
use crate::db::assignments;
use crate::db::targets::{self, Hold};
use crate::mail::remind;
use crate::{Engine, Result, Tx, clock};
use chrono::{DateTime, TimeDelta, Utc};
use domain::audit::Event;
use domain::ids::{AssignmentId, GroupId, PrincipalId, TargetId};
use domain::role::Role;
use domain::span::Span;
use serde_json::json;
use uuid::Uuid;

/// How long before the end it is moved, and how far.
const DAY: TimeDelta = TimeDelta::days(1);

/// A span that ends within a day and is nobody else's.
#[derive(sqlx::FromRow)]
struct Last {
    id: Uuid,
    target_id: Uuid,
    principal_id: Uuid,
    group_id: Option<Uuid>,
}

/// Given spans `a` that run and end before `$2`: those after which nobody able is left. For the role, able means with a
/// confirmed second factor.
const LAST: &str = "select a.id, a.target_id, a.principal_id, t.group_id \
    from assignments a join targets t on t.id = a.target_id left join groups g on g.id = t.group_id \
    where a.kind = 'active' and a.origin <> 'activated' and not a.end_recorded and a.starts_at <= clock() \
      and a.ends_at > clock() and a.ends_at <= $2 \
      and ((t.kind = 'owner' and g.role_assignable and g.deleted_at is null) or t.role = $1) \
      and ($3::uuid is null or a.id = $3) \
      and not exists (select from assignments o left join users u on u.id = o.principal_id \
        where o.target_id = a.target_id and o.kind = 'active' and o.origin <> 'activated' and o.id <> a.id \
          and o.starts_at <= a.ends_at and (o.ends_at is null or o.ends_at > a.ends_at) \
          and case when u.id is null then exists (select from people_within(array[o.principal_id])) \
              else u.enabled and u.deleted_at is null and (t.group_id is not null or exists (select from totp_factors f \
                where f.user_id = u.id and f.confirmed_at is not null)) end) \
    order by a.id";

pub(super) async fn sweep(engine: &Engine) -> Result<usize> {
    let mut conn = engine.pool.acquire().await?;
    let now = clock::now(&mut conn).await?;
    let found: Vec<Last> = sqlx::query_as(LAST)
        .bind(Role::GlobalAdministrator.wire())
        .bind(now + DAY)
        .bind(None::<Uuid>)
        .fetch_all(&mut *conn)
        .await?;
    drop(conn);
    let mut kept = 0;
    for last in found {
        let mut tx = engine.begin().await?;
        if keep(&mut tx, &last).await? {
            tx.commit().await?;
            kept += 1;
        }
    }
    Ok(kept)
}

/// Looks again under the locks that everybody takes who gives or takes this away.
async fn keep(tx: &mut Tx, last: &Last) -> Result<bool> {
    let target = TargetId(last.target_id);
    targets::lock_slot(tx, PrincipalId(last.principal_id), target).await?;
    let Some(row) = assignments::lock(tx, AssignmentId(last.id)).await? else { return Ok(false) };
    targets::lock(tx, target, Hold::Change).await?;
    let now = clock::now(tx).await?;
    let still: Option<Last> = sqlx::query_as(LAST)
        .bind(Role::GlobalAdministrator.wire())
        .bind(now + DAY)
        .bind(last.id)
        .fetch_optional(&mut **tx)
        .await?;
    let (Some(_), Some(end)) = (still, row.ends_at) else { return Ok(false) };
    move_on(tx, last, row.span(), end).await?;
    Ok(true)
}

async fn move_on(tx: &mut Tx, last: &Last, span: Span, end: DateTime<Utc>) -> Result<()> {
    let longer = Span { start: span.start, end: Some(end + DAY) };
    assignments::set_span(tx, AssignmentId(last.id), longer).await?;
    // each day another end, which nobody need be warned of: that it was moved is told
    remind::told_otherwise(tx, AssignmentId(last.id)).await?;
    let about = About {
        principal: Some(PrincipalId(last.principal_id)),
        group: last.group_id.map(GroupId),
        target: Some(TargetId(last.target_id)),
        assignment: Some(AssignmentId(last.id)),
        facts: Some(json!({ "before": span, "after": longer })),
        ..About::default()
    };
    audit::done(tx, &By::system("worker"), Event::LastHolderKept, &about).await
}
