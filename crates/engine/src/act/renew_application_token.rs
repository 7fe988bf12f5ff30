//! Another token for an application. The one before is tried besides for a day, where the new one is not taken yet.

use crate::audit::{self, About};
use crate::provision::{app, health, input};
use crate::{Ctx, Engine, Result, Tx, authority, clock};
use domain::audit::Event;
use domain::authz::Action;
use serde_json::json;
use uuid::Uuid;

/// Changes the token. It takes a fresh code.
///
/// # Errors
/// Not for this person; unknown; the token is none; the code is missing or wrong.
pub async fn renew_application_token(
    engine: &Engine,
    ctx: &Ctx,
    id: Uuid,
    token: &str,
    code: &str,
) -> Result<()> {
    authority::require(ctx, &Action::ManageApplications)?;
    let mut tx = engine.begin().await?;
    let outcome = renew(engine, &mut tx, ctx, id, token, code).await;
    input::end(engine, ctx, tx, Event::ApplicationTokenChanged, outcome).await
}

async fn renew(engine: &Engine, tx: &mut Tx, ctx: &Ctx, id: Uuid, token: &str, code: &str) -> Result<()> {
    let (name, kind) = input::lock_with_kind(tx, id).await?;
    let token = input::token(kind, token)?;
    let (sealed, shown) = input::sealed(engine, id, &token)?;
    let until = clock::now(tx).await? + app::OVERLAP;
    sqlx::query(
        "update applications set old_token = token, old_until = $4, token = $2, token_end = $3 where id = $1",
    )
    .bind(id)
    .bind(sealed)
    .bind(shown)
    .bind(until)
    .execute(&mut **tx)
    .await?;
    health::test_soon(tx, id).await?;
    let proof = input::confirm(engine, tx, ctx, code, format!("new token of application {name}")).await?;
    let facts = Some(json!({ "application": id, "name": name }));
    let about = About { facts, proof, ..About::default() };
    audit::done(tx, &ctx.by(), Event::ApplicationTokenChanged, &about).await
}
