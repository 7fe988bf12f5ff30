//! Tries again now what failed: of one person, or of all. And lets accounts go that were held back.

use crate::audit::{self, About};
use crate::provision::input;
use crate::{Ctx, Engine, Result, authority};
use domain::audit::Event;
use domain::authz::Action;
use domain::ids::PersonId;
use domain::refusal::{Code, Refusal};
use serde_json::json;
use uuid::Uuid;

/// Puts what failed to the front of the queue, and says how many people that are. A pause that the application asked for is kept.
///
/// # Errors
/// Not for this person; unknown; or nothing failed.
pub async fn retry_application(
    engine: &Engine,
    ctx: &Ctx,
    id: Uuid,
    person: Option<PersonId>,
) -> Result<u64> {
    authority::require(ctx, &Action::ManageApplications)?;
    let mut tx = engine.begin().await?;
    let outcome = async {
        let name = input::lock(&mut tx, id).await?;
        let again = "update application_people k set due_at = clock(), attempts = 0, state = 'pending' from ( \
               select user_id from application_people where application_id = $1 and (user_id = $2 or ($2 is null and state = 'failed')) \
                 and (due_at is not null or state = 'failed') order by user_id for update) o \
             where k.application_id = $1 and k.user_id = o.user_id";
        let again = sqlx::query(again).bind(id).bind(person.map(|id| id.0)).execute(&mut *tx).await?.rows_affected();
        if again == 0 {
            let text = "Nothing failed: what waits is tried by itself.";
            return Err(Refusal::new(Code::AlreadyClosed, text).into());
        }
        let open = "update applications set open_until = null where id = $1";
        sqlx::query(open).bind(id).execute(&mut *tx).await?;
        let facts = Some(json!({ "application": id, "name": name, "people": again }));
        let about = About { principal: person.map(Into::into), facts, ..About::default() };
        audit::done(&mut tx, &ctx.by(), Event::ApplicationRetried, &about).await?;
        Ok(again)
    }
    .await;
    input::end(engine, ctx, tx, Event::ApplicationRetried, outcome).await
}

/// Lets the accounts go that were held back, and members that a sweep found; it counts anew from now.
///
/// # Errors
/// Not for this person; unknown; or nothing is held back.
pub async fn allow_departures(engine: &Engine, ctx: &Ctx, id: Uuid) -> Result<u64> {
    authority::require(ctx, &Action::ManageApplications)?;
    let mut tx = engine.begin().await?;
    let outcome = async {
        let name = input::lock(&mut tx, id).await?;
        let allow = "update applications set broken_at = null, broken_count = 0, allowed_at = clock(), \
             drift_allowed = drift_found > 0, \
             swept_at = case when drift_found > 0 then made_at - interval '1 day' else swept_at end where id = $1 and broken_at is not null";
        if sqlx::query(allow).bind(id).execute(&mut *tx).await?.rows_affected() == 0 {
            return Err(Refusal::new(Code::AlreadyClosed, "Nothing is held back.").into());
        }
        // whoever was shown to somebody who looked, and nobody else
        let go = "update application_people k set let_go = true, state = 'pending', due_at = clock() from ( \
               select user_id from application_people where application_id = $1 and state = 'blocked' and due_at is null \
               order by user_id for update) o where k.application_id = $1 and k.user_id = o.user_id";
        let held = sqlx::query(go).bind(id).execute(&mut *tx).await?.rows_affected();
        let facts = Some(json!({ "application": id, "name": name, "accounts": held }));
        let about = About { facts, ..About::default() };
        audit::done(&mut tx, &ctx.by(), Event::DepartureAllowed, &about).await?;
        Ok(held)
    }
    .await;
    input::end(engine, ctx, tx, Event::DepartureAllowed, outcome).await
}
