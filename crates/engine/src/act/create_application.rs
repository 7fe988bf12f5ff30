//! Connects an application, on from now, without any group.

use crate::audit::{self, About};
use crate::provision::input::{self, COLUMNS, Input};
use crate::{Ctx, Engine, Error, Result, Tx, authority, ids};
use domain::audit::Event;
use domain::authz::Action;
use domain::provision::Kind;
use domain::refusal::{Code, Refusal};
use serde_json::json;
use uuid::Uuid;

/// Connects it and says its id. It takes a fresh code: names and access leave the house by it.
///
/// # Errors
/// Not for this person; what is wrong with the input, all at once; the code is missing or wrong.
pub async fn create_application(engine: &Engine, ctx: &Ctx, input: &Input, code: &str) -> Result<Uuid> {
    authority::require(ctx, &Action::ManageApplications)?;
    let mut tx = engine.begin().await?;
    let outcome = create(engine, &mut tx, ctx, input, code).await;
    input::end(engine, ctx, tx, Event::ApplicationCreated, outcome).await
}

/// What it is.
fn kind(word: &str) -> Result<Kind, Refusal> {
    let refuse = || Refusal::new(Code::BadInput, "Choose one of these.").at("kind");
    if word.is_empty() { Ok(Kind::default()) } else { Kind::parse(word).ok_or_else(refuse) }
}

async fn create(engine: &Engine, tx: &mut Tx, ctx: &Ctx, input: &Input, code: &str) -> Result<Uuid> {
    let kind = kind(&input.kind)?;
    let judged = input::judge(engine.settings.outbound.rules(), input, kind, true)?;
    input::must_have_been_seen(&input.settings, false)?;
    let token =
        judged.token.ok_or_else(|| Error::Internal("a token that was asked for is missing".into()))?;
    let id = ids::new();
    input::untaken(tx, id, &judged.name).await?;
    let (sealed, shown) = input::sealed(engine, id, &token)?;
    let places: Vec<String> = (4..4 + COLUMNS.len()).map(|place| format!("${place}")).collect();
    let last = 4 + COLUMNS.len();
    let sql = format!(
        "insert into applications (id, name, base_url, {}, token, token_end, made_by, kind) values ($1, $2, $3, {}, ${last}, ${}, ${}, ${})",
        COLUMNS.join(", "),
        places.join(", "),
        last + 1,
        last + 2,
        last + 3
    );
    let made = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(id).bind(&judged.name).bind(&judged.base_url);
    input::bind(made, &input.settings)
        .bind(sealed)
        .bind(shown)
        .bind(ctx.person().0)
        .bind(kind.wire())
        .execute(&mut **tx)
        .await?;
    let subject = format!("application {} at {}", judged.name, judged.base_url);
    let proof = input::confirm(engine, tx, ctx, code, subject).await?;
    let facts = json!({ "application": id, "name": judged.name, "kind": kind.wire(), "address": judged.base_url, "dialect": input.settings.dialect });
    let about = About { facts: Some(facts), proof, ..About::default() };
    audit::done(tx, &ctx.by(), Event::ApplicationCreated, &about).await?;
    Ok(id)
}
