//! Deletes a group softly (product.md 4.11): whatever is assigned for it, on through it or open about it ends now. For 30
//! days the group itself can be taken back; what ended stays ended.

use crate::act::closing::{Closing, assignments, requests};
use crate::audit::spool::surely;
use crate::audit::{self, About};
use crate::db::groups::{self, GroupRow};
use crate::grounds::{self, Left};
use crate::settle::settle;
use crate::{Ctx, Engine, Error, Result, authority, clock, guard, nesting};
use chrono::{DateTime, Utc};
use domain::assignment::EndReason;
use domain::audit::Event;
use domain::authz::Action;
use domain::details;
use domain::ids::GroupId;
use domain::target::{Access, Target};
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

/// What is wanted.
#[derive(Clone, Debug)]
pub struct Input {
    /// Which.
    pub group: GroupId,
    /// Why, for the audit; may be empty.
    pub reason: String,
}

/// What ended with it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Done {
    /// Assignments and activations that ended.
    pub assignments: u64,
    /// Requests that were closed.
    pub requests: u64,
}

/// Deletes.
///
/// # Errors
/// Not found (or not allowed); the reason is too long; a role-assignable group would be left without an owner, or the
/// directory without an administrator.
pub async fn delete_group(engine: &Engine, ctx: &Ctx, input: Input) -> Result<Done> {
    surely(|| once(engine, ctx, &input)).await
}

async fn once(engine: &Engine, ctx: &Ctx, input: &Input) -> Result<Done> {
    let mut tx = engine.begin().await?;
    nesting::lock(&mut tx).await?;
    let left = leaving(&mut tx, input.group).await?;
    grounds::loosen(&mut tx, left.iter().map(|(_, group)| *group)).await?;
    lock(&mut tx, input.group).await?;
    let now = clock::now(&mut tx).await?;
    let group = groups::find(&mut tx, input.group).await?.ok_or_else(Error::not_found)?;
    let mut about = About { group: Some(input.group), reason: input.reason.clone(), ..About::default() };
    let outcome = attempt(&mut tx, ctx, &group, &left, &mut about, now).await;
    settle(engine, &ctx.by(), tx, Event::GroupDeleted, about, outcome).await
}

async fn attempt(
    conn: &mut PgConnection,
    ctx: &Ctx,
    group: &GroupRow,
    left: &[Left],
    about: &mut About,
    now: DateTime<Utc>,
) -> Result<Done> {
    let facts = authority::group_facts(conn, ctx, group).await?;
    authority::require(ctx, &Action::DeleteGroup(facts))?;
    details::description(&about.reason, "reason")?;
    let watch = guard::watch(conn, Target::of(group.group_id(), Access::Member)).await?;
    let by = ctx.by();
    let closing = Closing { by: &by, of: group.id, now, why: EndReason::GroupDeleted };
    let requests = closing.close(conn, requests::OF_GROUP, "The group was deleted.").await?;
    let assignments = closing.end(conn, assignments::ALL_OF_GROUP).await?;
    sqlx::query("update groups set deleted_at = $2 where id = $1")
        .bind(group.id)
        .bind(now)
        .execute(&mut *conn)
        .await?;
    let settled = grounds::settle(conn, &by, left, now).await?;
    let done = Done {
        assignments: assignments + settled.activations as u64,
        requests: requests + settled.requests as u64,
    };
    watch.check(conn).await?;
    about.facts = Some(json!({ "assignments": done.assignments, "requests": done.requests }));
    audit::done(conn, &by, Event::GroupDeleted, about).await?;
    Ok(done)
}

/// Who leaves what: everybody inside leaves the group, and with it the groups it lies in.
async fn leaving(conn: &mut PgConnection, group: GroupId) -> Result<Vec<Left>> {
    let above: Vec<Uuid> =
        sqlx::query_scalar("select id from groups_above($1)").bind(group.0).fetch_all(conn).await?;
    Ok(above.into_iter().map(|above| (group.into(), GroupId(above))).collect())
}

/// Locks what the deletion ends: the slots of the group's targets and those in which it is the principal; then its
/// targets, so that nobody decides about them; then the slots that were made while we waited.
async fn lock(conn: &mut PgConnection, group: GroupId) -> Result<()> {
    let slots = "select 1 from slots s join targets t on t.id = s.target_id \
        where t.group_id = $1 or s.principal_id = $1 \
        order by s.principal_id, s.target_id for update of s";
    sqlx::query(slots).bind(group.0).execute(&mut *conn).await?;
    for target in [
        "select 1 from principals where id = $1 for update",
        "select 1 from targets where group_id = $1 order by id for no key update",
    ] {
        sqlx::query(target).bind(group.0).execute(&mut *conn).await?;
    }
    sqlx::query(slots).bind(group.0).execute(conn).await?;
    Ok(())
}
