//! Gives an application the members of a group, with what they are there; or takes them from it.

use crate::audit::{self, About};
use crate::provision::{input, marks};
use crate::{Ctx, Engine, Error, Result, Tx, authority};
use domain::audit::Event;
use domain::authz::Action;
use domain::ids::GroupId;
use domain::provision::{Kind, database};
use domain::refusal::{Code, Refusal};
use serde_json::json;
use uuid::Uuid;

/// Most characters of what a group gives.
const ROLE: usize = 256;

/// Assigns the group; once more, it changes what it gives.
///
/// # Errors
/// Not for this person; unknown; or the text is too long.
pub async fn assign_application_group(
    engine: &Engine,
    ctx: &Ctx,
    id: Uuid,
    group: GroupId,
    role: &str,
) -> Result<()> {
    authority::require(ctx, &Action::ManageApplications)?;
    let mut tx = engine.begin().await?;
    let outcome = assign(&mut tx, ctx, id, group, role.trim()).await;
    input::end(engine, ctx, tx, Event::ApplicationGroupAssigned, outcome).await
}

async fn assign(tx: &mut Tx, ctx: &Ctx, id: Uuid, group: GroupId, role: &str) -> Result<()> {
    let (name, kind) = input::lock_with_kind(tx, id).await?;
    allowed(tx, ctx, group).await?;
    let there = "select exists (select from groups where id = $1 and deleted_at is null for share)";
    if !sqlx::query_scalar::<_, bool>(there).bind(group.0).fetch_one(&mut **tx).await? {
        return Err(Error::not_found());
    }
    if role.chars().count() > ROLE {
        return Err(Refusal::new(Code::TextTooLong, "At most 256 characters.").at("role").into());
    }
    if kind == Kind::Postgres {
        role_of_database(tx, id, group, role).await?;
    }
    sqlx::query(
        "insert into application_groups as g (application_id, group_id, role, made_by) values ($1, $2, $3, $4) \
         on conflict (application_id, group_id) do update set role = excluded.role, gone_at = null, \
           made_at = case when g.gone_at is null then g.made_at else clock() end",
    )
    .bind(id)
    .bind(group.0)
    .bind(role)
    .bind(ctx.person().0)
    .execute(&mut **tx)
    .await?;
    marks::mark_later(tx, group.0).await?;
    marks::everybody(tx, id, Some(group.0), "group assigned").await?;
    done(
        tx,
        ctx,
        Event::ApplicationGroupAssigned,
        group,
        json!({ "application": id, "name": name, "gives": role }),
    )
    .await
}

/// In a database, what a group gives is one of its roles: it has to be named, and another one only comes in its place when nobody has
/// the first any more.
async fn role_of_database(tx: &mut Tx, id: Uuid, group: GroupId, role: &str) -> Result<()> {
    if let Err(why) = database::name(role) {
        let text = format!("{why} It is the role that members of the group get in the database.");
        return Err(Refusal::new(Code::BadInput, text.as_str()).at("role").into());
    }
    // whoever gives it at this moment is waited for: what follows sees it
    let before = "select role from application_groups where application_id = $1 and group_id = $2 for update";
    let before: Option<String> =
        sqlx::query_scalar(before).bind(id).bind(group.0).fetch_optional(&mut **tx).await?;
    if before.is_some_and(|then| then != role) {
        let left = "select exists (select from application_members where application_id = $1 and group_id = $2 and there <> 'no')";
        if sqlx::query_scalar(left).bind(id).bind(group.0).fetch_one(&mut **tx).await? {
            let text = "People have the role that the group gives now. Take the group away first, and assign it again when they are out.";
            return Err(Refusal::new(Code::BadValue, text).at("role").into());
        }
        let forget =
            "update application_groups set remote_id = null where application_id = $1 and group_id = $2";
        sqlx::query(forget).bind(id).bind(group.0).execute(&mut **tx).await?;
    }
    only_here(tx, id, group, role).await
}

/// A role follows one group: two would take from each other what they gave. Roles are of the whole server, whatever database is entered.
async fn only_here(tx: &mut Tx, id: Uuid, group: GroupId, role: &str) -> Result<()> {
    let others: Vec<(Uuid, String, String)> = sqlx::query_as(
        "select a.id, a.base_url, d.display_name from application_groups g join applications a on a.id = g.application_id \
           and a.deleted_at is null and a.kind = 'postgres' join groups d on d.id = g.group_id \
         where g.gone_at is null and g.role = $3 and (a.id, g.group_id) <> ($1, $2)",
    )
    .bind(id)
    .bind(group.0)
    .bind(role)
    .fetch_all(&mut **tx)
    .await?;
    let here = "select base_url from applications where id = $1";
    let here: String = sqlx::query_scalar(here).bind(id).fetch_one(&mut **tx).await?;
    let server = |base: &str| database::read(base, true).map(|at| (at.host.to_lowercase(), at.port)).ok();
    let other = others.into_iter().find(|(app, base, _)| *app == id || server(base) == server(&here));
    let Some((_, _, name)) = other else { return Ok(()) };
    let text = format!(
        "The group {name} gives this role already, and two would take from each other what they gave. Put one into the other."
    );
    Err(Refusal::new(Code::Taken, text.as_str()).at("role").into())
}

/// Takes the group away: everybody is removed from it there, and whoever has nothing else is treated as the application says.
///
/// # Errors
/// Not for this person, or unknown.
pub async fn remove_application_group(engine: &Engine, ctx: &Ctx, id: Uuid, group: GroupId) -> Result<()> {
    authority::require(ctx, &Action::ManageApplications)?;
    let mut tx = engine.begin().await?;
    let outcome = remove(&mut tx, ctx, id, group).await;
    input::end(engine, ctx, tx, Event::ApplicationGroupRemoved, outcome).await
}

async fn remove(tx: &mut Tx, ctx: &Ctx, id: Uuid, group: GroupId) -> Result<()> {
    let name = input::lock(tx, id).await?;
    allowed(tx, ctx, group).await?;
    let gone = "update application_groups set gone_at = clock() where application_id = $1 and group_id = $2 and gone_at is null";
    if sqlx::query(gone).bind(id).bind(group.0).execute(&mut **tx).await?.rows_affected() == 0 {
        return Err(Error::not_found());
    }
    marks::everybody(tx, id, Some(group.0), "group taken away").await?;
    done(tx, ctx, Event::ApplicationGroupRemoved, group, json!({ "application": id, "name": name })).await
}

/// Deleted groups can be taken away, not assigned: nobody is in one.
async fn allowed(tx: &mut Tx, ctx: &Ctx, group: GroupId) -> Result<()> {
    let sql = "select role_assignable from groups where id = $1";
    let role_assignable: Option<bool> =
        sqlx::query_scalar(sql).bind(group.0).fetch_optional(&mut **tx).await?;
    let role_assignable = role_assignable.ok_or_else(Error::not_found)?;
    if authority::require(ctx, &Action::AssignToApplication { role_assignable }).is_err() {
        let text = "A role-assignable group takes a Privileged Role Administrator besides.";
        return Err(Refusal::new(Code::NotAllowed, text).at("group").into());
    }
    Ok(())
}

async fn done(tx: &mut Tx, ctx: &Ctx, event: Event, group: GroupId, facts: serde_json::Value) -> Result<()> {
    let about = About { group: Some(group), facts: Some(facts), ..About::default() };
    audit::done(tx, &ctx.by(), event, &about).await
}
