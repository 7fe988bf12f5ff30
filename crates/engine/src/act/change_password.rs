//! Changing one's own password: the old one, a new one, and a fresh code. All other sessions end.

use crate::act::sign_in::too_many;
use crate::audit::{self, About};
use crate::db::{passwords, sessions, users};
use crate::proof::{self, Purpose};
use crate::throttle::{self, Key};
use crate::{Ctx, Engine, Error, Result, clock, demand, hashing};
use domain::audit::Event;
use domain::refusal::{Code, Refusal};
use secrecy::{ExposeSecret, SecretString};

/// What was typed.
#[derive(Clone, Debug, Default)]
pub struct Input {
    /// The password up to now.
    pub password: SecretString,
    /// The new one.
    pub new: SecretString,
    /// The new one again.
    pub repeat: SecretString,
    /// A code of the second factor.
    pub code: String,
}

/// Changes the caller's password.
///
/// # Errors
/// The old one is wrong; the new one is too weak or typed differently; the code is missing or wrong.
pub async fn change_password(engine: &Engine, ctx: &Ctx, input: Input) -> Result<()> {
    let person = ctx.person();
    let about = About { principal: Some(person.into()), ..About::default() };
    match judge(engine, ctx, &input).await {
        Ok(()) => {}
        Err(Error::Refused(refusals)) => {
            return Err(audit::refused(engine, &ctx.by(), Event::PasswordSet, about, refusals).await);
        }
        Err(error) => return Err(error),
    }
    let hash = hashing::password(input.new.expose_secret()).await?;
    let mut tx = engine.begin().await?;
    let subject = ["new password".to_owned()];
    let given = proof::give(engine, &mut tx, ctx, &input.code, Purpose::FactorChange, &subject).await?;
    let now = clock::now(&mut tx).await?;
    if let Some(refusal) = demand::fresh(given.given, now) {
        drop(tx);
        return Err(audit::refused(engine, &ctx.by(), Event::PasswordSet, about, refusal.into()).await);
    }
    passwords::set(&mut tx, person, &hash).await?;
    sessions::end_others(&mut tx, person, &ctx.session.hash).await?;
    let about = About { proof: given.proofs.first().copied(), ..about };
    audit::done(&mut tx, &ctx.by(), Event::PasswordSet, &about).await?;
    tx.commit().await?;
    Ok(())
}

async fn judge(engine: &Engine, ctx: &Ctx, input: &Input) -> Result<()> {
    let person = ctx.person();
    let mut conn = engine.pool.acquire().await?;
    let user = users::find(&mut conn, person).await?.ok_or_else(Error::not_found)?;
    let kept = passwords::find(&mut conn, person).await?;
    drop(conn);
    // Somebody at an unlocked screen must not guess on: counted for the person, as codes are.
    let key = Key::device(person, "password change");
    let counted = throttle::count(&engine.aside, &[key]).await?.map_err(too_many)?;
    if !hashing::matches(input.password.expose_secret(), kept.as_deref()).await? {
        return Err(Refusal::new(Code::SignInFailed, "This is not your password.").at("password").into());
    }
    counted.right(&engine.aside).await?;
    passwords::same(&input.new, &input.repeat)?;
    let about = [Some(user.user_name), Some(user.display_name), user.mail];
    let about = about.into_iter().flatten().chain([engine.settings.organisation.clone()]).collect();
    hashing::judge(input.new.expose_secret(), about).await.map_err(|error| match error {
        Error::Refused(refusals) => {
            Error::Refused(refusals.into_iter().map(|refusal| refusal.at("new_password")).collect())
        }
        error => error,
    })
}
