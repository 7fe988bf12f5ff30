//! Databases: whoever is in a group gets a role of a PostgreSQL server, and loses it. Who may log in, and with which password, is left
//! to the database: there is no account to make or close.

mod check;
mod login;
mod role;
mod session;

use super::connector::{Connector, Preview, Ready, Rehearsed, Tested};
use super::drift::Group;
use super::line::{Again, Key, Line, Stop};
use super::person::{Member, Plan};
use super::{group, record};
use domain::provision::answer::Meaning;
use domain::provision::body::Account;

/// Roles of a PostgreSQL server, version 12 or later.
pub(crate) struct Postgres;

impl Connector for Postgres {
    /// The names by which her login may be found.
    fn written(account: &Account) -> String {
        format!("{} {}", account.user_name, account.mail.as_deref().unwrap_or_default())
    }

    async fn ensure(line: &Line, key: &Key, plan: &Plan) -> Result<Ready, Stop> {
        login::ensure(line, key, plan).await
    }

    /// Logins are the database's own.
    async fn leave(_: &Line, _: &Key, _: &Plan) -> Result<(), Stop> {
        Ok(())
    }

    async fn add(line: &Line, key: &Key, plan: &Plan, member: &Member, user: &Ready) -> Result<(), Stop> {
        let role = role::known(line, member).await?;
        let change =
            role::Change { line, member, name: &plan.account.user_name, role: &role, user: &user.remote };
        match change.grant(key).await? {
            Ok(true) => record::inside(line, key, member.group_id, &role).await,
            Ok(false) => {
                let why = "The database says that it granted the role, and she does not have it.";
                Err(Stop::Failed(why.into(), Again::Soon))
            }
            Err(fault) if fault.meaning == Meaning::Gone => {
                login::forget_if_gone(line, key, &user.remote).await?;
                role::forget_if_gone(line, member, &role).await?;
                Err(fault.stop())
            }
            Err(fault) => Err(fault.stop()),
        }
    }

    async fn remove(line: &Line, key: &Key, plan: &Plan, member: &Member) -> Result<(), Stop> {
        let (Some(role), Some(user)) = (&member.remote_group, &plan.link.remote_id) else {
            // nothing was ever sent for her: that takes both names
            return record::record(line, key, member.group_id, "no").await;
        };
        record::record(line, key, member.group_id, "unknown").await?;
        let change = role::Change { line, member, name: &plan.account.user_name, role, user };
        change.revoke().await?;
        record::record(line, key, member.group_id, "no").await
    }

    async fn members(line: &Line, group: &Group) -> Result<Option<Vec<String>>, Stop> {
        let found = role::members(line, group).await?;
        if found.is_none() {
            group::lose(line, group.group_id, &group.remote_id).await?;
        }
        Ok(found)
    }

    async fn strip(line: &Line, group: &Group, user: &str) -> Result<bool, Stop> {
        let member = Member {
            group_id: group.group_id,
            group_name: group.name.clone(),
            remote_group: Some(group.remote_id.clone()),
            role: group.remote_id.clone(),
            wanted: false,
            there: "yes".into(),
        };
        let change = role::Change { line, member: &member, name: user, role: &group.remote_id, user };
        match change.revoke().await {
            Ok(()) => Ok(true),
            Err(Stop::Failed(..)) => Ok(false),
            Err(stop) => Err(stop),
        }
    }

    /// The role is called as whoever runs the database calls it.
    async fn rename(line: &Line, group: &Group) -> Result<(), Stop> {
        group::renamed(line, group.group_id, &group.name).await
    }

    async fn connection(line: &Line) -> Result<Tested, Stop> {
        check::connection(line).await
    }

    async fn rehearse(line: &Line) -> Result<Rehearsed, Stop> {
        check::rehearse(line).await
    }

    async fn preview(line: &Line, account: &Account) -> Result<Preview, Stop> {
        let there = login::find(line, account).await?;
        let without = "Would wait: nobody of her name can log in there.";
        Ok(Preview { there, changes: Vec::new(), without })
    }
}
