//! Takes a deleted group back within 30 days, empty: what ended with it stays ended (product.md 4.11).

use crate::audit::{self, About};
use crate::db::groups;
use crate::settle::settle;
use crate::{Ctx, Engine, Error, Result, authority, clock};
use chrono::{DateTime, Utc};
use domain::audit::Event;
use domain::authz::Action;
use domain::deletion;
use domain::group::room_for_role_assignable;
use domain::ids::GroupId;
use sqlx::PgConnection;
use uuid::Uuid;

/// Restores the group with this key and gives its name.
///
/// # Errors
/// Not found (or not allowed, or not deleted); deleted too long ago; there are 500 role-assignable groups without it.
pub async fn restore_group(engine: &Engine, ctx: &Ctx, key: &str) -> Result<String> {
    let mut tx = engine.begin().await?;
    let row: Option<(Uuid, String, bool, DateTime<Utc>)> = sqlx::query_as(
        "select id, display_name, role_assignable, deleted_at from groups \
         where key = $1 and deleted_at is not null for no key update",
    )
    .bind(key)
    .fetch_optional(&mut *tx)
    .await?;
    let (id, name, role_assignable, deleted_at) = row.ok_or_else(Error::not_found)?;
    let about = About { group: Some(GroupId(id)), ..About::default() };
    let outcome = attempt(&mut tx, ctx, role_assignable, deleted_at, &about).await;
    settle(engine, &ctx.by(), tx, Event::GroupRestored, about, outcome.map(|()| name)).await
}

async fn attempt(
    conn: &mut PgConnection,
    ctx: &Ctx,
    role_assignable: bool,
    deleted_at: DateTime<Utc>,
    about: &About,
) -> Result<()> {
    authority::require(ctx, &Action::RestoreGroup { role_assignable })?;
    deletion::restorable(deleted_at, clock::now(conn).await?)?;
    if role_assignable {
        room_for_role_assignable(groups::count_role_assignable(conn).await?)?;
    }
    sqlx::query("update groups set deleted_at = null where id = $1")
        .bind(about.group.map(|group| group.0))
        .execute(&mut *conn)
        .await?;
    audit::done(conn, &ctx.by(), Event::GroupRestored, about).await
}
