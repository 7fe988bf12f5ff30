//! Writes a person into the directory by hand. She signs in once somebody has made her a link.

use crate::audit::{self, About};
use crate::ctx::By;
use crate::db::users::{self, Details};
use crate::{Ctx, Engine, Result, authority, ids};
use domain::audit::Event;
use domain::authz::Action;
use domain::details;
use domain::ids::PersonId;
use domain::principal::UserType;
use domain::refusal::{Code, Refusal};
use serde_json::json;

/// As typed.
#[derive(Clone, Debug)]
pub struct Input {
    /// What she will sign in with.
    pub user_name: String,
    /// Name.
    pub display_name: String,
    /// Address for mail, or empty.
    pub mail: String,
    /// Job, or empty.
    pub job_title: String,
    /// Department, or empty.
    pub department: String,
    /// Member or guest.
    pub user_type: UserType,
}

/// Creates.
///
/// # Errors
/// Not allowed; a detail does not fit; the user name is taken.
pub async fn create_person(engine: &Engine, ctx: &Ctx, input: Input) -> Result<PersonId> {
    authority::require(ctx, &Action::CreatePerson)?;
    create_person_as(engine, &ctx.by(), input).await
}

/// Creates on behalf of the command line, which is trusted as the operator.
///
/// # Errors
/// A detail does not fit; the user name is taken.
pub async fn create_person_as(engine: &Engine, by: &By, input: Input) -> Result<PersonId> {
    let new = match input.details() {
        Ok(new) => new,
        Err(refusals) => {
            return Err(audit::refused(engine, by, Event::PersonCreated, About::default(), refusals).await);
        }
    };
    let mut tx = engine.begin().await?;
    let id = PersonId(ids::new());
    if !users::insert(&mut tx, id, &new).await? {
        drop(tx);
        return Err(audit::refused(engine, by, Event::PersonCreated, About::default(), taken().into()).await);
    }
    let about = About {
        principal: Some(id.into()),
        facts: Some(json!({ "userName": new.user_name, "userType": new.user_type.wire() })),
        ..About::default()
    };
    audit::done(&mut tx, by, Event::PersonCreated, &about).await?;
    tx.commit().await?;
    Ok(id)
}

/// A user name that somebody has, also somebody who left: names are not given twice.
pub(super) fn taken() -> Refusal {
    Refusal::new(Code::Taken, "Somebody has, or had, this user name.").at("user_name")
}

impl Input {
    /// Judges every field at once.
    ///
    /// # Errors
    /// What does not fit, each at its field.
    pub fn details(&self) -> Result<Details, Vec<Refusal>> {
        let user_name = details::user_name(&self.user_name, "user_name");
        let display_name = details::name(&self.display_name, "display_name");
        let mail = details::mail(&self.mail, "mail");
        let job_title = details::short(&self.job_title, "job_title");
        let department = details::short(&self.department, "department");
        match (user_name, display_name, mail, job_title, department) {
            (Ok(user_name), Ok(display_name), Ok(mail), Ok(job_title), Ok(department)) => Ok(Details {
                user_name,
                display_name,
                mail,
                job_title,
                department,
                user_type: self.user_type,
            }),
            (user_name, display_name, mail, job_title, department) => {
                Err([user_name.err(), display_name.err(), mail.err(), job_title.err(), department.err()]
                    .into_iter()
                    .flatten()
                    .collect())
            }
        }
    }
}
