//! `pimento admin …`: what the operator of the machine may do, because she holds the key and the database anyway.
//! Everything is in the audit, as done by the system.

use crate::command::plain;
use crate::config::Settings;
use crate::database::{Database, Use};
use crate::installation::Installation;
use anyhow::Result;
use clap::{Args, Subcommand};
use domain::ids::PersonId;
use domain::principal::UserType;
use domain::refusal::Code;
use domain::role::Role;
use engine::act::{create_person, grant_role, invite, reset_factors};
use engine::ctx::By;
use engine::db::users;
use engine::{Engine, Error};

/// How the audit names what was done from here.
const RUN: &str = "pimento admin";

/// For the operator of this machine.
#[derive(Clone, Debug, Subcommand)]
pub enum Admin {
    /// Makes somebody Global Administrator and prints a one-time link for the password
    Create(Create),
    /// Takes somebody's second factor away and prints a one-time link
    ResetFactors {
        /// What she signs in with
        user_name: String,
    },
}

/// Whom to make an administrator. Made, if nobody signs in with that name.
#[derive(Args, Clone, Debug)]
pub struct Create {
    /// What she signs in with
    #[arg(default_value = "admin")]
    user_name: String,
    /// Her name
    #[arg(long, default_value = "Administrator")]
    name: String,
    /// Her address for mail
    #[arg(long, default_value = "")]
    mail: String,
}

/// Does it.
///
/// # Errors
/// What was refused, in words; or the database does not answer.
pub async fn admin(settings: &Settings, what: Admin) -> Result<()> {
    let installation = Installation::new(settings, Database::open(settings)?, false)?;
    let engine = installation.engine(Use::Worker).await?;
    let link = match what {
        Admin::Create(create) => make(&engine, create).await,
        Admin::ResetFactors { user_name } => reset(&engine, &user_name).await,
    };
    let link = link.map_err(plain)?;
    println!("{}", link.url);
    eprintln!(
        "The link is good once, until {}. Hand it over in person.",
        link.expires_at.format("%-d %b %Y, %H:%M UTC")
    );
    engine.pool.close().await;
    installation.database.close();
    Ok(())
}

async fn make(engine: &Engine, create: Create) -> engine::Result<engine::invitation::Link> {
    let person = match find(engine, &create.user_name).await? {
        Some(person) => person,
        None => create_person::create_person_as(engine, &By::system(RUN), new(create)).await?,
    };
    let reason = "set up from the command line".to_owned();
    let role = grant_role::Input { person, role: Role::GlobalAdministrator, reason };
    match grant_role::grant_role(engine, &By::system(RUN), role).await {
        // She is one already: then only the link is wanted.
        Err(Error::Refused(refusals)) if refusals.iter().all(|refusal| refusal.code == Code::Duplicate) => {}
        granted => drop(granted?),
    }
    invite::by_system(engine, RUN, person).await
}

fn new(create: Create) -> create_person::Input {
    create_person::Input {
        user_name: create.user_name,
        display_name: create.name,
        mail: create.mail,
        job_title: String::new(),
        department: String::new(),
        user_type: UserType::Member,
    }
}

async fn reset(engine: &Engine, user_name: &str) -> engine::Result<engine::invitation::Link> {
    let person = find(engine, user_name).await?.ok_or_else(Error::not_found)?;
    reset_factors::by_system(engine, RUN, person).await?;
    invite::by_system(engine, RUN, person).await
}

async fn find(engine: &Engine, user_name: &str) -> engine::Result<Option<PersonId>> {
    let mut connection = engine.pool.acquire().await?;
    Ok(users::by_user_name(&mut connection, user_name).await?.map(|user| PersonId(user.id)))
}
