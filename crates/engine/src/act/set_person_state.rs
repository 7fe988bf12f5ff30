//! Disables or enables a person. Disabling ends what she switched on, closes what she asked for and signs her out, all
//! at once; what was assigned to her stays written and works for nobody while she is disabled.

use crate::act::closing::{Closing, assignments, requests};
use crate::audit::spool::surely;
use crate::audit::{self, About};
use crate::ctx::By;
use crate::db::users;
use crate::settle::settle;
use crate::{Ctx, Engine, Error, Result, authority, clock, guard};
use chrono::{DateTime, Utc};
use domain::assignment::EndReason;
use domain::audit::Event;
use domain::authz::Action;
use domain::ids::PersonId;
use domain::refusal::{Code, Refusal};
use serde_json::json;
use sqlx::PgConnection;

/// What is wanted.
#[derive(Clone, Debug)]
pub struct Input {
    /// Whom.
    pub person: PersonId,
    /// Enabled or not.
    pub enabled: bool,
    /// Why, for the audit.
    pub reason: String,
}

/// What came with it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Done {
    /// Activations that ended.
    pub activations: u64,
    /// Requests that were closed.
    pub requests: u64,
    /// Sessions that ended.
    pub sessions: u64,
}

/// Disables or enables.
///
/// # Errors
/// Not found (or not allowed); nothing would change; nobody would be left to administrate, or to own a role-assignable
/// group; the reason is too long.
pub async fn set_person_state(engine: &Engine, ctx: &Ctx, input: Input) -> Result<Done> {
    if input.enabled {
        return once(engine, ctx, &input).await;
    }
    surely(|| once(engine, ctx, &input)).await
}

async fn once(engine: &Engine, ctx: &Ctx, input: &Input) -> Result<Done> {
    let mut tx = engine.begin().await?;
    lock(&mut tx, input.person).await?;
    let now = clock::now(&mut tx).await?;
    let user = users::find(&mut tx, input.person).await?.filter(|user| user.deleted_at.is_none());
    let user = user.ok_or_else(Error::not_found)?;
    let event = event(input.enabled);
    let about =
        About { principal: Some(input.person.into()), reason: input.reason.clone(), ..About::default() };
    let outcome = attempt(&mut tx, ctx, &user, input, now).await;
    settle(engine, &ctx.by(), tx, event, about, outcome).await
}

async fn attempt(
    conn: &mut PgConnection,
    ctx: &Ctx,
    user: &users::UserRow,
    input: &Input,
    now: DateTime<Utc>,
) -> Result<Done> {
    let facts = authority::person_facts(conn, ctx, input.person).await?;
    authority::require(ctx, &Action::DisablePerson(facts))?;
    let mut unmet: Vec<Refusal> =
        domain::details::description(&input.reason, "reason").err().into_iter().collect();
    if user.enabled == input.enabled {
        let text = if input.enabled { "Already enabled." } else { "Already disabled." };
        unmet.push(Refusal::new(Code::NothingChanged, text));
    }
    if !unmet.is_empty() {
        return Err(unmet.into());
    }
    let watch = guard::watch_person(conn, input.person).await?;
    let done = write(conn, &ctx.by(), input, now).await?;
    watch.check(conn).await?;
    Ok(done)
}

fn event(enabled: bool) -> Event {
    if enabled { Event::PersonEnabled } else { Event::PersonDisabled }
}

/// Locks everything of a person that disabling touches: her slots, then her own row, then slots that were made while
/// we waited. An activation in flight either is seen and ended, or waits and then reads that she is disabled.
///
/// # Errors
/// The database can't be reached.
pub async fn lock(conn: &mut PgConnection, person: PersonId) -> Result<()> {
    let slots = "select 1 from slots where principal_id = $1 order by target_id for update";
    sqlx::query(slots).bind(person.0).execute(&mut *conn).await?;
    // a new slot refers to this row and so waits for us
    sqlx::query("select 1 from principals where id = $1 for update")
        .bind(person.0)
        .execute(&mut *conn)
        .await?;
    sqlx::query(slots).bind(person.0).execute(conn).await?;
    Ok(())
}

/// Writes the state and everything that follows from it, with its audit. The caller has [`lock`]ed, has decided, and
/// has read `now` since.
///
/// # Errors
/// The database can't be reached.
pub async fn write(conn: &mut PgConnection, by: &By, input: &Input, now: DateTime<Utc>) -> Result<Done> {
    sqlx::query("update users set enabled = $2 where id = $1")
        .bind(input.person.0)
        .bind(input.enabled)
        .execute(&mut *conn)
        .await?;
    let done = if input.enabled { Done::default() } else { stop(conn, by, input.person, now).await? };
    let about = About {
        principal: Some(input.person.into()),
        reason: input.reason.clone(),
        facts: Some(json!({
            "activations": done.activations, "requests": done.requests, "sessions": done.sessions
        })),
        ..About::default()
    };
    audit::done(conn, by, event(input.enabled), &about).await?;
    Ok(done)
}

async fn stop(conn: &mut PgConnection, by: &By, person: PersonId, now: DateTime<Utc>) -> Result<Done> {
    let closing = Closing { by, of: person.0, now, why: EndReason::PersonDisabled };
    Ok(Done {
        requests: closing.close(conn, requests::OF_PERSON, "The person was disabled.").await?,
        activations: closing.end(conn, assignments::ON).await?,
        sessions: end_sessions(conn, person).await?,
    })
}

/// Signs her out everywhere and lets no link that is out lead back in.
pub(super) async fn end_sessions(conn: &mut PgConnection, person: PersonId) -> Result<u64> {
    let ended =
        sqlx::query("delete from sessions where user_id = $1").bind(person.0).execute(&mut *conn).await?;
    // a sign-in link that is still out would be a way back in
    sqlx::query("delete from invitations where user_id = $1 and used_at is null")
        .bind(person.0)
        .execute(conn)
        .await?;
    Ok(ended.rows_affected())
}
