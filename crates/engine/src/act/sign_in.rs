//! Signing in: first the password, then the second factor. Only the second step makes a session with rights.
//!
//! Unknown, disabled and wrong read the same and cost the same (security.md 6.3). A try that has to wait is not
//! audited: the failures that led to the wait are, and knocking must not fill the audit.

use crate::audit::{self, About};
use crate::ctx::{By, Via};
use crate::factor::{self, Checked, Method};
use crate::throttle::{self, Key};
use crate::{Engine, Error, Result, clock, device, hashing};
use chrono::{DateTime, Utc};
use domain::audit::Event;
use domain::ids::PersonId;
use domain::refusal::{Code, Refusal};
use domain::text::Text;
use serde_json::json;
use uuid::Uuid;

/// What was typed at the first step.
#[derive(Clone, Debug, Default)]
pub struct Password {
    /// User name.
    pub user_name: String,
    /// Password.
    pub password: secrecy::SecretString,
    /// The device cookie that the browser sent.
    pub device: Option<String>,
}

/// How far somebody has got.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stage {
    /// The password was right, the code is pending. No rights at all.
    Second,
    /// The password was right, and there is no factor yet: one must be set up. No rights at all.
    Enrol,
    /// Signed in.
    Full,
}

/// What the server puts into the session, after giving it a new id.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// Who.
    pub person: PersonId,
    /// How far.
    pub stage: Stage,
    /// When this step was done.
    pub auth_at: DateTime<Utc>,
    /// When the second factor was given.
    pub mfa_at: Option<DateTime<Utc>>,
    /// With which factor; with [`Stage::Full`] always there.
    pub method: Option<Method>,
    /// A new device cookie for the browser to keep, if it did not send a good one.
    pub device: Option<String>,
}

/// The first step.
///
/// # Errors
/// The pair does not match an enabled person; too many tries; busy.
pub async fn password(engine: &Engine, via: &Via, input: Password) -> Result<SignedIn> {
    use secrecy::ExposeSecret;
    let found = find(engine, &input.user_name).await?;
    let known = |found: &Found| {
        let device = device::known(&engine.settings, found.person(), input.device.as_deref()?)?;
        Some(Key::device(found.person(), &device))
    };
    let keys = match found.as_ref().and_then(known) {
        Some(device) => vec![device],
        None => vec![
            Key::pair(&engine.settings, &input.user_name, &via.ip),
            Key::account(&engine.settings, &input.user_name),
            Key::address(&via.ip),
        ],
    };
    let counted = throttle::count(&engine.aside, &keys).await?.map_err(too_many)?;
    let kept = found.as_ref().and_then(|found| found.hash.as_deref());
    let right = hashing::matches(input.password.expose_secret(), kept).await?;
    let Some(found) = found.filter(|found| right && found.enabled) else {
        return Err(refuse(engine, via, None, no_match()).await);
    };
    counted.right(&engine.aside).await?;
    let mut conn = engine.pool.acquire().await?;
    let stage = if factor::has(&mut conn, found.person()).await? { Stage::Second } else { Stage::Enrol };
    let auth_at = clock::now(&mut conn).await?;
    Ok(SignedIn { person: found.person(), stage, auth_at, mfa_at: None, method: None, device: None })
}

/// The second step, for the person whose password was right in this session.
///
/// # Errors
/// The code is wrong or was used before; too many tries; the person was disabled meanwhile.
pub async fn second(
    engine: &Engine,
    via: &Via,
    person: PersonId,
    code: &str,
    cookie: Option<&str>,
) -> Result<SignedIn> {
    let known = cookie.and_then(|cookie| device::known(&engine.settings, person, cookie));
    let mut tx = engine.begin().await?;
    let enabled: Option<bool> =
        sqlx::query_scalar("select enabled from users where id = $1 and deleted_at is null for share")
            .bind(person.0)
            .fetch_optional(&mut *tx)
            .await?;
    if enabled != Some(true) {
        drop(tx);
        return Err(refuse(engine, via, Some(person), signed_out()).await);
    }
    let checked = factor::check(engine, &mut tx, person, code, Key::code(person, known.as_deref())).await?;
    let (at, method) = match checked {
        Checked::Right { at, method } => (at, method),
        Checked::Missing => return Err(missing().into()),
        Checked::Locked { until } => return Err(too_many(until)),
        Checked::NoFactor => return Err(signed_out().into()),
        Checked::Wrong => {
            drop(tx);
            return Err(refuse(engine, via, Some(person), wrong_code()).await);
        }
    };
    signed_in(&mut tx, via, person, method).await?;
    let device = if known.is_some() { None } else { Some(device::make(&engine.settings, person)?) };
    tx.commit().await?;
    Ok(SignedIn { person, stage: Stage::Full, auth_at: at, mfa_at: Some(at), method: Some(method), device })
}

/// Writes that somebody is in.
pub(crate) async fn signed_in(tx: &mut crate::Tx, via: &Via, person: PersonId, method: Method) -> Result<()> {
    let by = by(via, Some(person));
    if method == Method::RecoveryCode {
        audit::done(tx, &by, Event::RecoveryCodeUsed, &about(Some(person))).await?;
    }
    let facts = Some(json!({ "factor": method.wire() }));
    audit::done(tx, &by, Event::SignedIn, &About { facts, ..about(Some(person)) }).await
}

#[derive(sqlx::FromRow)]
struct Found {
    id: Uuid,
    enabled: bool,
    hash: Option<String>,
}

impl Found {
    fn person(&self) -> PersonId {
        PersonId(self.id)
    }
}

async fn find(engine: &Engine, user_name: &str) -> Result<Option<Found>> {
    let found = sqlx::query_as(
        "select u.id, u.enabled, p.hash from users u left join passwords p on p.user_id = u.id \
         where lower(u.user_name) = lower($1) and u.deleted_at is null",
    )
    .bind(user_name.trim())
    .fetch_optional(&engine.pool)
    .await?;
    Ok(found)
}

/// Nobody is named as the one who did it: whoever it was has not shown who she is.
async fn refuse(engine: &Engine, via: &Via, person: Option<PersonId>, refusal: Refusal) -> Error {
    audit::refused(engine, &by(via, None), Event::SignInRefused, about(person), refusal.into()).await
}

pub(crate) fn by(via: &Via, person: Option<PersonId>) -> By {
    By { person, session_hash: Vec::new(), via: via.clone() }
}

fn about(person: Option<PersonId>) -> About {
    About { principal: person.map(Into::into), ..About::default() }
}

fn no_match() -> Refusal {
    let text = "This user name and password do not match an account that can sign in here.";
    Refusal::new(Code::SignInFailed, text)
}

pub(crate) fn wrong_code() -> Refusal {
    let text =
        "This code does not match or was already used. Wait for the next one, at most 30\u{a0}seconds.";
    Refusal::new(Code::ProofWrong, text).at("code")
}

pub(crate) fn missing() -> Refusal {
    Refusal::new(Code::Missing, "Enter the code.").at("code")
}

fn signed_out() -> Refusal {
    Refusal::new(Code::SignedOut, "Sign in again.").way("Sign in", "/sign-in")
}

pub(crate) fn too_many(until: DateTime<Utc>) -> Error {
    let text = Text::say("Too many tries. Again from ").at(until).then(".");
    Refusal::new(Code::TooManyTries, text).into()
}
