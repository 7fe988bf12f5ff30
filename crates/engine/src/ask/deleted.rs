//! Groups and people that were deleted in the last 30 days and can be taken back.

use crate::{Ctx, Engine, Error, Result};
use chrono::{DateTime, Utc};
use domain::authz::{Action, PersonFacts, allows};
use domain::deletion;
use sqlx::PgConnection;

/// Most that a list shows: what goes is newest first.
const MOST: i64 = 200;

/// A deleted group or person.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Row {
    /// Name.
    pub name: String,
    /// Key of a group, user name of a person.
    pub handle: String,
    /// Deleted at.
    pub deleted_at: DateTime<Utc>,
    role_assignable: bool,
}

impl Row {
    /// The first instant at which it can no longer be restored.
    pub fn gone_at(&self) -> DateTime<Utc> {
        deletion::gone_at(self.deleted_at)
    }
}

/// Whether this person can take anybody or anything of this kind back: whether there is a link to the list.
pub fn restores_groups(ctx: &Ctx) -> bool {
    [false, true].into_iter().any(|role_assignable| restores(ctx, role_assignable))
}

/// The same for people.
pub fn restores_people(ctx: &Ctx) -> bool {
    let anybody = PersonFacts { is_self: false, protected: false, known: false };
    allows(&ctx.actor, &Action::DeletePerson(anybody))
}

fn restores(ctx: &Ctx, role_assignable: bool) -> bool {
    allows(&ctx.actor, &Action::RestoreGroup { role_assignable })
}

/// Groups that this person can restore, newest first.
///
/// # Errors
/// Not for this person.
pub async fn groups(engine: &Engine, ctx: &Ctx) -> Result<Vec<Row>> {
    if !restores_groups(ctx) {
        return Err(Error::not_found());
    }
    let rows = load(&mut *engine.pool.acquire().await?, GROUPS, None).await?;
    Ok(rows.into_iter().filter(|row| restores(ctx, row.role_assignable)).collect())
}

/// People who can be restored, newest first.
///
/// # Errors
/// Not for this person.
pub async fn people(engine: &Engine, ctx: &Ctx) -> Result<Vec<Row>> {
    if !restores_people(ctx) {
        return Err(Error::not_found());
    }
    load(&mut *engine.pool.acquire().await?, PEOPLE, None).await
}

/// One group, for the page that asks before restoring it.
///
/// # Errors
/// Unknown, not deleted, gone for good, or not for this person, alike.
pub async fn group(engine: &Engine, ctx: &Ctx, key: &str) -> Result<Row> {
    let found = load(&mut *engine.pool.acquire().await?, GROUPS, Some(key)).await?.pop();
    found.filter(|row| restores(ctx, row.role_assignable)).ok_or_else(Error::not_found)
}

/// One person, for the page that asks before restoring her.
///
/// # Errors
/// Unknown, not deleted, gone for good, or not for this person, alike.
pub async fn person(engine: &Engine, ctx: &Ctx, user_name: &str) -> Result<Row> {
    if !restores_people(ctx) {
        return Err(Error::not_found());
    }
    load(&mut *engine.pool.acquire().await?, PEOPLE, Some(user_name))
        .await?
        .pop()
        .ok_or_else(Error::not_found)
}

const GROUPS: &str = "select display_name as name, key as handle, deleted_at, role_assignable from groups \
    where deleted_at > clock() - $1 and ($2::text is null or key = $2) order by deleted_at desc, id limit $3";
const PEOPLE: &str = "select display_name as name, user_name as handle, deleted_at, false as role_assignable from users \
    where deleted_at > clock() - $1 and ($2::text is null or lower(user_name) = lower($2)) \
    order by deleted_at desc, id limit $3";

async fn load(conn: &mut PgConnection, list: &'static str, handle: Option<&str>) -> Result<Vec<Row>> {
    Ok(sqlx::query_as(list).bind(deletion::RESTORABLE).bind(handle).bind(MOST).fetch_all(conn).await?)
}
