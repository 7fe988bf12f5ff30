//! Deletes a person softly (product.md 4.11): all her access ends now, assigned or activated; what she asked for is
//! closed; her password and factors are gone. For 30 days she can be taken back, with nothing.

use crate::act::closing::{Closing, assignments, requests};
use crate::act::set_person_state;
use crate::audit::spool::surely;
use crate::audit::{self, About};
use crate::db::users;
use crate::settle::settle;
use crate::{Ctx, Engine, Error, Result, authority, clock, guard};
use chrono::{DateTime, Utc};
use domain::assignment::EndReason;
use domain::audit::Event;
use domain::authz::Action;
use domain::details;
use domain::ids::PersonId;
use domain::principal::Source;
use domain::refusal::{Code, Refusal};
use serde_json::json;
use sqlx::PgConnection;

/// What is wanted.
#[derive(Clone, Debug)]
pub struct Input {
    /// Whom.
    pub person: PersonId,
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
/// Not found (or not allowed); she comes from another directory; the reason is too long; nobody would be left to
/// administrate, or to own a role-assignable group.
pub async fn delete_person(engine: &Engine, ctx: &Ctx, input: Input) -> Result<Done> {
    surely(|| once(engine, ctx, &input)).await
}

async fn once(engine: &Engine, ctx: &Ctx, input: &Input) -> Result<Done> {
    let mut tx = engine.begin().await?;
    set_person_state::lock(&mut tx, input.person).await?;
    let now = clock::now(&mut tx).await?;
    let user = users::find(&mut tx, input.person).await?.filter(|user| user.deleted_at.is_none());
    let user = user.ok_or_else(Error::not_found)?;
    let mut about =
        About { principal: Some(input.person.into()), reason: input.reason.clone(), ..About::default() };
    let outcome = attempt(&mut tx, ctx, &user, &mut about, now).await;
    settle(engine, &ctx.by(), tx, Event::PersonDeleted, about, outcome).await
}

async fn attempt(
    conn: &mut PgConnection,
    ctx: &Ctx,
    user: &users::UserRow,
    about: &mut About,
    now: DateTime<Utc>,
) -> Result<Done> {
    let person = PersonId(user.id);
    let facts = authority::person_facts(conn, ctx, person).await?;
    authority::require(ctx, &Action::DeletePerson(facts))?;
    if user.source == Source::OnPremises.wire() {
        let text =
            "This person comes from another directory. Delete them there; until then, disable them here.";
        return Err(Refusal::new(Code::NotAllowed, text).into());
    }
    details::description(&about.reason, "reason")?;
    let watch = guard::watch_person(conn, person).await?;
    let by = ctx.by();
    let closing = Closing { by: &by, of: user.id, now, why: EndReason::PersonDisabled };
    let done = Done {
        requests: closing.close(conn, requests::OF_PERSON, "The person was deleted.").await?,
        assignments: closing.end(conn, assignments::ALL_OF_PERSON).await?,
    };
    set_person_state::end_sessions(conn, person).await?;
    forget_credentials(conn, person).await?;
    sqlx::query("update users set deleted_at = $2 where id = $1")
        .bind(user.id)
        .bind(now)
        .execute(&mut *conn)
        .await?;
    watch.check(conn).await?;
    about.facts = Some(json!({ "assignments": done.assignments, "requests": done.requests }));
    audit::done(conn, &by, Event::PersonDeleted, about).await?;
    Ok(done)
}

/// Whoever comes back sets up password and factor anew, by a link that an administrator hands out.
async fn forget_credentials(conn: &mut PgConnection, person: PersonId) -> Result<()> {
    for statement in [
        "delete from passwords where user_id = $1",
        "delete from totp_factors where user_id = $1",
        "delete from recovery_codes where user_id = $1",
    ] {
        sqlx::query(statement).bind(person.0).execute(&mut *conn).await?;
    }
    Ok(())
}
