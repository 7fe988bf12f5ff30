//! Databases: whoever is in a group gets a role of a PostgreSQL server, and loses it. Who may log in, and with which password, is left
//! to the database: there is no account to make or close.

mod check;
mod login;
mod role;
mod session;

use super::connector::{Connector, Preview, Ready, Rehearsed, Tested};
use super::drift::Group;
use super::line::{Key, Line, Stop};
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

    /// Logins are the database's own. Which was hers is forgotten: the next who is called so may have it.
    async fn leave(line: &Line, key: &Key, plan: &Plan) -> Result<(), Stop> {
        if plan.link.remote_id.is_none() {
            return Ok(());
        }
        record::link(line, key, None, "no", false, "").await
    }

    async fn add(line: &Line, key: &Key, plan: &Plan, member: &Member, user: &Ready) -> Result<(), Stop> {
        let role = role::known(line, member).await?;
        match change(line, plan, member, &role, &user.remote).grant(key).await? {
            Ok(()) => record::inside(line, key, member.group_id, &role).await,
            Err(fault) if fault.meaning == Meaning::Gone => {
                login::forget_if_gone(line, key, &user.remote).await?;
                role::forget_if_gone(line, member, &role).await?;
                Err(fault.stop())
            }
            Err(fault) => Err(fault.stop()),
        }
    }

    async fn remove(line: &Line, key: &Key, plan: &Plan, member: &Member) -> Result<(), Stop> {
        let Some(user) = &plan.link.remote_id else {
            // nothing was ever sent for her: that takes a login
            return record::record(line, key, member.group_id, "no").await;
        };
        take(line, key, plan, member, user).await
    }

    async fn members(line: &Line, group: &Group) -> Result<Option<Vec<String>>, Stop> {
        let found = role::members(line, group).await?;
        if found.is_none() {
            group::lose(line, group.group_id, &group.remote_id).await?;
        }
        Ok(found)
    }

    /// Sessions of logins that nobody here is known by are left open: they may be those of programs.
    async fn strip(line: &Line, group: &Group, user: &str) -> Result<(), Stop> {
        let member = Member::stranger(group);
        let (role, name, others) = (group.remote_id.as_str(), user, Vec::new());
        role::Change { line, member: &member, name, role, user, others, ends_sessions: false }.revoke().await
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
        let there = login::find(line, account).await?.map(|(_, named)| named);
        let without = "Would wait: nobody of this name can log in there.";
        Ok(Preview { there, changes: Vec::new(), without })
    }
}

fn change<'a>(
    line: &'a Line,
    plan: &'a Plan,
    member: &'a Member,
    role: &'a str,
    user: &'a str,
) -> role::Change<'a> {
    let others = plan.wanted().filter(|other| other.group_id != member.group_id);
    let others = others.filter_map(|other| other.remote_group.as_deref()).collect();
    role::Change { line, member, name: &plan.account.user_name, role, user, others, ends_sessions: true }
}

async fn take(line: &Line, key: &Key, plan: &Plan, member: &Member, user: &str) -> Result<(), Stop> {
    let Some(role) = &member.remote_group else {
        return record::record(line, key, member.group_id, "no").await;
    };
    record::record(line, key, member.group_id, "unknown").await?;
    change(line, plan, member, role, user).revoke().await?;
    record::record(line, key, member.group_id, "no").await
}

/// Everything that this login has from here, wanted or not.
async fn take_all(line: &Line, key: &Key, plan: &Plan, user: &str) -> Result<(), Stop> {
    // with all of it go the other ways to each
    let alone = Plan { members: Vec::new(), ..plan.clone() };
    for member in plan.members.iter().filter(|member| member.there != "no") {
        take(line, key, &alone, member, user).await?;
    }
    Ok(())
}
