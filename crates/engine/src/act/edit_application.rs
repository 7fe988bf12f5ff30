//! Changes an application. Another address takes its token again: else whoever may type an address would learn the token.

use crate::audit::{self, About};
use crate::provision::input::{self, COLUMNS, Input, Judged};
use crate::provision::{health, marks};
use crate::{Ctx, Engine, Error, Result, Tx, authority};
use domain::audit::Event;
use domain::authz::Action;
use domain::provision::Kind;
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

#[derive(sqlx::FromRow)]
struct Before {
    name: String,
    base_url: String,
    version: i32,
    legacy_well: bool,
    kind: String,
    matching: Vec<String>,
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
    let before: Option<Before> = sqlx::query_as(
        "select name, base_url, version, legacy_well, kind, matching from applications where id = $1 and deleted_at is null for no key update",
    )
    .bind(id)
    .fetch_optional(&mut **tx)
    .await?;
    let before = before.ok_or_else(Error::not_found)?;
    if before.version != version {
        let text = "Somebody else changed this application meanwhile. Open the page again and look.";
        return Err(Refusal::new(Code::ChangedMeanwhile, text).into());
    }
    let kind = Kind::parse(&before.kind).ok_or_else(|| Error::inconsistent("applications", id, "kind"))?;
    let judged = input::judge(engine.settings.outbound.rules(), input, kind, false)?;
    let moved = judged.base_url != before.base_url;
    if moved && judged.token.is_none() {
        let text = match kind {
            Kind::Scim => "Another address takes the token again.",
            Kind::Postgres => "Another address takes the password again.",
        };
        return Err(Refusal::new(Code::Missing, text).at("token").into());
    }
    // what was seen at the old address says nothing about the new one
    input::must_have_been_seen(&input.settings, before.legacy_well && !moved)?;
    input::untaken(tx, id, &judged.name).await?;
    let left = if moved { leave(tx, id, input.leave_them).await? } else { 0 };
    if kind == Kind::Postgres && input.settings.matching != before.matching {
        // each login is looked for anew
        let anew = "update application_people k set sent = '' from (select user_id from application_people where application_id = $1 \
             order by user_id for update) o where k.application_id = $1 and k.user_id = o.user_id";
        sqlx::query(anew).bind(id).execute(&mut **tx).await?;
    }
    write(engine, tx, id, input, &judged).await?;
    let subject = format!("application {} at {}", judged.name, judged.base_url);
    let proof = input::confirm(engine, tx, ctx, code, subject).await?;
    marks::everybody(tx, id, None, "application changed").await?;
    let facts = json!({ "application": id, "name": [before.name, "→", judged.name], "address": [before.base_url, "→", judged.base_url],
        "token": if judged.token.is_some() { "changed" } else { "kept" }, "memberships left there": left });
    let about = About { facts: Some(facts), proof, ..About::default() };
    audit::done(tx, &ctx.by(), Event::ApplicationChanged, &about).await
}

async fn write(engine: &Engine, tx: &mut Tx, id: Uuid, input: &Input, judged: &Judged) -> Result<()> {
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
        health::test_soon(tx, id).await?;
    }
    Ok(())
}

/// Another server may know other accounts by the same ids: what is known is of the old one, and is forgotten. Whoever works on somebody
/// at this moment is fenced off. Says how many memberships stay there.
async fn leave(tx: &mut Tx, id: Uuid, leave_them: bool) -> Result<i64> {
    input::hold_all(tx, id).await?;
    let left = "select count(*) from application_members where application_id = $1 and there <> 'no'";
    let left: i64 = sqlx::query_scalar(left).bind(id).fetch_one(&mut **tx).await?;
    if left > 0 && !leave_them {
        let text = format!(
            "{left} memberships would stay at the old address, and nobody would take them away. Take its groups away first, \
             or say that they may."
        );
        return Err(Refusal::new(Code::BadValue, text.as_str()).at("leave_them").into());
    }
    for sql in [
        "delete from application_members where application_id = $1",
        "update application_people set remote_id = null, there = 'no', active = false, sent = '', left_at = null, let_go = false, \
           lease = null, leased_until = null, fence = fence + 1, urgent = false, state = 'pending' where application_id = $1",
        "update application_groups set remote_id = null, remote_name = '', lease = null, leased_until = null, problem = '' \
           where application_id = $1",
        "update applications set write_well = false, legacy_well = false, drift_found = 0, drift_allowed = false, broken_at = null, \
           broken_count = 0, test_says = '', write_says = '', tested_at = null, write_tested_at = null, sweep_lease = null, sweep_after = null, paused_until = null, open_until = null, \
           open_since = null, straight = 0 where id = $1",
    ] {
        sqlx::query(sql).bind(id).execute(&mut **tx).await?;
    }
    Ok(left)
}
