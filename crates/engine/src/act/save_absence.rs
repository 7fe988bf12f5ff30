//! Saying that one is away, until when, and who decides on requests meanwhile.

use crate::audit::{self, About};
use crate::db::users;
use crate::proof::{self, Purpose};
use crate::settle::settle;
use crate::{Ctx, Engine, Result, Tx, clock, demand};
use chrono::{DateTime, Utc};
use domain::absence;
use domain::audit::Event;
use domain::ids::PersonId;
use domain::refusal::Refusal;
use serde_json::json;
use uuid::Uuid;

/// What was said.
#[derive(Clone, Debug)]
pub struct Input {
    /// Back then.
    pub until: DateTime<Utc>,
    /// User name of who stands in; empty is nobody.
    pub delegate: String,
    /// A code of the caller's second factor.
    pub code: String,
}

/// The caller is away from now on. What she said before is replaced.
///
/// # Errors
/// The end or the person named won't do; the code is missing or wrong.
pub async fn save_absence(engine: &Engine, ctx: &Ctx, input: Input) -> Result<()> {
    let mut tx = engine.begin().await?;
    let saved = save(engine, &mut tx, ctx, &input).await;
    let about = About { principal: Some(ctx.person().into()), ..About::default() };
    settle(engine, &ctx.by(), tx, Event::AbsenceSaved, about, saved).await
}

async fn save(engine: &Engine, tx: &mut Tx, ctx: &Ctx, input: &Input) -> Result<()> {
    let me = ctx.person();
    let delegate = delegate(tx, me, &input.delegate).await?;
    let now = clock::now(tx).await?;
    // being away lets others decide: who stands in, or those named second. Without a code, whoever finds an open session would choose
    // who does. Before a word about the name: who is here is not told to whoever types names. Refused for another reason, the
    // code is not used up.
    let subject = [format!("{me} is away; stands in: {}", input.delegate.trim())];
    let given = proof::give(engine, tx, ctx, &input.code, Purpose::Approve, &subject).await?;
    if let Some(refusal) = demand::fresh(given.given, now) {
        let mut wrong = absence::check(me, input.until, None, now);
        wrong.push(refusal);
        return Err(wrong.into());
    }
    let proof = given.proofs.first().copied();
    let named = delegate.as_ref().ok().and_then(|found| found.as_ref());
    let mut wrong = absence::check(me, input.until, named, now);
    wrong.extend(delegate.as_ref().err().cloned());
    if !wrong.is_empty() {
        return Err(wrong.into());
    }
    let delegate = named.map(|person| person.id);
    write(tx, me, input.until, delegate, now).await?;
    let facts = json!({ "until": input.until, "delegate": delegate });
    let about = About { principal: Some(me.into()), facts: Some(facts), proof, ..About::default() };
    audit::done(tx, &ctx.by(), Event::AbsenceSaved, &about).await
}

/// Who was named, locked together with the caller, so that neither is disabled meanwhile.
async fn delegate(
    tx: &mut Tx,
    me: PersonId,
    user_name: &str,
) -> Result<std::result::Result<Option<domain::principal::Person>, Refusal>> {
    let found = match user_name.trim() {
        "" => None,
        name => match users::by_user_name(tx, name).await? {
            Some(user) => Some(user),
            None => return Ok(Err(absence::nobody())),
        },
    };
    let mut both: Vec<Uuid> = found.iter().map(|user| user.id).chain([me.0]).collect();
    both.sort_unstable();
    sqlx::query("select from users where id = any ($1) order by id for no key update")
        .bind(&both)
        .execute(&mut **tx)
        .await?;
    let Some(found) = found else { return Ok(Ok(None)) };
    Ok(Ok(users::find(tx, PersonId(found.id)).await?.map(|user| user.person())))
}

async fn write(
    tx: &mut Tx,
    person: PersonId,
    until: DateTime<Utc>,
    delegate: Option<PersonId>,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query(
        "insert into absences as a (person_id, from_at, until, delegate_id) values ($1, $2, $3, $4) \
         on conflict (person_id) do update set from_at = $2, until = excluded.until, delegate_id = excluded.delegate_id",
    )
    .bind(person.0)
    .bind(now)
    .bind(until)
    .bind(delegate.map(|delegate| delegate.0))
    .execute(&mut **tx)
    .await?;
    Ok(())
}
