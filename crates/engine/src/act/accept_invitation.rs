//! Using a one-time link: sets the password and goes on to the second factor. Sessions that were open end.

use crate::act::sign_in::{self, SignedIn, Stage};
use crate::audit::{self, About};
use crate::ctx::Via;
use crate::db::{passwords, sessions};
use crate::{Engine, Result, clock, factor, hashing, invitation};
use domain::audit::Event;
use domain::ids::PersonId;
use domain::refusal::{Code, Refusal};
use secrecy::{ExposeSecret, SecretString};

/// What was typed.
#[derive(Clone, Debug, Default)]
pub struct Input {
    /// From the address.
    pub token: String,
    /// New password.
    pub password: SecretString,
    /// The same again.
    pub repeat: SecretString,
}

/// Sets the password of the person the link is for.
///
/// # Errors
/// The link was used, is too old, or was never made; the password is too weak; the two differ.
pub async fn accept_invitation(engine: &Engine, via: &Via, input: Input) -> Result<SignedIn> {
    let mut conn = engine.pool.acquire().await?;
    let invited = invitation::find(&mut conn, &input.token).await?.ok_or_else(used)?;
    drop(conn);
    passwords::same(&input.password, &input.repeat)?;
    let about = [Some(invited.user_name), Some(invited.display_name), invited.mail];
    let about = about.into_iter().flatten().chain([engine.settings.organisation.clone()]).collect();
    hashing::judge(input.password.expose_secret(), about).await?;
    let hash = hashing::password(input.password.expose_secret()).await?;

    let person = PersonId(invited.id);
    let by = sign_in::by(via, Some(person));
    let mut tx = engine.begin().await?;
    if !invitation::use_up(&mut tx, &input.token).await? {
        drop(tx);
        let about = About { principal: Some(person.into()), ..About::default() };
        return Err(audit::refused(engine, &by, Event::PasswordSet, about, used().into()).await);
    }
    passwords::set(&mut tx, person, &hash).await?;
    sessions::end_all(&mut tx, person).await?;
    let about = About { principal: Some(person.into()), ..About::default() };
    audit::done(&mut tx, &by, Event::PasswordSet, &about).await?;
    let stage = if factor::has(&mut tx, person).await? { Stage::Second } else { Stage::Enrol };
    let auth_at = clock::now(&mut tx).await?;
    tx.commit().await?;
    Ok(SignedIn { person, stage, auth_at, mfa_at: None, method: None, device: None })
}

/// Used, too old and never made read the same.
pub fn used() -> Refusal {
    let text = "This link was used or is too old. Ask the person who sent it for a new one.";
    Refusal::new(Code::LinkUsed, text)
}
