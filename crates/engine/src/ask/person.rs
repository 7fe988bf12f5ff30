//! A person: what she can reach and why, what she asked for, and what the viewer may do about her.

pub(super) mod reach;
mod requests;

pub use reach::{How, Reach, What};
pub use requests::Asked;

use crate::ask::absence::{self, Absences};
use crate::ask::effective_members::passed;
use crate::ask::look_alike;
use crate::ask::who::Who;
use crate::audit::seals;
use crate::db::users::{self, UserRow};
use crate::nesting::When;
use crate::{Ctx, Engine, Error, Result, authority};
use chrono::{DateTime, Utc};
use domain::authz::{Action, PersonFacts, allows};
use domain::ids::PersonId;
use domain::principal::{Source, UserType};
use domain::risk;
use sqlx::PgConnection;

/// The page.
#[derive(Clone, Debug)]
pub struct PersonPage {
    /// Who.
    pub who: Who,
    /// Address for mail.
    pub mail: Option<String>,
    /// Job.
    pub job_title: Option<String>,
    /// Invited from outside.
    pub guest: bool,
    /// Mastered elsewhere.
    pub on_premises: bool,
    /// May sign in and act.
    pub enabled: bool,
    /// Known since.
    pub created_at: DateTime<Utc>,
    /// Others whose name looks the same, and whether the viewer may see their page.
    pub look_alikes: Vec<(Who, bool)>,
    /// The name mixes scripts or holds what nobody sees.
    pub odd_name: bool,
    /// Whether she is away, and for whom she stands in; nothing for a viewer who knows her from requests only.
    pub absences: Absences,
    /// What she can reach, on first; `None` for a viewer who knows her from requests only.
    pub reach: Option<Vec<Reach>>,
    /// What she asked for lately, as far as the viewer may know.
    pub asked: Vec<Asked>,
    /// How she can sign in, for those who may reset it and for herself.
    pub sign_in: Option<SignIn>,
    /// What the viewer may do.
    pub may: May,
    /// What the viewer may do to others she may not do to her: she holds administrative power now.
    pub protected: bool,
}

/// How a person can sign in: kinds, never secrets.
#[derive(Clone, Copy, Debug, sqlx::FromRow)]
pub struct SignIn {
    /// Has a password.
    pub password: bool,
    /// Set up an authenticator then.
    pub authenticator: Option<DateTime<Utc>>,
    /// Recovery codes left.
    pub recovery_codes: i64,
    /// Signed in, so many times.
    pub sessions: i64,
    /// Seen last in one of them.
    pub last_seen: Option<DateTime<Utc>>,
}

/// What the viewer may do about her.
#[derive(Clone, Copy, Debug, Default)]
pub struct May {
    /// Change her details.
    pub edit: bool,
    /// Disable or enable her.
    pub disable: bool,
    /// Delete her.
    pub delete: bool,
    /// Make a sign-in link, reset her factors.
    pub reset: bool,
    /// Read the audit about her.
    pub audit: bool,
}

/// Loads the page of the person with this user name.
///
/// # Errors
/// Unknown or not for this viewer, alike.
pub async fn person(engine: &Engine, ctx: &Ctx, user_name: &str) -> Result<PersonPage> {
    let mut conn = engine.pool.acquire().await?;
    let user = users::by_user_name(&mut conn, user_name).await?.ok_or_else(Error::not_found)?;
    let id = PersonId(user.id);
    let facts = authority::person_facts(&mut conn, ctx, id).await?;
    authority::require(ctx, &Action::SeePerson(facts))?;
    let may = |action| allows(&ctx.actor, &action);
    let all = facts.is_self || may(Action::ListPeople);
    let reset = may(Action::ResetCredentials(facts));
    let unprotected = PersonFacts { protected: false, ..facts };
    let protected = !reset && !facts.is_self && may(Action::ResetCredentials(unprotected));
    Ok(PersonPage {
        protected,
        look_alikes: look_alikes(&mut conn, ctx, &user).await?,
        odd_name: risk::has_hidden_or_mixed(&user.display_name),
        absences: if all { absence::of(&mut conn, id).await? } else { Absences::default() },
        reach: if all { Some(reach::load(&mut conn, id, When::Now).await?) } else { None },
        asked: requests::load(&mut conn, ctx, id, all).await?,
        sign_in: if reset || facts.is_self { Some(sign_in(&mut conn, id).await?) } else { None },
        may: May {
            edit: may(Action::EditPerson(facts)) && user.source != Source::OnPremises.wire(),
            disable: may(Action::DisablePerson(facts)),
            delete: may(Action::DeletePerson(facts)) && user.source != Source::OnPremises.wire(),
            reset,
            audit: facts.is_self || may(Action::ReadAudit),
        },
        guest: user.user_type == UserType::Guest.wire(),
        on_premises: user.source == Source::OnPremises.wire(),
        who: who(&user),
        mail: user.mail,
        job_title: user.job_title,
        enabled: user.enabled,
        created_at: user.created_at,
    })
}

/// What a person could reach at a moment of the past, on first.
#[derive(Clone, Debug)]
pub struct Then {
    /// Who.
    pub who: Who,
    /// What she could reach; nothing while she was disabled or not there.
    pub reach: Vec<Reach>,
    /// She was there and could act.
    pub able: bool,
    /// The moment lies in the sealed part of the audit, which ends then: whether she was disabled may not be known any more.
    pub sealed: Option<DateTime<Utc>>,
}

/// Loads it for whoever may see everything she can reach.
///
/// # Errors
/// Unknown or not for this viewer, alike; a moment that has not passed.
pub async fn then(engine: &Engine, ctx: &Ctx, user_name: &str, at: DateTime<Utc>) -> Result<Then> {
    let mut conn = engine.pool.acquire().await?;
    let user = users::by_user_name(&mut conn, user_name).await?.ok_or_else(Error::not_found)?;
    let id = PersonId(user.id);
    if id != ctx.person() {
        authority::require(ctx, &Action::ListPeople)?;
    }
    let when = passed(&mut conn, Some(at)).await?;
    let able: bool =
        sqlx::query_scalar("select able_at($1, $2) and created_at <= $2 from users where id = $1")
            .bind(user.id)
            .bind(at)
            .fetch_one(&mut *conn)
            .await?;
    let reach = if able { reach::load(&mut conn, id, when).await? } else { Vec::new() };
    let sealed = seals::over(&mut conn, at).await?;
    Ok(Then { who: who(&user), reach, able, sealed })
}

/// The id of the person with this user name, for whoever may see her.
///
/// # Errors
/// Unknown or not for this viewer, alike.
pub async fn find(engine: &Engine, ctx: &Ctx, user_name: &str) -> Result<PersonId> {
    Ok(known(engine, ctx, user_name).await?.person())
}

/// The person with this user name, for whoever may see her.
///
/// # Errors
/// Unknown or not for this viewer, alike.
pub async fn known(engine: &Engine, ctx: &Ctx, user_name: &str) -> Result<Who> {
    let mut conn = engine.pool.acquire().await?;
    let user = users::by_user_name(&mut conn, user_name).await?.ok_or_else(Error::not_found)?;
    let facts = authority::person_facts(&mut conn, ctx, PersonId(user.id)).await?;
    authority::require(ctx, &Action::SeePerson(facts))?;
    Ok(who(&user))
}

async fn look_alikes(conn: &mut PgConnection, ctx: &Ctx, user: &UserRow) -> Result<Vec<(Who, bool)>> {
    let others = look_alike::of(conn, PersonId(user.id), &user.display_name).await?;
    let ids: Vec<_> = others.iter().map(|other| other.id).collect();
    let open = authority::open_people(conn, ctx, &ids).await?;
    let with_page = |other: Who| {
        let open = open.contains(&other.id);
        (other, open)
    };
    Ok(others.into_iter().map(with_page).collect())
}

fn who(user: &UserRow) -> Who {
    Who {
        id: user.id,
        name: user.display_name.clone(),
        user_name: user.user_name.clone(),
        department: user.department.clone().unwrap_or_default(),
    }
}

async fn sign_in(conn: &mut PgConnection, person: PersonId) -> Result<SignIn> {
    let row = sqlx::query_as(
        "select exists (select from passwords where user_id = $1) as password, \
           (select confirmed_at from totp_factors where user_id = $1) as authenticator, \
           (select count(*) from recovery_codes where user_id = $1 and used_at is null) as recovery_codes, \
           count(*) as sessions, max(last_seen_at) as last_seen \
         from sessions where user_id = $1 and stage = 'full' and expires_at > clock()",
    )
    .bind(person.0)
    .fetch_one(conn)
    .await?;
    Ok(row)
}
