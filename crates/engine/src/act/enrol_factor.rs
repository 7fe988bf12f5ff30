//! Setting up an authenticator app. What was offered is not kept in the database until a code proves that the app has
//! it: it travels in the form, sealed for the person and for half an hour.

use crate::act::recovery_codes;
use crate::act::sign_in::{self, SignedIn, Stage};
use crate::audit::{self, About};
use crate::ctx::Via;
use crate::db::sessions;
use crate::factor::Method;
use crate::proof::{self, Purpose};
use crate::secret::{Place, base32, open, random, seal};
use crate::{Ctx, Engine, Error, Result, Tx, clock, demand, device, totp};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use domain::audit::Event;
use domain::ids::PersonId;
use domain::refusal::{Code, Refusal};

/// What an authenticator app needs.
#[derive(Clone, Debug)]
pub struct Offer {
    /// For the QR code.
    pub uri: String,
    /// The same as text, in groups of four characters.
    pub key: String,
    /// For the hidden field of the form.
    pub sealed: String,
}

/// Somebody who has just set up the first factor, and is in.
#[derive(Clone, Debug)]
pub struct Enrolled {
    /// For the session.
    pub signed_in: SignedIn,
    /// Recovery codes, to be shown once.
    pub codes: Vec<String>,
}

/// Offers a new secret.
///
/// # Errors
/// The person is unknown, or the database can't be reached.
pub async fn begin(engine: &Engine, person: PersonId) -> Result<Offer> {
    let mut conn = engine.pool.acquire().await?;
    let now = clock::now(&mut conn).await?;
    let secret = random::<{ totp::SECRET }>()?;
    let open = [&now.timestamp().to_be_bytes()[..], &secret[..]].concat();
    let sealed = seal(&engine.settings, place(&person.to_string()), &open)?;
    offer(engine, person, &secret, URL_SAFE_NO_PAD.encode(sealed)).await
}

/// The offer that a refused form carried, so that the app need not be set up again; a new one when it is too old.
///
/// # Errors
/// As [`begin`].
pub async fn again(engine: &Engine, person: PersonId, sealed: &str) -> Result<Offer> {
    let mut conn = engine.pool.acquire().await?;
    let now = clock::now(&mut conn).await?;
    drop(conn);
    match unseal(engine, person, sealed, now) {
        Ok(secret) => offer(engine, person, &secret, sealed.to_owned()).await,
        Err(_) => begin(engine, person).await,
    }
}

async fn offer(engine: &Engine, person: PersonId, secret: &[u8], sealed: String) -> Result<Offer> {
    let user_name: Option<String> = sqlx::query_scalar("select user_name from users where id = $1")
        .bind(person.0)
        .fetch_optional(&engine.pool)
        .await?;
    let user_name = user_name.ok_or_else(Error::not_found)?;
    let uri = totp::uri(&engine.settings.organisation, &user_name, secret);
    Ok(Offer { uri, key: base32(secret), sealed })
}

/// Sets up the first factor at sign-in, for the person whose password was right in this session, and signs her in.
/// The confirming code is used up: it does not sign in a second time.
///
/// # Errors
/// The code does not match; the offer is too old; she has a factor already, and then the way in is that one.
pub async fn first(
    engine: &Engine,
    via: &Via,
    person: PersonId,
    sealed: &str,
    code: &str,
) -> Result<Enrolled> {
    let by = sign_in::by(via, Some(person));
    let about = About { principal: Some(person.into()), ..About::default() };
    let codes = recovery_codes::fresh(&engine.settings, person).await?;
    let mut tx = engine.begin().await?;
    let enabled: Option<bool> =
        sqlx::query_scalar("select enabled from users where id = $1 and deleted_at is null for update")
            .bind(person.0)
            .fetch_optional(&mut *tx)
            .await?;
    let now = clock::now(&mut tx).await?;
    let judged = confirm(engine, person, sealed, code, now);
    let has = crate::factor::has(&mut tx, person).await?;
    let (secret, step) = match judged {
        Ok(proved) if enabled == Some(true) && !has => proved,
        Ok(_) => return Err(Refusal::new(Code::SignedOut, "Sign in again.").into()),
        Err(Error::Refused(refusals)) => {
            drop(tx);
            return Err(audit::refused(engine, &by, Event::FactorAdded, about, refusals).await);
        }
        Err(error) => return Err(error),
    };
    write(engine, &mut tx, person, &secret, step).await?;
    recovery_codes::keep(&mut tx, person, &codes).await?;
    audit::done(&mut tx, &by, Event::FactorAdded, &about).await?;
    audit::done(&mut tx, &by, Event::RecoveryCodesMade, &about).await?;
    sign_in::signed_in(&mut tx, via, person, Method::Totp).await?;
    let device = Some(device::make(&engine.settings, person)?);
    tx.commit().await?;
    let (stage, method) = (Stage::Full, Some(Method::Totp));
    let signed_in = SignedIn { person, stage, auth_at: now, mfa_at: Some(now), method, device };
    Ok(Enrolled { signed_in, codes: codes.codes })
}

/// Replaces the caller's factor by a new one. `proof_code` is of the old app, or a recovery code; all other sessions
/// end.
///
/// # Errors
/// Either code is wrong; the offer is too old.
pub async fn replace(engine: &Engine, ctx: &Ctx, sealed: &str, code: &str, proof_code: &str) -> Result<()> {
    let person = ctx.person();
    let about = About { principal: Some(person.into()), ..About::default() };
    let mut tx = engine.begin().await?;
    let now = clock::now(&mut tx).await?;
    let (secret, step) = match confirm(engine, person, sealed, code, now) {
        Ok(proved) => proved,
        Err(Error::Refused(refusals)) => {
            drop(tx);
            return Err(audit::refused(engine, &ctx.by(), Event::FactorAdded, about, refusals).await);
        }
        Err(error) => return Err(error),
    };
    let subject = ["new authenticator app".to_owned()];
    let given = proof::give(engine, &mut tx, ctx, proof_code, Purpose::FactorChange, &subject).await?;
    if let Some(refusal) = demand::fresh(given.given, now) {
        drop(tx);
        let refusal = refusal.at("proof_code");
        return Err(audit::refused(engine, &ctx.by(), Event::FactorAdded, about, refusal.into()).await);
    }
    write(engine, &mut tx, person, &secret, step).await?;
    sessions::end_others(&mut tx, person, &ctx.session.hash).await?;
    let about = About { proof: given.proofs.first().copied(), ..about };
    audit::done(&mut tx, &ctx.by(), Event::FactorAdded, &about).await?;
    tx.commit().await?;
    Ok(())
}

/// The secret of the offer, with the step of the code that proves the app has it.
fn confirm(
    engine: &Engine,
    person: PersonId,
    sealed: &str,
    code: &str,
    now: DateTime<Utc>,
) -> Result<(Vec<u8>, i64)> {
    let secret = unseal(engine, person, sealed, now)?;
    let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    if code.is_empty() {
        return Err(sign_in::missing().into());
    }
    let step = totp::step(&secret, &code, 0, now)?.ok_or_else(wrong)?;
    Ok((secret, step))
}

fn unseal(engine: &Engine, person: PersonId, sealed: &str, now: DateTime<Utc>) -> Result<Vec<u8>> {
    let bytes = URL_SAFE_NO_PAD.decode(sealed).map_err(|_| too_old())?;
    let bytes = open(&engine.settings, place(&person.to_string()), &bytes).map_err(|_| too_old())?;
    let (made, secret) = bytes.split_first_chunk::<8>().ok_or_else(too_old)?;
    let age = now - DateTime::from_timestamp(i64::from_be_bytes(*made), 0).ok_or_else(too_old)?;
    if age > TimeDelta::minutes(30) {
        return Err(too_old().into());
    }
    Ok(secret.to_vec())
}

async fn write(engine: &Engine, tx: &mut Tx, person: PersonId, secret: &[u8], step: i64) -> Result<()> {
    let sealed = seal(&engine.settings, totp::place(&person.to_string()), secret)?;
    sqlx::query(
        "insert into totp_factors (user_id, secret, last_step, confirmed_at) values ($1, $2, $3, clock()) \
         on conflict (user_id) do update \
         set secret = excluded.secret, last_step = excluded.last_step, confirmed_at = excluded.confirmed_at, \
             created_at = excluded.confirmed_at",
    )
    .bind(person.0)
    .bind(sealed)
    .bind(step)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

fn place(person: &str) -> Place<'_> {
    Place { table: "enrolment", row: person, column: "secret" }
}

fn wrong() -> Refusal {
    let text =
        "This code does not match. Check that the clock of your phone is right, then enter the newest code.";
    Refusal::new(Code::ProofWrong, text).at("code")
}

fn too_old() -> Refusal {
    Refusal::new(
        Code::BadInput,
        "This page was open for too long. Set the app up with the new QR code below.",
    )
    .at("code")
}
