//! Takes a deleted person back within 30 days: her name and details, none of her access, no password (product.md 4.11).

use crate::audit::{self, About};
use crate::settle::settle;
use crate::{Ctx, Engine, Error, Result, authority, clock};
use chrono::{DateTime, Utc};
use domain::audit::Event;
use domain::authz::Action;
use domain::deletion;
use domain::ids::PersonId;
use sqlx::PgConnection;
use uuid::Uuid;

/// Restores the person with this user name and gives her name.
///
/// # Errors
/// Not found (or not allowed, or not deleted); deleted too long ago.
pub async fn restore_person(engine: &Engine, ctx: &Ctx, user_name: &str) -> Result<String> {
    let mut tx = engine.begin().await?;
    let row: Option<(Uuid, String, DateTime<Utc>)> = sqlx::query_as(
        "select id, display_name, deleted_at from users \
         where lower(user_name) = lower($1) and deleted_at is not null for no key update",
    )
    .bind(user_name)
    .fetch_optional(&mut *tx)
    .await?;
    let (id, name, deleted_at) = row.ok_or_else(Error::not_found)?;
    let about = About { principal: Some(PersonId(id).into()), ..About::default() };
    let outcome = attempt(&mut tx, ctx, PersonId(id), deleted_at, &about).await;
    settle(engine, &ctx.by(), tx, Event::PersonRestored, about, outcome.map(|()| name)).await
}

async fn attempt(
    conn: &mut PgConnection,
    ctx: &Ctx,
    person: PersonId,
    deleted_at: DateTime<Utc>,
    about: &About,
) -> Result<()> {
    let facts = authority::person_facts(conn, ctx, person).await?;
    authority::require(ctx, &Action::DeletePerson(facts))?;
    deletion::restorable(deleted_at, clock::now(conn).await?)?;
    sqlx::query("update users set deleted_at = null where id = $1")
        .bind(person.0)
        .execute(&mut *conn)
        .await?;
    audit::done(conn, &ctx.by(), Event::PersonRestored, about).await
}
