//! Changes an application. Another address takes its token again: else whoever may type an address would learn the token.

use crate::audit::{self, About};
use crate::provision::input::{self, COLUMNS, Input};
use crate::provision::marks;
use crate::{Ctx, Engine, Error, Result, Tx, authority};
use domain::audit::Event;
use domain::authz::Action;
use domain::refusal::{Code, Refusal};
use serde_json::json;
use uuid::Uuid;

/// Changes the application as it was in this version. It takes a fresh code.
///
/// # Errors
/// Not for this person; unknown; changed meanwhile; what is wrong with the input, all at once; the code is missing or wrong.
pub async fn edit_application(
    engine: &Engine,
    ctx: &Ctx,
    id: Uuid,
    version: i32,
    input: &Input,
    code: &str,
) -> Result<()> {
    authority::require(ctx, &Action::ManageApplications)?;
    let mut tx = engine.begin().await?;
    let outcome = edit(engine, &mut tx, ctx, id, version, input, code).await;
    input::end(engine, ctx, tx, Event::ApplicationChanged, outcome).await
}

async fn edit(
    engine: &Engine,
    tx: &mut Tx,
    ctx: &Ctx,
    id: Uuid,
    version: i32,
    input: &Input,
    code: &str,
) -> Result<()> {
    let before: Option<(String, String, i32, bool, bool)> = sqlx::query_as(
        "select name, base_url, version, write_well, dialect = 'entra-legacy' from applications \
         where id = $1 and deleted_at is null for no key update",
    )
    .bind(id)
    .fetch_optional(&mut **tx)
    .await?;
    let (name, base, then, write_well, legacy) = before.ok_or_else(Error::not_found)?;
    if then != version {
        let text = "Somebody else changed this application meanwhile. Open the page again and look.";
        return Err(Refusal::new(Code::ChangedMeanwhile, text).into());
    }
    let judged = input::judge(engine.settings.outbound.rules(), input, false)?;
    let moved = judged.base_url != base;
    if moved && judged.token.is_none() {
        let text = "Another address takes the token again.";
        return Err(Refusal::new(Code::Missing, text).at("token").into());
    }
    if input.settings.dialect == "entra-legacy" && !legacy && !write_well {
        let text = "An application that reads removals as the standard says would empty the group. Test writing first.";
        return Err(Refusal::new(Code::BadValue, text).at("dialect").into());
    }
    input::untaken(tx, id, &judged.name).await?;
    let sets: Vec<String> =
        COLUMNS.iter().enumerate().map(|(at, column)| format!("{column} = ${}", at + 4)).collect();
    let sql = format!(
        "update applications set name = $2, base_url = $3, {}, version = version + 1, \
           allowed_at = case when breaker_most <> $13 or breaker_per_cent <> $14 then clock() else allowed_at end where id = $1",
        sets.join(", ")
    );
    let changed = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(id).bind(&judged.name).bind(&judged.base_url);
    input::bind(changed, &input.settings).execute(&mut **tx).await?;
    if let Some(token) = &judged.token {
        let (sealed, shown) = input::sealed(engine, id, token)?;
        let sql = "update applications set token = $2, token_end = $3, old_token = null, old_until = null where id = $1";
        sqlx::query(sql).bind(id).bind(sealed).bind(shown).execute(&mut **tx).await?;
    }
    marks::touch_all(tx, id, None, "application changed").await?;
    let subject = format!("application {} at {}", judged.name, judged.base_url);
    let proof = input::confirm(engine, tx, ctx, code, subject).await?;
    let facts = json!({ "application": id, "name": [name, "→", judged.name], "address": [base, "→", judged.base_url],
        "token": if judged.token.is_some() { "changed" } else { "kept" } });
    let about = About { facts: Some(facts), proof, ..About::default() };
    audit::done(tx, &ctx.by(), Event::ApplicationChanged, &about).await
}
