//! After memberships ended or were cut: ends or cuts what rests on them, in the same transaction.

use crate::audit::{self, About};
use crate::ctx::By;
use crate::db::assignments;
use crate::db::requests::{self, Move};
use crate::{Engine, Result, clock, nesting};
use chrono::{DateTime, Utc};
use domain::activation::Status;
use domain::assignment::EndReason;
use domain::audit::Event;
use domain::effective::{self, Hold, Path};
use domain::ids::{AssignmentId, GroupId, PersonId, PrincipalId, RequestId, TargetId};
use serde_json::json;
use sqlx::PgConnection;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Somebody, or a whole group, who is no longer in a group, or for a shorter time.
pub type Left = (PrincipalId, GroupId);

/// What followed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settled {
    /// Activations that ended or were cut.
    pub activations: usize,
    /// Requests that were closed.
    pub requests: usize,
}

/// An activation or open request that came through a group.
#[derive(sqlx::FromRow)]
struct Resting {
    request: bool,
    id: Uuid,
    principal_id: Uuid,
    target_id: Uuid,
    group_id: Option<Uuid>,
    through_id: Uuid,
    /// From which request an activation came.
    request_id: Option<Uuid>,
    ends_at: Option<DateTime<Utc>>,
}

/// Settles for everybody who may be touched. The changes were written, and the groups [`loosen`](super::loosen)ed
/// before.
///
/// # Errors
/// The database can't be reached.
pub(crate) async fn settle(
    conn: &mut PgConnection,
    by: &By,
    left: &[Left],
    now: DateTime<Utc>,
) -> Result<Settled> {
    if left.is_empty() {
        return Ok(Settled::default());
    }
    let principals: Vec<Uuid> = left.iter().map(|(principal, _)| principal.0).collect();
    let groups: Vec<Uuid> = left.iter().map(|(_, group)| group.0).collect();
    // a group that left takes everybody inside it along: they are found by what they hold through the groups above
    let people: Vec<Uuid> = sqlx::query_scalar(
        "with above as (select distinct up.id from unnest($2::uuid[]) g cross join lateral groups_above(g) up), \
           resting as ( \
             select principal_id, through_id from assignments where through_id is not null and not end_recorded and ends_at > $3 \
             union select principal_id, through_id from requests where through_id is not null and status in ('PendingApproval', 'Granted')) \
         select distinct principal_id from resting \
         where principal_id = any ($1) or through_id in (select id from above) order by 1",
    )
    .bind(&principals)
    .bind(&groups)
    .bind(now)
    .fetch_all(&mut *conn)
    .await?;
    settle_people(conn, by, &people, now).await
}

async fn settle_people(
    conn: &mut PgConnection,
    by: &By,
    people: &[Uuid],
    now: DateTime<Utc>,
) -> Result<Settled> {
    let mut settled = Settled::default();
    if people.is_empty() {
        return Ok(settled);
    }
    let ids: Vec<PersonId> = people.iter().copied().map(PersonId).collect();
    let within: BTreeMap<PersonId, BTreeMap<GroupId, Path>> = nesting::of_people(conn, &ids)
        .await?
        .into_iter()
        .map(|(person, edges)| (person, effective::lasting(person.into(), &edges)))
        .collect();
    for row in resting(conn, people, now).await? {
        let nowhere = BTreeMap::new();
        let within = within.get(&PersonId(row.principal_id)).unwrap_or(&nowhere);
        let hold = effective::hold(GroupId(row.through_id), row.ends_at, within);
        match (hold, row.request) {
            (Hold::Gone, true) => {
                row.close(conn, by, now).await?;
                settled.requests += 1;
            }
            (Hold::Gone, false) => {
                row.end(conn, by, now).await?;
                settled.activations += 1;
            }
            (Hold::Until(end), false) => {
                row.cut(conn, by, end).await?;
                settled.activations += 1;
            }
            (Hold::Until(_), true) | (Hold::Stays, _) => {}
        }
    }
    Ok(settled)
}

/// What these people have on or asked for through groups: what was asked first comes first, so that what others rest
/// on comes before them.
async fn resting(conn: &mut PgConnection, people: &[Uuid], now: DateTime<Utc>) -> Result<Vec<Resting>> {
    let rows = sqlx::query_as(
        "select x.request, x.id, x.principal_id, x.target_id, t.group_id, x.through_id, x.request_id, x.ends_at from ( \
           select true as request, id, principal_id, target_id, through_id, id as request_id, null::timestamptz as ends_at from requests \
           where through_id is not null and principal_id = any ($1) and status in ('PendingApproval', 'Granted') \
           union all \
           select false, id, principal_id, target_id, through_id, request_id, ends_at from assignments \
           where through_id is not null and principal_id = any ($1) and not end_recorded and ends_at > $2) x \
         join targets t on t.id = x.target_id order by x.request desc, x.id",
    )
    .bind(people)
    .bind(now)
    .fetch_all(conn)
    .await?;
    Ok(rows)
}

impl Resting {
    fn about(&self) -> About {
        About {
            principal: Some(PrincipalId(self.principal_id)),
            group: self.group_id.map(GroupId),
            target: Some(TargetId(self.target_id)),
            request: self.request_id.map(RequestId),
            ..About::default()
        }
    }

    async fn close(&self, conn: &mut PgConnection, by: &By, now: DateTime<Utc>) -> Result<()> {
        let id = RequestId(self.id);
        let why = "The person left the group through which it was asked for.";
        let to = Move { status: Status::Revoked, by: by.person, reason: why.to_owned(), assignment: None };
        requests::update(conn, id, &to, now).await?;
        let facts = Some(json!({ "why": why, "through": self.through_id }));
        let about = About { facts, ..self.about() };
        audit::done(conn, by, Event::RequestRevoked, &about).await
    }

    async fn end(&self, conn: &mut PgConnection, by: &By, now: DateTime<Utc>) -> Result<()> {
        let id = AssignmentId(self.id);
        if !assignments::end(conn, id, now, EndReason::LeftGroup).await? {
            return Ok(());
        }
        let facts = Some(json!({ "why": EndReason::LeftGroup, "end": now, "through": self.through_id }));
        let about = About { assignment: Some(id), facts, ..self.about() };
        audit::done(conn, by, Event::ActivationEnded, &about).await
    }

    async fn cut(&self, conn: &mut PgConnection, by: &By, end: DateTime<Utc>) -> Result<()> {
        let id = AssignmentId(self.id);
        assignments::cut(conn, id, end).await?;
        let facts = Some(json!({
            "why": EndReason::LeftGroup, "before": self.ends_at, "end": end, "through": self.through_id,
        }));
        let about = About { assignment: Some(id), facts, ..self.about() };
        audit::done(conn, by, Event::AssignmentUpdated, &about).await
    }
}

/// Writes down what is over because the group it came through was deleted.
///
/// # Errors
/// The database can't be reached.
pub async fn sweep(engine: &Engine) -> Result<Settled> {
    let mut tx = engine.begin().await?;
    let gone: Vec<Left> = sqlx::query_as(
        "select distinct a.principal_id, a.through_id from assignments a \
         join groups g on g.id = a.through_id and g.deleted_at is not null \
         where a.through_id is not null and not a.end_recorded and a.ends_at > clock()",
    )
    .fetch_all(&mut *tx)
    .await?
    .into_iter()
    .map(|(principal, group): (Uuid, Uuid)| (PrincipalId(principal), GroupId(group)))
    .collect();
    if gone.is_empty() {
        return Ok(Settled::default());
    }
    super::loosen(&mut tx, gone.iter().map(|(_, group)| *group)).await?;
    let now = clock::now(&mut tx).await?;
    let settled = settle(&mut tx, &By::system("worker"), &gone, now).await?;
    tx.commit().await?;
    Ok(settled)
}
