//! Changes the details of a person by hand. People from another directory are changed there.

use super::create_person::{Input as Typed, taken};
use crate::audit::{self, About};
use crate::db::users::{self, Details, UserRow};
use crate::{Ctx, Engine, Error, Result, authority};
use domain::audit::Event;
use domain::authz::Action;
use domain::ids::PersonId;
use domain::principal::{Source, UserType};
use domain::refusal::{Code, Refusal};
use serde_json::{Map, Value, json};
use sqlx::PgConnection;

/// As typed.
#[derive(Clone, Debug)]
pub struct Input {
    /// Whom.
    pub person: PersonId,
    /// Her details from now on.
    pub details: Typed,
}

/// Changes.
///
/// # Errors
/// Not found (or not allowed); mastered elsewhere; a detail does not fit; the user name is taken; nothing changed.
pub async fn edit_person(engine: &Engine, ctx: &Ctx, input: Input) -> Result<()> {
    let mut tx = engine.begin().await?;
    sqlx::query("select 1 from users where id = $1 for update")
        .bind(input.person.0)
        .execute(&mut *tx)
        .await?;
    let user = users::find(&mut tx, input.person).await?.filter(|user| user.deleted_at.is_none());
    let user = user.ok_or_else(Error::not_found)?;
    let facts = authority::person_facts(&mut tx, ctx, input.person).await?;
    let about = About { principal: Some(input.person.into()), ..About::default() };
    let judged = match authority::require(ctx, &Action::EditPerson(facts)) {
        Ok(()) => judge(&mut tx, &user, &input.details).await?,
        Err(_) => Err(Refusal::not_found().into()),
    };
    let new = match judged {
        Ok(new) => new,
        Err(refusals) => {
            drop(tx);
            return Err(audit::refused(engine, &ctx.by(), Event::PersonUpdated, about, refusals).await);
        }
    };
    users::update(&mut tx, input.person, &new).await?;
    let about = About { facts: Some(differences(&user, &new)), ..about };
    audit::done(&mut tx, &ctx.by(), Event::PersonUpdated, &about).await?;
    tx.commit().await?;
    Ok(())
}

async fn judge(
    conn: &mut PgConnection,
    user: &UserRow,
    typed: &Typed,
) -> Result<Result<Details, Vec<Refusal>>> {
    if user.source == Source::OnPremises.wire() {
        let text = "This person comes from another directory. Change them there and import again.";
        return Ok(Err(Refusal::new(Code::NotAllowed, text).into()));
    }
    let new = match typed.details() {
        Ok(new) => new,
        Err(refusals) => return Ok(Err(refusals)),
    };
    let held: bool = sqlx::query_scalar(
        "select exists (select from users where lower(user_name) = lower($2) and id <> $1)",
    )
    .bind(user.id)
    .bind(&new.user_name)
    .fetch_one(conn)
    .await?;
    if held {
        return Ok(Err(taken().into()));
    }
    if new == details(user)? {
        return Ok(Err(Refusal::new(Code::NothingChanged, "Nothing would change.").into()));
    }
    Ok(Ok(new))
}

fn details(user: &UserRow) -> Result<Details> {
    Ok(Details {
        user_name: user.user_name.clone(),
        display_name: user.display_name.clone(),
        mail: user.mail.clone(),
        job_title: user.job_title.clone(),
        department: user.department.clone(),
        user_type: UserType::parse(&user.user_type)
            .ok_or_else(|| Error::inconsistent("users", user.id, "user_type"))?,
    })
}

/// What changed, before and after, for the audit.
fn differences(old: &UserRow, new: &Details) -> Value {
    let mut facts = Map::new();
    let mut note = |name: &str, old: Option<&str>, new: Option<&str>| {
        if old != new {
            facts.insert(name.to_owned(), json!([old, new]));
        }
    };
    note("userName", Some(&old.user_name), Some(&new.user_name));
    note("displayName", Some(&old.display_name), Some(&new.display_name));
    note("mail", old.mail.as_deref(), new.mail.as_deref());
    note("jobTitle", old.job_title.as_deref(), new.job_title.as_deref());
    note("department", old.department.as_deref(), new.department.as_deref());
    note("userType", Some(&old.user_type), Some(new.user_type.wire()));
    Value::Object(facts)
}
