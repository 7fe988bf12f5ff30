//! The sample company of `serve --demo`: Larkfield Energy, with a past of some weeks and something to decide today.
//!
//! Written directly instead of through the use cases, since most of it lies in the past. Only the demo may call
//! [`load`]; everybody in it shares one password that is printed.

mod access;
mod groups;
mod history;
mod open;
mod past;
mod people;
mod personas;
mod policies;
mod review;
mod story;

use crate::act::sign_in::{SignedIn, Stage};
use crate::audit::{self, About};
use crate::ctx::{By, Via};
use crate::factor::Method;
use crate::{Engine, Error, Result, clock, db, totp};
use domain::audit::Event;
use domain::ids::PersonId;
use story::Story;

/// What it is called.
pub const COMPANY: &str = "Larkfield Energy";

/// What every persona signs in with.
pub const PASSWORD: &str = "amber-kettle-walks-north";

/// Somebody to try the product as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Persona {
    /// What she signs in with.
    pub user_name: &'static str,
    /// Name.
    pub name: &'static str,
    /// Who she is here.
    pub who: &'static str,
    /// What to try as her.
    pub try_this: &'static str,
}

/// A persona as she can be signed in now.
#[derive(Clone, Debug)]
pub struct Shown {
    /// Who.
    pub persona: Persona,
    /// Her id.
    pub person: PersonId,
    /// What her authenticator app shows now.
    pub code: Option<String>,
}

/// Everybody worth being, the main job first.
pub fn personas() -> &'static [Persona] {
    personas::PERSONAS
}

/// Makes the company, unless there are people already.
///
/// # Errors
/// The database can't be reached.
pub async fn load(engine: &Engine) -> Result<()> {
    let mut tx = engine.begin().await?;
    // two servers started at once must not both find nobody
    sqlx::query("select pg_advisory_xact_lock(hashtext('pimento demo'))").execute(&mut *tx).await?;
    let anybody: bool = sqlx::query_scalar("select exists (select from users)").fetch_one(&mut *tx).await?;
    if anybody {
        return Ok(());
    }
    let password = crate::hashing::password(PASSWORD).await?;
    let now = clock::now(&mut tx).await?;
    let mut story = Story::new(engine, tx, now);
    people::tell(&mut story, &password).await?;
    groups::tell(&mut story).await?;
    access::tell(&mut story).await?;
    policies::tell(&mut story).await?;
    history::tell(&mut story).await?;
    open::tell(&mut story).await?;
    story.end().await?;
    review::plan(engine).await
}

/// The personas that exist here, with the code each needs now. For the page of the demo alone: a code is the second
/// factor itself.
///
/// # Errors
/// The database can't be reached, or a factor was sealed under another key.
pub async fn shown(engine: &Engine) -> Result<Vec<Shown>> {
    let mut conn = engine.pool.acquire().await?;
    let mut found = Vec::new();
    for persona in personas() {
        if let Some(user) =
            db::users::by_user_name(&mut conn, persona.user_name).await?.filter(|user| user.enabled)
        {
            let person = PersonId(user.id);
            let code = totp::current_code(engine, &mut conn, person).await?;
            found.push(Shown { persona: *persona, person, code });
        }
    }
    Ok(found)
}

/// Signs in as a persona without password and code. For the page of the demo alone.
///
/// # Errors
/// Not found: no persona, or somebody disabled her meanwhile. Or the database can't be reached.
pub async fn enter(engine: &Engine, via: &Via, user_name: &str) -> Result<SignedIn> {
    let persona = personas().iter().find(|persona| persona.user_name == user_name);
    let persona = persona.ok_or_else(Error::not_found)?;
    let mut tx = engine.begin().await?;
    let user = db::users::by_user_name(&mut tx, persona.user_name).await?.filter(|user| user.enabled);
    let person = PersonId(user.ok_or_else(Error::not_found)?.id);
    let auth_at = clock::now(&mut tx).await?;
    let by = By { person: Some(person), via: via.clone(), ..By::default() };
    let facts = Some(serde_json::json!({ "demo": true }));
    let about = About { principal: Some(person.into()), facts, ..About::default() };
    audit::done(&mut tx, &by, Event::SignedIn, &about).await?;
    tx.commit().await?;
    Ok(SignedIn {
        person,
        stage: Stage::Full,
        auth_at,
        mfa_at: Some(auth_at),
        method: Some(Method::Totp),
        device: None,
    })
}

/// What the app of this person shows now, for the bar of the demo.
///
/// # Errors
/// The database can't be reached, or a factor was sealed under another key.
pub async fn code_of(engine: &Engine, person: PersonId) -> Result<Option<String>> {
    let mut conn = engine.pool.acquire().await?;
    totp::current_code(engine, &mut conn, person).await
}
