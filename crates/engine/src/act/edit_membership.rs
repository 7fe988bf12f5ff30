//! Adds and removes members and owners of a group that is not managed here, as an administrator of the directory does.
//! A managed group is changed through assignments only.

use crate::audit::spool::surely;
use crate::audit::{self, About};
use crate::db::assignments::{self, NewAssignment};
use crate::db::groups::{self, GroupRow};
use crate::db::targets::{self, Hold};
use crate::db::users;
use crate::{Ctx, Engine, Error, Result, authority, clock, grounds, guard, ids, nesting};
use chrono::{DateTime, Utc};
use domain::assignment::{EndReason, Kind, Origin};
use domain::audit::Event;
use domain::authz::{Action, allows};
use domain::ids::{AssignmentId, GroupId, PersonId, PrincipalId, TargetId};
use domain::refusal::{Code, Refusal};
use domain::span::Span;
use domain::target::{Access, Target};
use domain::text::Text;
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

/// In or out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Change {
    /// Put in.
    Add,
    /// Take out.
    Remove,
}

/// What is wanted.
#[derive(Clone, Copy, Debug)]
pub struct Input {
    /// Which group.
    pub group: GroupId,
    /// Member or owner.
    pub access: Access,
    /// Whom.
    pub principal: PrincipalId,
    /// In or out.
    pub change: Change,
}

/// Changes the group at this address, and gives the name of whom it was about.
///
/// # Errors
/// As [`edit_membership`].
pub async fn add_or_remove(
    engine: &Engine,
    ctx: &Ctx,
    key: &str,
    access: Access,
    principal: Uuid,
    change: Change,
) -> Result<String> {
    let mut conn = engine.pool.acquire().await?;
    let group = groups::by_key(&mut conn, key).await?.ok_or_else(Error::not_found)?.group_id();
    drop(conn);
    let principal = PrincipalId(principal);
    edit_membership(engine, ctx, Input { group, access, principal, change }).await?;
    let name = sqlx::query_scalar(
        "select display_name from users where id = $1 union all select display_name from groups where id = $1",
    );
    Ok(name.bind(principal.0).fetch_one(&engine.pool).await?)
}

/// Changes.
///
/// # Errors
/// Not found (or not allowed); managed here; unfit, disabled or unknown principal; already in, or not in; a circle;
/// the last owner; the last administrator.
pub async fn edit_membership(engine: &Engine, ctx: &Ctx, input: Input) -> Result<()> {
    match input.change {
        Change::Add => once(engine, ctx, input).await,
        Change::Remove => surely(|| once(engine, ctx, input)).await,
    }
}

async fn once(engine: &Engine, ctx: &Ctx, input: Input) -> Result<()> {
    let mut tx = engine.begin().await?;
    nesting::lock(&mut tx).await?;
    grounds::loosen(&mut tx, [input.group]).await?;
    let group = groups::find(&mut tx, input.group).await?.ok_or_else(Error::not_found)?;
    let target = targets::ensure(&mut tx, Target::of(input.group, input.access)).await?;
    let about = About {
        group: Some(input.group),
        target: Some(target),
        principal: known(&mut tx, input.principal).await?,
        ..About::default()
    };
    let written = match may(&mut tx, ctx, &group).await? {
        Ok(()) => change(&mut tx, ctx, &group, target, input).await?,
        Err(refusal) => Err(refusal.into()),
    };
    match written {
        Ok(assignment) => {
            let word = if input.change == Change::Add { "added" } else { "removed" };
            let facts = json!({ "change": word, "access": input.access.wire() });
            let about = About { assignment: Some(assignment), facts: Some(facts), ..about };
            audit::done(&mut tx, &ctx.by(), Event::MembershipChanged, &about).await?;
            tx.commit().await?;
            Ok(())
        }
        Err(refusals) => {
            drop(tx);
            Err(audit::refused(engine, &ctx.by(), Event::MembershipChanged, about, refusals).await)
        }
    }
}

async fn known(conn: &mut PgConnection, id: PrincipalId) -> Result<Option<PrincipalId>> {
    let found: Option<Uuid> =
        sqlx::query_scalar("select id from principals where id = $1").bind(id.0).fetch_optional(conn).await?;
    Ok(found.map(PrincipalId))
}

/// Who sees the group is told why it can't be changed here; nobody else learns that it exists.
async fn may(conn: &mut PgConnection, ctx: &Ctx, group: &GroupRow) -> Result<Result<(), Refusal>> {
    let facts = authority::group_facts(conn, ctx, group).await?;
    if allows(&ctx.actor, &Action::EditMembership(facts)) {
        return Ok(Ok(()));
    }
    if facts.managed && allows(&ctx.actor, &Action::SeeGroup(facts)) {
        let text = "This group is managed here. Its members and owners change through assignments only.";
        let path = format!("/groups/{}/assignments", group.key);
        return Ok(Err(Refusal::new(Code::ManagedHere, text).way("Assignments", path)));
    }
    Ok(Err(Refusal::not_found()))
}

async fn change(
    conn: &mut PgConnection,
    ctx: &Ctx,
    group: &GroupRow,
    target: TargetId,
    input: Input,
) -> Result<Result<AssignmentId, Vec<Refusal>>> {
    let Some(principal) = known(conn, input.principal).await? else {
        return Ok(Err(Refusal::new(Code::UnknownReference, "Nobody has this id.").at("principal").into()));
    };
    targets::lock_slot(conn, principal, target).await?;
    let now = clock::now(conn).await?;
    match input.change {
        Change::Add => add(conn, ctx, group, target, input, now).await,
        Change::Remove => remove(conn, ctx, group, target, input, now).await,
    }
}

async fn add(
    conn: &mut PgConnection,
    ctx: &Ctx,
    group: &GroupRow,
    target: TargetId,
    input: Input,
    now: DateTime<Utc>,
) -> Result<Result<AssignmentId, Vec<Refusal>>> {
    let mut unmet: Vec<Refusal> = fit(conn, ctx, group, input).await?.into_iter().collect();
    if held(conn, input.principal, target, now).await?.is_some() {
        let word = if input.access == Access::Member { "Already a member." } else { "Already an owner." };
        unmet.push(Refusal::new(Code::Duplicate, word).at("principal"));
    }
    if !unmet.is_empty() {
        return Ok(Err(unmet));
    }
    let new = NewAssignment {
        id: AssignmentId(ids::new()),
        target,
        principal: input.principal,
        kind: Kind::Active,
        origin: Origin::Directory,
        span: Span::permanent(now),
        ground: None,
        request: None,
        created_by: Some(ctx.person()),
        reason: String::new(),
    };
    assignments::insert(conn, &new).await?;
    Ok(Ok(new.id))
}

/// Why this principal can't be put in, if it can't.
async fn fit(conn: &mut PgConnection, ctx: &Ctx, group: &GroupRow, input: Input) -> Result<Option<Refusal>> {
    let at = |code, text: Text| Some(Refusal::new(code, text).at("principal"));
    if let Some(user) = users::find(conn, PersonId(input.principal.0)).await? {
        let text = || Text::default().name(&user.display_name).then(" is disabled or deleted.");
        return Ok(if user.person().able() { None } else { at(Code::PersonDisabled, text()) });
    }
    let Some(inner) = groups::find(conn, GroupId(input.principal.0)).await? else {
        return Ok(at(Code::UnknownReference, "This group is being deleted.".into()));
    };
    if authority::open_groups(conn, ctx, &[inner.id]).await?.is_empty() {
        return Ok(at(Code::UnknownReference, "Nobody like that is here.".into()));
    }
    if input.access == Access::Owner {
        return Ok(at(Code::PrincipalUnfit, "Only people can own a group.".into()));
    }
    match nesting::protected(conn, group).await?.as_slice() {
        [] => {}
        [_] => return Ok(at(Code::PrincipalUnfit, "No group can lie in a role-assignable group.".into())),
        [.., last] => {
            let text = Text::say("This group lies in ").name(last);
            let text = text.then(", which is role-assignable, and no group can lie in that.");
            return Ok(at(Code::PrincipalUnfit, text));
        }
    }
    nesting::circle(conn, inner.group_id(), group.group_id()).await
}

async fn remove(
    conn: &mut PgConnection,
    ctx: &Ctx,
    group: &GroupRow,
    target: TargetId,
    input: Input,
    now: DateTime<Utc>,
) -> Result<Result<AssignmentId, Vec<Refusal>>> {
    let not_here = || Refusal::new(Code::NothingChanged, "Not in this group directly.").at("principal");
    let Some(id) = held(conn, input.principal, target, now).await? else {
        return Ok(Err(not_here().into()));
    };
    assignments::lock(conn, id).await?;
    if input.access == Access::Owner {
        // two owners who remove each other at once would leave none
        targets::lock(conn, target, Hold::Change).await?;
        if others(conn, target, input.principal).await? == 0 {
            let text = Text::default()
                .name(&group.display_name)
                .then(" needs one active owner. Make somebody an owner first.");
            return Ok(Err(Refusal::new(Code::LastOwner, text).at("principal").into()));
        }
    }
    let watch = guard::watch(conn, Target::of(group.group_id(), input.access)).await?;
    if !assignments::end(conn, id, now, EndReason::Removed).await? {
        return Ok(Err(not_here().into()));
    }
    if input.access == Access::Member {
        grounds::settle(conn, &ctx.by(), &[(input.principal, group.group_id())], now).await?;
    }
    match watch.check(conn).await {
        Ok(()) => Ok(Ok(id)),
        Err(Error::Refused(refusals)) => Ok(Err(refusals)),
        Err(error) => Err(error),
    }
}

/// The standing assignment that is not over.
async fn held(
    conn: &mut PgConnection,
    principal: PrincipalId,
    target: TargetId,
    now: DateTime<Utc>,
) -> Result<Option<AssignmentId>> {
    let found: Option<Uuid> = sqlx::query_scalar(
        "select id from assignments where principal_id = $1 and target_id = $2 and kind = 'active' \
         and origin <> 'activated' and (ends_at is null or ends_at > $3) order by starts_at limit 1",
    )
    .bind(principal.0)
    .bind(target.0)
    .bind(now)
    .fetch_optional(conn)
    .await?;
    Ok(found.map(AssignmentId))
}

/// Owners that are left without this one, able people only.
async fn others(conn: &mut PgConnection, target: TargetId, but: PrincipalId) -> Result<i64> {
    let count = sqlx::query_scalar(
        "select count(distinct u.id) from active_now a join users u on u.id = a.principal_id \
         where a.target_id = $1 and u.id <> $2 and u.enabled and u.deleted_at is null",
    )
    .bind(target.0)
    .bind(but.0)
    .fetch_one(conn)
    .await?;
    Ok(count)
}
