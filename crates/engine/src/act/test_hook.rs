//! Sends a test now, and says what the receiver answers. It is tried once.

use crate::hook::deliver::{self, Came};
use crate::{Ctx, Engine, Error, Result, authority, ids};
use domain::authz::Action;
use domain::refusal::{Code, Refusal};
use domain::text::Text;
use domain::webhook::choice::TEST;
use uuid::Uuid;

/// Sends, waits for the answer and keeps it in the log; also while the hook is switched off.
///
/// # Errors
/// Not for this person; unknown; or what the receiver said.
pub async fn test_hook(engine: &Engine, ctx: &Ctx, hook: Uuid) -> Result<()> {
    authority::require(ctx, &Action::ManageHooks)?;
    let known = "select exists (select from hooks where id = $1 and deleted_at is null)";
    if !sqlx::query_scalar::<_, bool>(known).bind(hook).fetch_one(&engine.pool).await? {
        return Err(Error::not_found());
    }
    let test = ids::new();
    let due: deliver::Due = sqlx::query_as(
        "insert into hook_deliveries (id, hook_id, kind, attempts, tried_at, lease, leased_until) \
         values ($1, $2, $3, 1, clock(), gen_random_uuid(), clock() + interval '2 minutes') \
         returning id, kind, seq, anchor, attempts, lease",
    )
    .bind(test)
    .bind(hook)
    .bind(TEST)
    .fetch_one(&engine.pool)
    .await?;
    if deliver::one(engine, hook, &due).await? == Came::Taken {
        return Ok(());
    }
    let said: Option<(Option<i32>, String)> =
        sqlx::query_as("select status, problem from hook_deliveries where id = $1")
            .bind(test)
            .fetch_optional(&engine.pool)
            .await?;
    let (status, problem) = said.ok_or_else(Error::not_found)?;
    let answered = status.map(|status| format!("the receiver answered {status}. "));
    let text = Text::say("The test was not taken: ").name(answered.unwrap_or_default() + &problem);
    let log = format!("/admin/webhooks/{hook}/deliveries/{test}");
    Err(Refusal::new(Code::BadValue, text).way("See what came back", log).into())
}
